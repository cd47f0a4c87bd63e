import software.amazon.kinesis.leases.LeaseManagementConfig;

/** What only this major version of KCL has. */
final class Tuning {
    static void quick(LeaseManagementConfig leases) {
        leases.listShardsCacheAllowedAgeInSeconds(1).maxCacheMissesBeforeReload(1);
    }

    private Tuning() {}
}
