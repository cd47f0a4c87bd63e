import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.waiters.KinesisAsyncWaiter;

/** A stream of two shards and what is put there: per round one record for each partition key, the round's number. */
final class Stream {
    final List<String> keys = IntStream.range(0, 40).mapToObj(i -> "key-" + i).toList();
    final String name;
    private final KinesisAsyncClient kinesis;
    private final KinesisAsyncWaiter waiter;
    private int rounds;

    Stream(KinesisAsyncClient kinesis, String name) {
        this.kinesis = kinesis;
        this.name = name;
        waiter = KinesisAsyncWaiter.builder().client(kinesis).overrideConfiguration(how -> how
                .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(100)))
                .waitTimeout(Duration.ofSeconds(60)).maxAttempts(600)).build();
        kinesis.createStream(create -> create.streamName(name).shardCount(2)).join();
        awaitActive();
    }

    /** The number of the last round. */
    int last() {
        return rounds - 1;
    }

    void put(int more) {
        for (int i = 0; i < more; i++) {
            SdkBytes number = SdkBytes.fromUtf8String(Integer.toString(rounds++));
            List<PutRecordsRequestEntry> entries = keys.stream()
                    .map(key -> PutRecordsRequestEntry.builder().partitionKey(key).data(number).build()).toList();
            var answer = kinesis.putRecords(put -> put.streamName(name).records(entries)).join();
            if (answer.failedRecordCount() != 0) {
                throw new AssertionError("not all were put: " + answer);
            }
        }
    }

    /** The first open shard into two halves. */
    void split() {
        Shard shard = open().get(0);
        BigInteger from = new BigInteger(shard.hashKeyRange().startingHashKey());
        BigInteger middle = from.add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
        kinesis.splitShard(split -> split.streamName(name).shardToSplit(shard.shardId())
                .newStartingHashKey(middle.toString())).join();
        awaitActive();
    }

    /** The last two open shards, of different age, into one. */
    void merge() {
        List<Shard> shards = open();
        kinesis.mergeShards(merge -> merge.streamName(name).shardToMerge(shards.get(shards.size() - 2).shardId())
                .adjacentShardToMerge(shards.get(shards.size() - 1).shardId())).join();
        awaitActive();
    }

    void resize(int shards) {
        kinesis.updateShardCount(update -> update.streamName(name).targetShardCount(shards)
                .scalingType(ScalingType.UNIFORM_SCALING)).join();
        awaitActive();
    }

    private List<Shard> open() {
        return kinesis.listShards(list -> list.streamName(name)
                        .shardFilter(filter -> filter.type(ShardFilterType.AT_LATEST))).join().shards().stream()
                .sorted(Comparator.comparing(shard -> new BigInteger(shard.hashKeyRange().startingHashKey()))).toList();
    }

    private void awaitActive() {
        waiter.waitUntilStreamExists(describe -> describe.streamName(name)).join();
    }
}
