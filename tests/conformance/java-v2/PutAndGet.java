import java.net.URI;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Record;

/** The lines of the README: a put and a get, in plain text. */
final class PutAndGet {
    static void run(URI endpoint) {
        try (KinesisClient kinesis = KinesisClient.builder().endpointOverride(endpoint).build()) {
            kinesis.createStream(create -> create.streamName("orders").shardCount(1));
            kinesis.waiter().waitUntilStreamExists(describe -> describe.streamName("orders"));
            example(endpoint);
            kinesis.deleteStream(delete -> delete.streamName("orders"));
            kinesis.waiter().waitUntilStreamNotExists(describe -> describe.streamName("orders"));
        }
    }

    private static void example(URI endpoint) {
        try (KinesisClient kinesis = KinesisClient.builder().endpointOverride(endpoint).build()) {
            SdkBytes data = SdkBytes.fromUtf8String("hello from Java");
            kinesis.putRecord(put -> put.streamName("orders").partitionKey("d").data(data));
            String iterator = kinesis.getShardIterator(get -> get.streamName("orders").shardId("shardId-000000000000")
                    .shardIteratorType("TRIM_HORIZON")).shardIterator();
            for (Record record : kinesis.getRecords(get -> get.shardIterator(iterator)).records()) {
                System.out.println(record.partitionKey() + " " + record.data().asUtf8String());
            }
        }
    }

    private PutAndGet() {}
}
