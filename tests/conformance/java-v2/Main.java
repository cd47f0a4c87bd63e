import java.net.URI;

/** Kinesis with the AWS SDK for Java 2: the README's lines, then its synchronous and its asynchronous client. */
public final class Main {
    public static void main(String[] args) throws Exception {
        URI endpoint = URI.create(System.getenv("KINESIS_ENDPOINT"));
        if (endpoint.getScheme().equals("http")) {
            PutAndGet.run(endpoint);
            System.out.println("java-v2 put and get ok");
        }
        Sync.run();
        System.out.println("java-v2 synchronous ok");
        Async.run();
        System.out.println("java-v2 asynchronous ok");
    }

    private Main() {}
}
