import com.google.common.util.concurrent.ListenableFuture;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.waiters.KinesisAsyncWaiter;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/** Thousands of records with the Kinesis Producer Library, whose native process aggregates them, through a split. */
public final class Main {
    private static final String STREAM = "kpl";
    private static final int RECORDS = 6000;
    private static final int KEYS = 300;
    private static final int PATIENCE_S = 60;

    private final KinesisAsyncClient kinesis;
    private final KinesisAsyncWaiter waiter;

    private Main(URI endpoint) {
        kinesis = KinesisAsyncClient.builder().endpointOverride(endpoint).build();
        waiter = KinesisAsyncWaiter.builder().client(kinesis).overrideConfiguration(how -> how.maxAttempts(600)
                .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(100)))).build();
    }

    /** With the argument at-least-once records may come repeated or in a shard that is not theirs. */
    public static void main(String[] args) throws Exception {
        URI endpoint = URI.create(System.getenv("KINESIS_ENDPOINT"));
        Main main = new Main(endpoint);
        main.create();
        try (Relay metrics = new Relay(endpoint)) {
            KinesisProducer producer = new KinesisProducer(
                    configuration(endpoint).setCloudwatchPort(metrics.port()));
            try {
                main.putThroughSplit(producer);
                that(metrics.awaitAnswer(PATIENCE_S), "no metrics were sent");
            } finally {
                producer.destroy();
            }
        }
        main.readAll(List.of(args).contains("at-least-once"));
        main.kinesis.close();
    }

    /** The producer speaks https only, to CloudWatch and STS as well; the server does so on the same port. */
    private static KinesisProducerConfiguration configuration(URI endpoint) {
        KinesisProducerConfiguration configuration = new KinesisProducerConfiguration()
                .setRegion(System.getenv("AWS_REGION"))
                .setKinesisEndpoint(endpoint.getHost()).setKinesisPort(endpoint.getPort())
                .setCloudwatchEndpoint(endpoint.getHost()).setCloudwatchPort(endpoint.getPort())
                .setStsEndpoint(endpoint.getHost()).setStsPort(endpoint.getPort());
        if (endpoint.getScheme().equals("https")) {
            configuration.setCaCertFile(System.getenv("AWS_CA_BUNDLE"));
        } else {
            configuration.setVerifyCertificate(false);
        }
        return configuration.setRecordMaxBufferedTime(200).setMetricsLevel("detailed").setMetricsUploadDelay(1000)
                .setLogLevel("warning");
    }

    private void create() {
        kinesis.createStream(create -> create.streamName(STREAM).shardCount(2)).join();
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM)).join();
    }

    private void putThroughSplit(KinesisProducer producer) throws Exception {
        List<ListenableFuture<UserRecordResult>> results = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            ByteBuffer data = StandardCharsets.UTF_8.encode(data(i));
            results.add(producer.addUserRecord(STREAM, key(i), data));
            if (i == RECORDS / 2) {
                results.get(0).get(PATIENCE_S, TimeUnit.SECONDS); // by now it has a map of the shards
                split();
            }
        }
        for (ListenableFuture<UserRecordResult> result : results) {
            UserRecordResult put = result.get(PATIENCE_S, TimeUnit.SECONDS);
            that(put.isSuccessful() && put.getSequenceNumber() != null, put.getAttempts());
        }
    }

    private void split() {
        kinesis.splitShard(split -> split.streamName(STREAM).shardToSplit("shardId-000000000000")
                .newStartingHashKey(BigInteger.ONE.shiftLeft(126).toString())).join();
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM)).join();
    }

    private void readAll(boolean repeated) {
        List<String> found = new ArrayList<>();
        int aggregated = 0;
        List<Shard> shards = kinesis.listShards(list -> list.streamName(STREAM)).join().shards();
        for (Shard shard : shards) {
            List<KinesisClientRecord> records = read(shard.shardId());
            aggregated += records.size();
            // A producer that does not know of the split yet puts what belongs to both children into one of them. It
            // then repeats what came to the wrong one, where a consumer is to leave it out.
            List<KinesisClientRecord> single = repeated ? new AggregatorUtil().deaggregate(records)
                    : new AggregatorUtil().deaggregate(records, shard.hashKeyRange().startingHashKey(),
                            shard.hashKeyRange().endingHashKey());
            single.forEach(record -> found.add(
                    record.partitionKey() + ' ' + StandardCharsets.UTF_8.decode(record.data())));
        }
        List<String> wanted = IntStream.range(0, RECORDS).mapToObj(i -> key(i) + ' ' + data(i)).sorted().toList();
        Stream<String> distinct = repeated ? found.stream().distinct() : found.stream();
        that(wanted.equals(distinct.sorted().toList()), found.size() + " records, some lost, repeated or changed");
        that(aggregated < RECORDS, aggregated + " records, not aggregated"); // what is repeated is not
        System.out.println("kpl ok: " + RECORDS + " user records in " + aggregated + " records of "
                + shards.size() + " shards");
    }

    private List<KinesisClientRecord> read(String shard) {
        List<KinesisClientRecord> records = new ArrayList<>();
        String at = kinesis.getShardIterator(get -> get.streamName(STREAM).shardId(shard)
                .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
        while (at != null) {
            String here = at;
            GetRecordsResponse page = kinesis.getRecords(get -> get.shardIterator(here)).join();
            page.records().forEach(record -> records.add(KinesisClientRecord.fromRecord(record)));
            at = page.records().isEmpty() && page.millisBehindLatest() == 0 ? null : page.nextShardIterator();
        }
        return records;
    }

    private static String key(int i) {
        return "key-" + i % KEYS;
    }

    private static String data(int i) {
        return "record " + i + " ".repeat(i % 200);
    }

    private static void that(boolean condition, Object found) {
        if (!condition) {
            throw new AssertionError(String.valueOf(found));
        }
    }
}
