import software.amazon.kinesis.leases.LeaseManagementConfig;

/** What only this major version of KCL has. */
final class Tuning {
    static void quick(LeaseManagementConfig leases) {
        leases.leaseAssignmentIntervalMillis(1000L).listShardsCacheAllowedAgeInSeconds(1).maxCacheMissesBeforeReload(1)
                .dynamoDbLockBasedLeaderLeaseDurationInMillis(3000)
                .dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(1000);
        leases.workerUtilizationAwareAssignmentConfig().workerMetricsReporterFreqInMillis(2000);
    }

    private Tuning() {}
}
