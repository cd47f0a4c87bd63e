import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener.WorkerState;
import software.amazon.kinesis.metrics.MetricsLevel;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/** One worker of an application, with every interval short. */
final class Worker implements AutoCloseable {
    private static final long STARTS_WITHIN_S = 120; // KCL itself waits for up to 30 s with an empty lease table
    private static final long STOPS_WITHIN_S = 60;

    private final Scheduler scheduler;
    private final Thread thread;

    /** Returns when it takes part: two that begin an application at the same instant get in each other's way. */
    Worker(Clients clients, String application, String name, String stream, boolean fanOut,
            InitialPositionInStreamExtended start, ShardRecordProcessorFactory processors)
            throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        ConfigsBuilder configs = new ConfigsBuilder(new SingleStreamTracker(stream, start), application,
                clients.kinesis(), clients.dynamo(), clients.cloudWatch(), name, processors);
        var coordinator = configs.coordinatorConfig().parentShardPollIntervalMillis(200)
                .shardConsumerDispatchPollIntervalMillis(100)
                .workerStateChangeListener(state -> {
                    if (state == WorkerState.STARTED) {
                        started.countDown();
                    }
                });
        var leases = configs.leaseManagementConfig().failoverTimeMillis(1500).shardSyncIntervalMillis(1000)
                .leasesRecoveryAuditorExecutionFrequencyMillis(1000);
        Tuning.quick(leases);
        var retrieval = configs.retrievalConfig().retrievalSpecificConfig(fanOut
                ? new FanOutConfig(clients.kinesis()).streamName(stream).applicationName(application)
                        .retryBackoffMillis(100)
                : new PollingConfig(stream, clients.kinesis()).idleTimeBetweenReadsInMillis(250));
        scheduler = new Scheduler(configs.checkpointConfig(), coordinator, leases,
                configs.lifecycleConfig().taskBackoffTimeMillis(100),
                configs.metricsConfig().metricsLevel(MetricsLevel.NONE), configs.processorConfig(), retrieval);
        thread = new Thread(scheduler, name);
        thread.start();
        if (!started.await(STARTS_WITHIN_S, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " does not start");
        }
    }

    /**
     * Gives up its leases. A graceful shutdown would also wait for shards that were read to their end, until their
     * leases are removed minutes later.
     */
    @Override
    public void close() throws InterruptedException {
        scheduler.shutdown();
        thread.join(TimeUnit.SECONDS.toMillis(STOPS_WITHIN_S));
        if (thread.isAlive()) {
            throw new AssertionError(thread.getName() + " does not end");
        }
    }
}
