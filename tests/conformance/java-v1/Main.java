import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.kinesis.AmazonKinesis;
import com.amazonaws.services.kinesis.AmazonKinesisClientBuilder;
import com.amazonaws.services.kinesis.model.DeleteStreamRequest;
import com.amazonaws.services.kinesis.model.DeregisterStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamRequest;
import com.amazonaws.services.kinesis.model.DescribeStreamSummaryRequest;
import com.amazonaws.services.kinesis.model.GetRecordsRequest;
import com.amazonaws.services.kinesis.model.GetRecordsResult;
import com.amazonaws.services.kinesis.model.GetShardIteratorRequest;
import com.amazonaws.services.kinesis.model.InvalidArgumentException;
import com.amazonaws.services.kinesis.model.LimitExceededException;
import com.amazonaws.services.kinesis.model.ListShardsRequest;
import com.amazonaws.services.kinesis.model.ListShardsResult;
import com.amazonaws.services.kinesis.model.PutRecordRequest;
import com.amazonaws.services.kinesis.model.PutRecordResult;
import com.amazonaws.services.kinesis.model.PutRecordsRequest;
import com.amazonaws.services.kinesis.model.PutRecordsRequestEntry;
import com.amazonaws.services.kinesis.model.PutRecordsResult;
import com.amazonaws.services.kinesis.model.Record;
import com.amazonaws.services.kinesis.model.RegisterStreamConsumerRequest;
import com.amazonaws.services.kinesis.model.ResourceInUseException;
import com.amazonaws.services.kinesis.model.ResourceNotFoundException;
import com.amazonaws.services.kinesis.model.ScalingType;
import com.amazonaws.services.kinesis.model.Shard;
import com.amazonaws.services.kinesis.model.ShardFilter;
import com.amazonaws.services.kinesis.model.ShardIteratorType;
import com.amazonaws.services.kinesis.model.StreamDescriptionSummary;
import com.amazonaws.services.kinesis.model.UpdateShardCountRequest;
import com.amazonaws.services.kinesis.model.ValidationException;
import com.amazonaws.waiters.MaxAttemptsRetryStrategy;
import com.amazonaws.waiters.PollingStrategy;
import com.amazonaws.waiters.Waiter;
import com.amazonaws.waiters.WaiterParameters;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;

/** Kinesis with the AWS SDK for Java 1, which speaks CBOR over HTTP/1.1. */
public final class Main {
    private static final String STREAM = "java-v1";
    private static final int PAGES = 50;

    private final AmazonKinesis kinesis;

    private Main(AmazonKinesis kinesis) {
        this.kinesis = kinesis;
    }

