import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Passes connections on unread, to see that a request was made and answered which no one would otherwise notice. */
final class Relay implements AutoCloseable {
    private static final int MORE_THAN_HANDSHAKES = 2500;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    private final CountDownLatch answered = new CountDownLatch(1);
    private final URI target;

    Relay(URI target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    boolean awaitAnswer(long seconds) throws InterruptedException {
        return answered.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(target.getHost(), target.getPort());
            AtomicLong sent = new AtomicLong();
            start(() -> pass(client, server, sent::addAndGet));
            start(() -> pass(server, client, bytes -> {
                if (sent.get() > MORE_THAN_HANDSHAKES) {
                    answered.countDown();
                }
            }));
        }
    }

    private static void pass(Socket from, Socket to, Count count) throws IOException {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int bytes = in.read(buffer); bytes >= 0; bytes = in.read(buffer)) {
                count.add(bytes);
                out.write(buffer, 0, bytes);
            }
        }
    }

    private static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException closed) {
                // One side has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Count {
        void add(long bytes);
    }

    private interface Step {
        void run() throws IOException;
    }
}
