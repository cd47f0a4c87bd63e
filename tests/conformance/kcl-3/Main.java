import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;

/** Applications of the Kinesis Client Library through reshards, restarts and kills; all scenarios at the same time. */
public final class Main {
    private enum Start { TRIM_HORIZON, LATEST, AT_TIMESTAMP }

    private record Scenario(String name, boolean fanOut, Start start, boolean kill) {}

    private static final List<Scenario> SCENARIOS = List.of(
            new Scenario("polling-trim-horizon", false, Start.TRIM_HORIZON, false),
            new Scenario("polling-latest", false, Start.LATEST, false),
            new Scenario("polling-at-timestamp", false, Start.AT_TIMESTAMP, false),
            new Scenario("polling-killed", false, Start.TRIM_HORIZON, true),
            new Scenario("fan-out-trim-horizon", true, Start.TRIM_HORIZON, false),
            new Scenario("fan-out-latest", true, Start.LATEST, false),
            new Scenario("fan-out-at-timestamp", true, Start.AT_TIMESTAMP, false),
            new Scenario("fan-out-killed", true, Start.TRIM_HORIZON, true));
    private static final int LEASE_TABLES = 4; // a DynamoDB creates the indexes of no more than 5 at the same time
    private static final int SERVER_STARTS_WITHIN_S = 60;

    private final URI leases;
    private final Clients clients;

    private Main(URI leases) {
        this.leases = leases;
        clients = Clients.create(leases);
    }

