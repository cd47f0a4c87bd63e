// A test written for LocalStack: only the image is another.
import org.junit.jupiter.api.*;
import org.testcontainers.containers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;

class LocalStackTest {
    static final DockerImageName IMAGE =
            DockerImageName.parse("kinesisd:shell").asCompatibleSubstituteFor("localstack/localstack");

    @Test
    void aStreamIsCreated() {
        try (var container = new LocalStackContainer(IMAGE).withServices(LocalStackContainer.Service.KINESIS)) {
            container.start();
            var keys = AwsBasicCredentials.create(container.getAccessKey(), container.getSecretKey());
            KinesisClient kinesis = KinesisClient.builder().region(Region.of(container.getRegion()))
                    .endpointOverride(container.getEndpointOverride(LocalStackContainer.Service.KINESIS))
                    .credentialsProvider(StaticCredentialsProvider.create(keys)).build();
            kinesis.createStream(r -> r.streamName("orders").shardCount(1));
        }
    }
}
