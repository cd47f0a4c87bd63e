import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * What an application has handled. Each partition key counts its records from 0, so that a key's numbers in the
 * order of handling say everything: none lost, none twice, shards in order and parents before their children.
 */
final class Ledger {
    private static final long PATIENCE_MS = 120_000;

    private final Map<String, List<Integer>> handled = new TreeMap<>();
    private final Map<String, Integer> workers = new TreeMap<>();
    private final Map<String, Object> shards = new TreeMap<>();
    private final List<Throwable> failures = new ArrayList<>();

    static int number(KinesisClientRecord record) {
        return Integer.parseInt(StandardCharsets.UTF_8.decode(record.data().duplicate()).toString());
    }

    /** Held while records of the shard are checkpointed and entered. */
    synchronized Object lock(String shard) {
        return shards.computeIfAbsent(shard, ignored -> new Object());
    }

    synchronized void enter(String worker, String key, int number) {
        workers.merge(worker, 1, Integer::sum);
        handled.computeIfAbsent(key, ignored -> new ArrayList<>()).add(number);
        notifyAll();
    }

    synchronized void fail(Throwable failure) {
        failures.add(failure);
        notifyAll();
    }

    synchronized int count() {
        return workers.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized List<String> workers() {
        return List.copyOf(workers.keySet());
    }

    /** The worker that has handled most. */
    synchronized String busiest() {
        return Collections.max(workers.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    /** Until every key has the record with this number. */
    synchronized void await(List<String> keys, int last) throws InterruptedException {
        require(() -> keys.stream().allMatch(key -> numbers(key).contains(last)), "records numbered " + last);
    }

    synchronized void awaitCount(int records) throws InterruptedException {
        require(() -> count() >= records, records + " records");
    }

    /** Whether every key has had some record within this time. */
    synchronized boolean awaitEach(List<String> keys, long patienceMs) throws InterruptedException {
        return await(() -> handled.keySet().containsAll(keys), patienceMs);
    }

    private void require(BooleanSupplier condition, String what) throws InterruptedException {
        if (!await(condition, PATIENCE_MS)) {
            throw new AssertionError("waited for " + what + "; handled by " + workers + ": " + handled);
        }
    }

    private boolean await(BooleanSupplier condition, long patienceMs) throws InterruptedException {
        long deadline = System.nanoTime() + patienceMs * 1_000_000;
        while (!condition.getAsBoolean()) {
            expect(List.of(), failures, "failures");
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }

    /**
     * Every number from first to last, once and in order, for each of these keys and for no other. Who begins late
     * may begin with a later number.
     */
    synchronized void expectExactly(List<String> keys, int first, int last, boolean late) {
        for (String key : keys) {
            int from = late ? Math.max(first, numbers(key).get(0)) : first;
            expect(IntStream.rangeClosed(from, last).boxed().toList(), numbers(key), key);
        }
        expect(new TreeSet<>(keys), new TreeSet<>(handled.keySet()), "partition keys");
        expect(List.of(), failures, "failures");
    }

    /** The same, when records may have been handled again after the last checkpoint. */
    synchronized void expectAll(List<String> keys, int first, int last) {
        for (String key : keys) {
            expect(IntStream.rangeClosed(first, last).boxed().toList(), numbers(key).stream().distinct().toList(), key);
        }
        expect(List.of(), failures, "failures");
    }

    /** These workers have handled some, others may have. */
    synchronized void expectWorkers(List<String> names) {
        if (!workers.keySet().containsAll(names)) {
            throw new AssertionError("only " + workers + " have handled records");
        }
    }

    private List<Integer> numbers(String key) {
        return handled.getOrDefault(key, List.of());
    }

    private static void expect(Object wanted, Object found, String what) {
        if (!wanted.equals(found)) {
            throw new AssertionError(what + ": expected " + wanted + ", got " + found);
        }
    }
}