    /** Arguments are parts of the names of the scenarios to run; none means all. */
    public static void main(String[] args) throws Exception {
        List<Scenario> chosen = SCENARIOS.stream()
                .filter(scenario -> args.length == 0 || List.of(args).stream().anyMatch(scenario.name::contains))
                .toList();
        boolean passed = true;
        List<Process> servers = new ArrayList<>();
        try {
            List<Main> applications = new ArrayList<>();
            for (int i = 0; i < chosen.size(); i += LEASE_TABLES) {
                int port = freePort();
                servers.add(startDynamo(port));
                applications.add(new Main(URI.create("http://localhost:" + port)));
            }
            ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, chosen.size()));
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < chosen.size(); i++) {
                Main main = applications.get(i / LEASE_TABLES);
                Scenario scenario = chosen.get(i);
                results.add(pool.submit(() -> main.timed(scenario)));
            }
            for (int i = 0; i < chosen.size(); i++) {
                try {
                    System.out.println("ok " + chosen.get(i).name + results.get(i).get());
                } catch (Exception failure) {
                    passed = false;
                    System.out.println("FAILED " + chosen.get(i).name);
                    failure.printStackTrace(System.out);
                }
            }
        } finally {
            for (Process server : servers) {
                server.destroyForcibly().waitFor();
            }
            System.out.flush();
            Runtime.getRuntime().halt(passed && !chosen.isEmpty() ? 0 : 1); // whatever threads a failure has left
        }
    }

    private String timed(Scenario scenario) throws Exception {
        long begun = System.nanoTime();
        String said = scenario.kill ? killed(scenario) : resharded(scenario);
        return ": " + said + " in " + (System.nanoTime() - begun) / 1_000_000_000 + " s";
    }

    private String resharded(Scenario scenario) throws Exception {
        Stream stream = new Stream(clients.kinesis(), scenario.name);
        Ledger ledger = new Ledger();
        stream.put(5);
        int first = scenario.start == Start.TRIM_HORIZON ? 0 : stream.last() + 1;
        InitialPositionInStreamExtended start = position(scenario.start);
        try (Worker one = worker(scenario, stream, start, ledger, "one")) {
            Worker two = worker(scenario, stream, start, ledger, "two");
            if (scenario.start == Start.LATEST) {
                stream.put(1);
                while (!ledger.awaitEach(stream.keys, 500)) {
                    stream.put(1); // what is put before a worker has found the latest record is not for it
                }
            }
            stream.put(5);
            stream.split();
            stream.put(5);
            stream.merge();
            stream.put(5);
            stream.resize(4);
            stream.put(5);
            ledger.await(stream.keys, stream.last());
            two.close();
            stream.put(5);
            ledger.await(stream.keys, stream.last());
        }
        stream.put(5);
        try (Worker three = worker(scenario, stream, start, ledger, "three")) {
            ledger.await(stream.keys, stream.last());
        }
        ledger.expectExactly(stream.keys, first, stream.last(), scenario.start == Start.LATEST);
        ledger.expectWorkers(List.of("one", "three"));
        return ledger.count() + " records once each, by " + ledger.workers();
    }

    private String killed(Scenario scenario) throws Exception {
        Stream stream = new Stream(clients.kinesis(), scenario.name);
        Ledger ledger = new Ledger();
        stream.put(5);
        Map<String, Process> workers = new TreeMap<>();
        try {
            workers.put("one", child(scenario, stream, ledger, "one"));
            workers.put("two", child(scenario, stream, ledger, "two"));
            ledger.await(stream.keys, stream.last());
            stream.put(5);
            stream.split();
            stream.put(5);
            ledger.awaitCount(ledger.count() + stream.keys.size());
            String busiest = ledger.busiest();
            workers.get(busiest).destroyForcibly().waitFor();
            stream.put(5);
            stream.merge();
            stream.put(5);
            ledger.await(stream.keys, stream.last());
            ledger.expectAll(stream.keys, 0, stream.last());
            ledger.expectWorkers(List.copyOf(workers.keySet()));
            return ledger.count() + " records handled, of " + stream.keys.size() * (stream.last() + 1);
        } finally {
            for (Process worker : workers.values()) {
                worker.destroyForcibly().waitFor();
            }
        }
    }

    private Worker worker(Scenario scenario, Stream stream, InitialPositionInStreamExtended start, Ledger ledger,
            String name) throws InterruptedException {
        return new Worker(clients, scenario.name, name, stream.name, scenario.fanOut, start,
                () -> new Processor(name, ledger));
    }

    private static InitialPositionInStreamExtended position(Start start) throws InterruptedException {
        if (start == Start.AT_TIMESTAMP) {
            Thread.sleep(2); // the next record shall arrive in a later millisecond than the last one
            Date now = Date.from(Instant.now());
            return InitialPositionInStreamExtended.newInitialPositionAtTimestamp(now);
        }
        return InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.valueOf(start.name()));
    }

    /** A worker in a process of its own, whose records a thread enters into the ledger. */
    private Process child(Scenario scenario, Stream stream, Ledger ledger, String name) throws Exception {
        List<String> command = new ArrayList<>(List.of(java(), "-cp", System.getProperty("java.class.path")));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("Child", leases.toString(), scenario.name, name, stream.name,
                Boolean.toString(scenario.fanOut)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader lines = process.inputReader();
        String first = lines.readLine();
        if (!Child.STARTED.equals(first)) {
            process.destroyForcibly();
            throw new AssertionError("a child says " + first);
        }
        Thread reader = new Thread(() -> {
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String[] words = line.split(" ");
                    if (words.length == 2 && stream.keys.contains(words[0])) {
                        ledger.enter(name, words[0], Integer.parseInt(words[1]));
                    } else {
                        ledger.fail(new AssertionError(line));
                    }
                }
            } catch (IOException closed) {
                // killed
            }
        });
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    /** DynamoDB Local; DYNAMODB_CLASSPATH and DYNAMODB_LIBRARIES are its jars and the folder of its native library. */
    private static Process startDynamo(int port) throws Exception {
        Process process = new ProcessBuilder(java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Djava.library.path=" + System.getenv("DYNAMODB_LIBRARIES"), "-cp",
                System.getenv("DYNAMODB_CLASSPATH"), "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
                "-inMemory", "-disableTelemetry", "-port", Integer.toString(port))
                .directory(new File(System.getProperty("java.io.tmpdir"))) // it writes a file there
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVER_STARTS_WITHIN_S);
        while (true) {
            try (Socket socket = new Socket("localhost", port)) {
                return process;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw new AssertionError("DynamoDB Local does not start");
                }
                Thread.sleep(50);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
