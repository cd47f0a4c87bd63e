// Testcontainers for Java: a container for the tests of this class.
import java.net.URI;
import org.junit.jupiter.api.*;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;

class TestcontainersTest {
    @Test
    void aRecordGoesIn() {
        try (var container = new GenericContainer<>("kinesisd").withExposedPorts(4567)) {
            container.waitingFor(Wait.forHttp("/_kinesisd/health").forPort(4567)).start();
            var url = "http://" + container.getHost() + ":" + container.getMappedPort(4567);
            var anybody = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
            KinesisClient kinesis = KinesisClient.builder().endpointOverride(URI.create(url))
                    .region(Region.US_EAST_1).credentialsProvider(anybody).build();
            kinesis.createStream(r -> r.streamName("orders").shardCount(1));
            kinesis.waiter().waitUntilStreamExists(r -> r.streamName("orders"));
            kinesis.putRecord(r -> r.streamName("orders").partitionKey("1").data(SdkBytes.fromUtf8String("1")));
        }
    }
}
