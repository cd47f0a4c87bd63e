import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponse;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** The events of one SubscribeToShard, in the order they come. */
final class Subscription implements SubscribeToShardResponseHandler, Subscriber<SubscribeToShardEventStream> {
    private static final long PATIENCE_S = 20;

    private final List<SubscribeToShardEvent> events = new ArrayList<>();
    private final CompletableFuture<Void> ended;
    private org.reactivestreams.Subscription subscription;

    Subscription(KinesisAsyncClient kinesis, String consumer, String shard, StartingPosition start) {
        ended = kinesis.subscribeToShard(
                subscribe -> subscribe.consumerARN(consumer).shardId(shard).startingPosition(start), this);
        ended.whenComplete((nothing, failure) -> wake());
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** Until the events are so. */
    synchronized List<SubscribeToShardEvent> await(Predicate<List<SubscribeToShardEvent>> condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.test(events)) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            Check.that(leftMs > 0 && !ended.isCompletedExceptionally(), "waited in vain, " + ended + ", has " + events);
            wait(leftMs);
        }
        return List.copyOf(events);
    }

    /** Until so many records have come; their data. */
    List<SdkBytes> awaitRecords(int count) throws InterruptedException {
        return data(await(seen -> data(seen).size() >= count));
    }

    /** Until the service has ended it; fails as the subscription did. */
    void awaitEnd() throws Exception {
        try {
            ended.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("the subscription does not end", late);
        }
    }

    synchronized void cancel() {
        subscription.cancel();
    }

    private static List<SdkBytes> data(List<SubscribeToShardEvent> events) {
        return events.stream().flatMap(event -> event.records().stream()).map(record -> record.data()).toList();
    }

    @Override
    public void responseReceived(SubscribeToShardResponse response) {}

    @Override
    public void onEventStream(SdkPublisher<SubscribeToShardEventStream> publisher) {
        publisher.subscribe(this);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {}

    @Override
    public void complete() {}

    @Override
    public synchronized void onSubscribe(org.reactivestreams.Subscription begun) {
        subscription = begun;
        subscription.request(1);
    }

    @Override
    public synchronized void onNext(SubscribeToShardEventStream event) {
        events.add((SubscribeToShardEvent) event);
        notifyAll();
        subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
}
