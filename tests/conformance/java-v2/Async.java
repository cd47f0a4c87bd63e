import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.ValidationException;
import software.amazon.awssdk.services.kinesis.waiters.KinesisAsyncWaiter;

/** The asynchronous client, which speaks CBOR over HTTP/2, and JSON where it subscribes to a shard. */
final class Async {
    private static final String STREAM = "java-v2-async";
    private static final int PAGES = 50;

    private final KinesisAsyncClient kinesis;
    private final KinesisAsyncWaiter waiter;
    private final List<SdkBytes> all = new ArrayList<>();
    private PutRecordResponse second;
    private String arn;
    private String shard;

    private Async(KinesisAsyncClient kinesis) {
        this.kinesis = kinesis;
        waiter = KinesisAsyncWaiter.builder().client(kinesis).overrideConfiguration(how -> how.maxAttempts(600)
                .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(100)))).build();
    }

    static void run() throws Exception {
        try (KinesisAsyncClient kinesis = KinesisAsyncClient.builder()
                .endpointOverride(URI.create(System.getenv("KINESIS_ENDPOINT")))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP2)
                        .tlsTrustManagersProvider(Trust::managers))
                .build()) {
            Async async = new Async(kinesis);
            async.create();
            async.putAndRead();
            async.subscribe();
            async.putTooMuch();
            async.errors();
            async.delete();
        }
    }

    private void create() {
        kinesis.createStream(create -> create.streamName(STREAM).shardCount(1)).join();
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM)).join();
        arn = kinesis.describeStreamSummary(describe -> describe.streamName(STREAM)).join()
                .streamDescriptionSummary().streamARN();
        shard = Check.only(kinesis.listShards(list -> list.streamARN(arn)).join().shards()).shardId();
    }

    private void putAndRead() {
        String latest = iterator(ShardIteratorType.LATEST, null);
        put("one");
        second = put("two");
        var many = kinesis.putRecords(put -> put.streamARN(arn).records(entry("three"), entry("four"))).join();
        Check.equal(0, many.failedRecordCount());
        all.addAll(List.of(text("three"), text("four")));
        Check.equal(all, read(iterator(ShardIteratorType.TRIM_HORIZON, null)));
        Check.equal(all.subList(1, 4), read(iterator(ShardIteratorType.AT_SEQUENCE_NUMBER, second.sequenceNumber())));
        Check.equal(all.subList(2, 4),
                read(iterator(ShardIteratorType.AFTER_SEQUENCE_NUMBER, second.sequenceNumber())));
        Check.equal(all, read(latest));

        // Requests of the same connection at the same time.
        List<CompletableFuture<PutRecordResponse>> puts = IntStream.range(0, 100).mapToObj(i -> kinesis.putRecord(
                put -> put.streamARN(arn).partitionKey("k").data(text("at once")))).toList();
        long numbers = puts.stream().map(put -> put.join().sequenceNumber()).distinct().count();
        Check.equal(100L, numbers);
        for (int i = 0; i < 100; i++) {
            all.add(text("at once"));
        }
        Check.equal(all, read(iterator(ShardIteratorType.TRIM_HORIZON, null)));
    }

    /** One consumer from each of the five positions, through the end of the shard. */
    private void subscribe() throws Exception {
        Map<String, StartingPosition> starts = new TreeMap<>();
        starts.put("horizon", StartingPosition.builder().type(ShardIteratorType.TRIM_HORIZON).build());
        starts.put("timestamp", StartingPosition.builder().type(ShardIteratorType.AT_TIMESTAMP).timestamp(
                kinesis.describeStreamSummary(describe -> describe.streamARN(arn)).join().streamDescriptionSummary()
                        .streamCreationTimestamp()).build());
        starts.put("at", StartingPosition.builder().type(ShardIteratorType.AT_SEQUENCE_NUMBER)
                .sequenceNumber(second.sequenceNumber()).build());
        starts.put("after", StartingPosition.builder().type(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                .sequenceNumber(second.sequenceNumber()).build());
        starts.put("latest", StartingPosition.builder().type(ShardIteratorType.LATEST).build());
        Map<String, Integer> skipped = Map.of("horizon", 0, "timestamp", 0, "at", 1, "after", 2, "latest", all.size());

        Map<String, String> consumers = new TreeMap<>();
        starts.keySet().forEach(name -> consumers.put(name, kinesis.registerStreamConsumer(
                register -> register.streamARN(arn).consumerName(name)).join().consumer().consumerARN()));
        for (String consumer : consumers.values()) {
            awaitActive(consumer);
        }
        Map<String, Subscription> subscriptions = new TreeMap<>();
        starts.forEach((name, start) -> subscriptions.put(name,
                new Subscription(kinesis, consumers.get(name), shard, start)));
        subscriptions.get("at").awaitRecords(1);
        Check.fails(ResourceInUseException.class, "Another active subscription exists for this consumer: ", () -> {
            new Subscription(kinesis, consumers.get("at"), shard, starts.get("at")).awaitEnd();
            return "an end";
        });
        for (Subscription subscription : subscriptions.values()) {
            subscription.await(events -> !events.isEmpty()); // without records it takes some seconds
        }
        put("pushed");
        for (String name : starts.keySet()) {
            List<SdkBytes> wanted = all.subList(skipped.get(name), all.size());
            Check.equal(wanted, subscriptions.get(name).awaitRecords(wanted.size()));
        }
        subscriptions.remove("horizon").cancel();
        split();
        for (Subscription subscription : subscriptions.values()) {
            subscription.awaitEnd();
            checkOrder(subscription.await(events -> true));
        }
        Check.fails(ResourceNotFoundException.class, "Consumer ", () -> {
            new Subscription(kinesis, consumers.get("at") + "0", shard, starts.get("at")).awaitEnd();
            return "an end";
        });
    }

    /** Each event says where to continue, except the last, which names the children. */
    private static void checkOrder(List<SubscribeToShardEvent> events) {
        BigInteger before = BigInteger.ZERO;
        for (SubscribeToShardEvent event : events.subList(0, events.size() - 1)) {
            BigInteger here = new BigInteger(event.continuationSequenceNumber());
            Check.that(here.compareTo(before) >= 0, events);
            Check.that(event.records().stream().allMatch(
                    record -> new BigInteger(record.sequenceNumber()).compareTo(here) <= 0), event);
            Check.that(event.childShards().isEmpty(), event);
            before = here;
        }
        SubscribeToShardEvent last = events.get(events.size() - 1);
        Check.that(last.continuationSequenceNumber() == null, last);
        Check.equal(2, last.childShards().size());
    }

    private void split() {
        kinesis.splitShard(split -> split.streamARN(arn).shardToSplit(shard)
                .newStartingHashKey(BigInteger.ONE.shiftLeft(127).toString())).join();
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM)).join();
    }

    /** Three records of a megabyte are more than a shard takes in a second. */
    private void putTooMuch() {
        PutRecordsRequestEntry large = PutRecordsRequestEntry.builder().partitionKey("k")
                .data(SdkBytes.fromByteArray(new byte[1_000_000])).build();
        var answer = kinesis.putRecords(put -> put.streamARN(arn).records(large, large, large)).join();
        Check.that(answer.failedRecordCount() >= 1, answer);
        Check.equal("ProvisionedThroughputExceededException", answer.records().get(2).errorCode());
    }

    private void errors() {
        Check.fails(ResourceNotFoundException.class, "Stream absent under account ", () -> kinesis.putRecord(
                put -> put.streamName("absent").partitionKey("a").data(text("late"))).join());
        Check.fails(ResourceInUseException.class, "Stream " + STREAM + " under account ",
                () -> kinesis.createStream(create -> create.streamName(STREAM).shardCount(1)).join());
        Check.fails(InvalidArgumentException.class, "Invalid ShardIterator.",
                () -> kinesis.getRecords(get -> get.shardIterator("AAAA")).join());
        Check.fails(ValidationException.class, "1 validation error detected: ",
                () -> kinesis.createStream(create -> create.streamName("not a name").shardCount(1)).join());
        Check.fails(LimitExceededException.class, "",
                () -> kinesis.createStream(create -> create.streamName("large").shardCount(20_001)).join());
    }

    private void delete() {
        kinesis.deleteStream(delete -> delete.streamARN(arn).enforceConsumerDeletion(true)).join();
        waiter.waitUntilStreamNotExists(describe -> describe.streamName(STREAM)).join();
    }

    private PutRecordResponse put(String data) {
        all.add(text(data));
        return kinesis.putRecord(put -> put.streamARN(arn).partitionKey(data).data(text(data))).join();
    }

    private void awaitActive(String consumer) throws InterruptedException {
        while (kinesis.describeStreamConsumer(describe -> describe.consumerARN(consumer)).join().consumerDescription()
                .consumerStatus() == ConsumerStatus.CREATING) {
            Thread.sleep(50);
        }
    }

    private String iterator(ShardIteratorType type, String number) {
        return kinesis.getShardIterator(get -> get.streamARN(arn).shardId(shard).shardIteratorType(type)
                .startingSequenceNumber(number)).join().shardIterator();
    }

    /** The data of all records from there on. */
    private List<SdkBytes> read(String from) {
        List<SdkBytes> found = new ArrayList<>();
        String at = from;
        for (int i = 0; i < PAGES; i++) {
            String here = at;
            GetRecordsResponse page = kinesis.getRecords(get -> get.shardIterator(here)).join();
            page.records().forEach(record -> found.add(record.data()));
            if (!found.isEmpty() && page.millisBehindLatest() == 0) {
                return found;
            }
            at = page.nextShardIterator();
        }
        throw new AssertionError("no end after " + found.size() + " records");
    }

    private static PutRecordsRequestEntry entry(String data) {
        return PutRecordsRequestEntry.builder().partitionKey(data).data(text(data)).build();
    }

    private static SdkBytes text(String text) {
        return SdkBytes.fromUtf8String(text);
    }
}
