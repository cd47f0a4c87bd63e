import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.kinesis.model.ValidationException;
import software.amazon.awssdk.services.kinesis.waiters.KinesisWaiter;

/** The synchronous client, which speaks CBOR over HTTP/1.1. */
final class Sync {
    private static final String STREAM = "java-v2-sync";
    private static final int PAGES = 50;

    private final KinesisClient kinesis;
    private final KinesisWaiter waiter;

    private Sync(KinesisClient kinesis) {
        this.kinesis = kinesis;
        waiter = KinesisWaiter.builder().client(kinesis).overrideConfiguration(how -> how.maxAttempts(600)
                .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(100)))).build();
    }

    static void run() {
        try (KinesisClient kinesis = KinesisClient.builder()
                .endpointOverride(URI.create(System.getenv("KINESIS_ENDPOINT")))
                .httpClientBuilder(Apache5HttpClient.builder().tlsTrustManagersProvider(Trust::managers))
                .build()) {
            Sync sync = new Sync(kinesis);
            sync.create();
            sync.putAndRead();
            sync.putTooMuch();
            sync.reshard();
            sync.consumer();
            sync.errors();
            sync.delete();
        }
    }

    private void create() {
        kinesis.createStream(create -> create.streamName(STREAM).shardCount(1));
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM));
        var summary = kinesis.describeStreamSummary(describe -> describe.streamName(STREAM)).streamDescriptionSummary();
        Check.equal(StreamStatus.ACTIVE, summary.streamStatus());
        Check.equal(1, summary.openShardCount());
        Check.that(kinesis.listStreamsPaginator(list -> list.limit(1)).streamNames().stream().anyMatch(STREAM::equals),
                "not listed");
    }

    private void putAndRead() {
        Instant before = kinesis.describeStreamSummary(describe -> describe.streamName(STREAM))
                .streamDescriptionSummary().streamCreationTimestamp();
        Shard shard = Check.only(kinesis.listShards(list -> list.streamName(STREAM)).shards());
        String latest = iterator(shard, ShardIteratorType.LATEST, at -> {});
        SdkBytes binary = SdkBytes.fromByteArray(new byte[] {0, -1, 'a'});
        PutRecordResponse first = kinesis.putRecord(put -> put.streamName(STREAM).partitionKey("a").data(binary));
        Check.equal(shard.shardId(), first.shardId());
        PutRecordResponse second = kinesis.putRecord(put -> put.streamName(STREAM).partitionKey("b").data(text("two"))
                .sequenceNumberForOrdering(first.sequenceNumber()));
        PutRecordsResponse many = kinesis.putRecords(put -> put.streamName(STREAM)
                .records(entry("three", text("three")), entry("four", text("four"))));
        Check.equal(0, many.failedRecordCount());

        List<SdkBytes> all = List.of(binary, text("two"), text("three"), text("four"));
        Check.equal(all, read(iterator(shard, ShardIteratorType.TRIM_HORIZON, at -> {})));
        Check.equal(all.subList(1, 4), read(iterator(shard, ShardIteratorType.AT_SEQUENCE_NUMBER,
                at -> at.startingSequenceNumber(second.sequenceNumber()))));
        Check.equal(all.subList(2, 4), read(iterator(shard, ShardIteratorType.AFTER_SEQUENCE_NUMBER,
                at -> at.startingSequenceNumber(second.sequenceNumber()))));
        Check.equal(all, read(iterator(shard, ShardIteratorType.AT_TIMESTAMP, at -> at.timestamp(before))));
        Check.equal(all, read(latest));

        Record record = kinesis.getRecords(get -> get
                .shardIterator(iterator(shard, ShardIteratorType.TRIM_HORIZON, at -> {})).limit(1)).records().get(0);
        Check.equal("a", record.partitionKey());
        Check.equal(first.sequenceNumber(), record.sequenceNumber());
        Duration age = Duration.between(record.approximateArrivalTimestamp(), Instant.now()).abs();
        Check.that(age.compareTo(Duration.ofMinutes(5)) < 0, record);
    }

    /** Three records of a megabyte are more than a shard takes in a second. */
    private void putTooMuch() {
        PutRecordsRequestEntry large = entry("k", SdkBytes.fromByteArray(new byte[1_000_000]));
        PutRecordsResponse answer = kinesis.putRecords(put -> put.streamName(STREAM).records(large, large, large));
        Check.that(answer.failedRecordCount() >= 1, answer);
        Check.equal("ProvisionedThroughputExceededException", answer.records().get(2).errorCode());
        Check.equal(3 - answer.failedRecordCount(),
                (int) answer.records().stream().filter(result -> result.sequenceNumber() != null).count());
    }

    private void reshard() {
        Shard parent = Check.only(kinesis.listShards(list -> list.streamName(STREAM)).shards());
        kinesis.splitShard(split -> split.streamName(STREAM).shardToSplit(parent.shardId())
                .newStartingHashKey(BigInteger.ONE.shiftLeft(127).toString()));
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM));
        GetRecordsResponse end = lastPage(iterator(parent, ShardIteratorType.TRIM_HORIZON, at -> {}));
        List<String> children = end.childShards().stream().map(child -> child.shardId()).sorted().toList();
        Check.equal(2, children.size());
        end.childShards().forEach(child -> Check.equal(List.of(parent.shardId()), child.parentShards()));

        kinesis.mergeShards(merge -> merge.streamName(STREAM).shardToMerge(children.get(0))
                .adjacentShardToMerge(children.get(1)));
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM));
        kinesis.updateShardCount(
                update -> update.streamName(STREAM).targetShardCount(2).scalingType("UNIFORM_SCALING"));
        waiter.waitUntilStreamExists(describe -> describe.streamName(STREAM));
        var page = kinesis.listShards(list -> list.streamName(STREAM).maxResults(2));
        List<Shard> shards = new ArrayList<>(page.shards());
        while (page.nextToken() != null) {
            String token = page.nextToken();
            page = kinesis.listShards(list -> list.nextToken(token).maxResults(2));
            shards.addAll(page.shards());
        }
        Check.equal(6, shards.size());
        Check.equal(children, Stream.of(shards.get(3).parentShardId(), shards.get(3).adjacentParentShardId()).sorted()
                .toList());
        Check.equal(2, kinesis.listShards(list -> list.streamName(STREAM)
                .shardFilter(filter -> filter.type("AT_LATEST"))).shards().size());
    }

    private void consumer() {
        String stream = kinesis.describeStreamSummary(describe -> describe.streamName(STREAM))
                .streamDescriptionSummary().streamARN();
        String consumer = kinesis.registerStreamConsumer(
                register -> register.streamARN(stream).consumerName("reader")).consumer().consumerARN();
        Check.that(IntStream.range(0, 600).anyMatch(i -> {
            if (i > 0) {
                pause();
            }
            return kinesis.describeStreamConsumer(describe -> describe.consumerARN(consumer)).consumerDescription()
                    .consumerStatus() == ConsumerStatus.ACTIVE;
        }), "never ACTIVE");
        Check.equal(consumer, Check.only(kinesis.listStreamConsumers(list -> list.streamARN(stream)).consumers())
                .consumerARN());
        Check.fails(ResourceInUseException.class, "", () -> kinesis.registerStreamConsumer(
                register -> register.streamARN(stream).consumerName("reader")));
        kinesis.deregisterStreamConsumer(deregister -> deregister.consumerARN(consumer));
    }

    private void errors() {
        var absent = Check.fails(ResourceNotFoundException.class, "Stream absent under account ",
                () -> kinesis.putRecord(put -> put.streamName("absent").partitionKey("a").data(text("late"))));
        Check.equal("ResourceNotFoundException", absent.awsErrorDetails().errorCode());
        Check.equal(400, absent.statusCode());
        Check.fails(ResourceInUseException.class, "Stream " + STREAM + " under account ",
                () -> kinesis.createStream(create -> create.streamName(STREAM).shardCount(1)));
        Check.fails(InvalidArgumentException.class, "Invalid ShardIterator.",
                () -> kinesis.getRecords(get -> get.shardIterator("AAAA")));
        Check.fails(ValidationException.class, "1 validation error detected: ",
                () -> kinesis.createStream(create -> create.streamName("not a name").shardCount(1)));
        Check.fails(LimitExceededException.class, "",
                () -> kinesis.createStream(create -> create.streamName("large").shardCount(20_001)));
    }

    private void delete() {
        kinesis.deleteStream(delete -> delete.streamName(STREAM).enforceConsumerDeletion(true));
        waiter.waitUntilStreamNotExists(describe -> describe.streamName(STREAM));
    }

    private String iterator(Shard shard, ShardIteratorType type, Consumer<GetShardIteratorRequest.Builder> start) {
        return kinesis.getShardIterator(get -> start.accept(get.streamName(STREAM).shardId(shard.shardId())
                .shardIteratorType(type))).shardIterator();
    }

    /** The data of all records from there on. */
    private List<SdkBytes> read(String from) {
        List<SdkBytes> found = new ArrayList<>();
        String at = from;
        for (int i = 0; i < PAGES; i++) {
            String here = at;
            GetRecordsResponse page = kinesis.getRecords(get -> get.shardIterator(here));
            page.records().forEach(record -> found.add(record.data()));
            if (!found.isEmpty() && page.millisBehindLatest() == 0) {
                return Collections.unmodifiableList(found);
            }
            at = page.nextShardIterator();
        }
        throw new AssertionError("no end after " + found.size() + " records");
    }

    /** The page that ends a closed shard. */
    private GetRecordsResponse lastPage(String from) {
        String at = from;
        for (int i = 0; i < PAGES; i++) {
            String here = at;
            GetRecordsResponse page = kinesis.getRecords(get -> get.shardIterator(here));
            at = page.nextShardIterator();
            if (at == null) {
                return page;
            }
        }
        throw new AssertionError("the shard does not end");
    }

    private static PutRecordsRequestEntry entry(String key, SdkBytes data) {
        return PutRecordsRequestEntry.builder().partitionKey(key).data(data).build();
    }

    private static SdkBytes text(String text) {
        return SdkBytes.fromUtf8String(text);
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException ended) {
            throw new IllegalStateException(ended);
        }
    }
}
