// Uses the server of Kinesisd.java, as code under test does: by system properties.
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;

@ExtendWith(Kinesisd.class)
class ExtensionTest {
    @Test
    void aRecordGoesIn() {
        KinesisClient kinesis = KinesisClient.create();
        kinesis.createStream(r -> r.streamName("orders").shardCount(1));
        kinesis.waiter().waitUntilStreamExists(r -> r.streamName("orders"));
        kinesis.putRecord(r -> r.streamName("orders").partitionKey("1").data(SdkBytes.fromUtf8String("1")));
    }
}
