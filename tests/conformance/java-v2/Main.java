/** Kinesis with the AWS SDK for Java 2: its synchronous client, then its asynchronous one with fan-out. */
public final class Main {
    public static void main(String[] args) throws Exception {
        Sync.run();
        System.out.println("java-v2 synchronous ok");
        Async.run();
        System.out.println("java-v2 asynchronous ok");
    }

    private Main() {}
}