    public static void main(String[] args) {
        String endpoint = System.getenv("KINESIS_ENDPOINT");
        String region = System.getenv("AWS_REGION");
        AmazonKinesis kinesis = AmazonKinesisClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(endpoint, region))
                .build();
        Main main = new Main(kinesis);
        main.create();
        main.putAndRead();
        main.putTooMuch();
        main.reshard();
        main.consumer();
        main.errors();
        main.delete();
        kinesis.shutdown();
        System.out.println("java-v1 ok");
    }

    private void create() {
        kinesis.createStream(STREAM, 1);
        await(kinesis.waiters().streamExists());
        equal("ACTIVE", summary().getStreamStatus());
        equal(1, summary().getOpenShardCount());
        that(kinesis.listStreams().getStreamNames().contains(STREAM), "not listed");
    }

    private void putAndRead() {
        Date before = summary().getStreamCreationTimestamp();
        Shard shard = only(kinesis.listShards(new ListShardsRequest().withStreamName(STREAM)).getShards());
        String latest = iterator(shard, ShardIteratorType.LATEST, at -> {});
        ByteBuffer binary = ByteBuffer.wrap(new byte[] {0, -1, 'a'});
        PutRecordResult first = kinesis.putRecord(STREAM, binary.duplicate(), "a");
        equal(shard.getShardId(), first.getShardId());
        PutRecordResult second = kinesis.putRecord(new PutRecordRequest().withStreamName(STREAM).withPartitionKey("b")
                .withData(text("two")).withSequenceNumberForOrdering(first.getSequenceNumber()));
        PutRecordsResult many = kinesis.putRecords(new PutRecordsRequest().withStreamName(STREAM)
                .withRecords(entry("three", text("three")), entry("four", text("four"))));
        equal(0, many.getFailedRecordCount());

        List<ByteBuffer> all = List.of(binary, text("two"), text("three"), text("four"));
        equal(all, read(iterator(shard, ShardIteratorType.TRIM_HORIZON, at -> {})));
        equal(all.subList(1, 4), read(iterator(shard, ShardIteratorType.AT_SEQUENCE_NUMBER,
                at -> at.setStartingSequenceNumber(second.getSequenceNumber()))));
        equal(all.subList(2, 4), read(iterator(shard, ShardIteratorType.AFTER_SEQUENCE_NUMBER,
                at -> at.setStartingSequenceNumber(second.getSequenceNumber()))));
        equal(all, read(iterator(shard, ShardIteratorType.AT_TIMESTAMP, at -> at.setTimestamp(before))));
        equal(all, read(latest));

        Record record = only(kinesis.getRecords(new GetRecordsRequest().withLimit(1)
                .withShardIterator(iterator(shard, ShardIteratorType.TRIM_HORIZON, at -> {}))).getRecords());
        equal("a", record.getPartitionKey());
        equal(first.getSequenceNumber(), record.getSequenceNumber());
        long ageMs = System.currentTimeMillis() - record.getApproximateArrivalTimestamp().getTime();
        that(Math.abs(ageMs) < 300_000, record);
    }

    /** Three records of a megabyte are more than a shard takes in a second. */
    private void putTooMuch() {
        List<PutRecordsRequestEntry> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            large.add(entry("k", ByteBuffer.wrap(new byte[1_000_000])));
        }
        PutRecordsResult answer = kinesis.putRecords(new PutRecordsRequest().withStreamName(STREAM).withRecords(large));
        that(answer.getFailedRecordCount() >= 1, answer);
        equal("ProvisionedThroughputExceededException", answer.getRecords().get(2).getErrorCode());
    }

    private void reshard() {
        Shard parent = only(kinesis.listShards(new ListShardsRequest().withStreamName(STREAM)).getShards());
        kinesis.splitShard(STREAM, parent.getShardId(), BigInteger.ONE.shiftLeft(127).toString());
        await(kinesis.waiters().streamExists());
        GetRecordsResult end = lastPage(iterator(parent, ShardIteratorType.TRIM_HORIZON, at -> {}));
        List<String> children = end.getChildShards().stream().map(child -> child.getShardId()).sorted().toList();
        equal(2, children.size());
        end.getChildShards().forEach(child -> equal(List.of(parent.getShardId()), child.getParentShards()));

        kinesis.mergeShards(STREAM, children.get(0), children.get(1));
        await(kinesis.waiters().streamExists());
        kinesis.updateShardCount(new UpdateShardCountRequest().withStreamName(STREAM).withTargetShardCount(2)
                .withScalingType(ScalingType.UNIFORM_SCALING));
        await(kinesis.waiters().streamExists());
        ListShardsResult page = kinesis.listShards(new ListShardsRequest().withStreamName(STREAM).withMaxResults(2));
        List<Shard> shards = new ArrayList<>(page.getShards());
        while (page.getNextToken() != null) {
            page = kinesis.listShards(new ListShardsRequest().withNextToken(page.getNextToken()).withMaxResults(2));
            shards.addAll(page.getShards());
        }
        equal(6, shards.size());
        equal(2, kinesis.listShards(new ListShardsRequest().withStreamName(STREAM)
                .withShardFilter(new ShardFilter().withType("AT_LATEST"))).getShards().size());
    }

    private void consumer() {
        String stream = summary().getStreamARN();
        RegisterStreamConsumerRequest register =
                new RegisterStreamConsumerRequest().withStreamARN(stream).withConsumerName("reader");
        String consumer = kinesis.registerStreamConsumer(register).getConsumer().getConsumerARN();
        equal(stream, kinesis.describeStreamConsumer(new DescribeStreamConsumerRequest().withConsumerARN(consumer))
                .getConsumerDescription().getStreamARN());
        fails(ResourceInUseException.class, "", () -> kinesis.registerStreamConsumer(register));
        kinesis.deregisterStreamConsumer(new DeregisterStreamConsumerRequest().withConsumerARN(consumer));
    }

    private void errors() {
        fails(ResourceNotFoundException.class, "Stream absent under account ",
                () -> kinesis.putRecord("absent", text("late"), "a"));
        fails(ResourceInUseException.class, "Stream " + STREAM + " under account ",
                () -> kinesis.createStream(STREAM, 1));
        fails(InvalidArgumentException.class, "Invalid ShardIterator.",
                () -> kinesis.getRecords(new GetRecordsRequest().withShardIterator("AAAA")));
        fails(ValidationException.class, "1 validation error detected: ", () -> kinesis.createStream("not a name", 1));
        fails(LimitExceededException.class, "", () -> kinesis.createStream("large", 20_001));
    }

    private void delete() {
        kinesis.deleteStream(new DeleteStreamRequest().withStreamName(STREAM).withEnforceConsumerDeletion(true));
        await(kinesis.waiters().streamNotExists());
    }

    private static void await(Waiter<DescribeStreamRequest> waiter) {
        waiter.run(new WaiterParameters<>(new DescribeStreamRequest().withStreamName(STREAM)).withPollingStrategy(
                new PollingStrategy(new MaxAttemptsRetryStrategy(600), context -> Thread.sleep(100))));
    }

    private StreamDescriptionSummary summary() {
        return kinesis.describeStreamSummary(new DescribeStreamSummaryRequest().withStreamName(STREAM))
                .getStreamDescriptionSummary();
    }

    private String iterator(Shard shard, ShardIteratorType type, Consumer<GetShardIteratorRequest> start) {
        GetShardIteratorRequest request = new GetShardIteratorRequest().withStreamName(STREAM)
                .withShardId(shard.getShardId()).withShardIteratorType(type);
        start.accept(request);
        return kinesis.getShardIterator(request).getShardIterator();
    }

    /** The data of all records from there on. */
    private List<ByteBuffer> read(String at) {
        List<ByteBuffer> found = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            GetRecordsResult page = kinesis.getRecords(new GetRecordsRequest().withShardIterator(at));
            page.getRecords().forEach(record -> found.add(record.getData()));
            if (!found.isEmpty() && page.getMillisBehindLatest() == 0) {
                return found;
            }
            at = page.getNextShardIterator();
        }
        throw new AssertionError("no end after " + found.size() + " records");
    }

    /** The page that ends a closed shard. */
    private GetRecordsResult lastPage(String at) {
        for (int i = 0; i < PAGES; i++) {
            GetRecordsResult page = kinesis.getRecords(new GetRecordsRequest().withShardIterator(at));
            at = page.getNextShardIterator();
            if (at == null) {
                return page;
            }
        }
        throw new AssertionError("the shard does not end");
    }

    private static PutRecordsRequestEntry entry(String key, ByteBuffer data) {
        return new PutRecordsRequestEntry().withPartitionKey(key).withData(data);
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }

    private static <T> T only(List<T> list) {
        equal(1, list.size());
        return list.get(0);
    }

    private static void equal(Object wanted, Object found) {
        that(wanted.equals(found), "expected " + wanted + ", got " + found);
    }

    private static void that(boolean condition, Object found) {
        if (!condition) {
            throw new AssertionError(String.valueOf(found));
        }
    }

    private static void fails(Class<? extends Exception> type, String text, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            that(type.equals(failure.getClass()) && failure.getMessage().startsWith(text), failure);
            return;
        }
        throw new AssertionError("expected " + type.getSimpleName());
    }
}
