import java.net.URI;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.KinesisClientUtil;

/** What a worker talks to: the server that KINESIS_ENDPOINT names, and the one with the lease table. */
record Clients(KinesisAsyncClient kinesis, DynamoDbAsyncClient dynamo, CloudWatchAsyncClient cloudWatch) {
    static Clients create(URI leases) {
        URI endpoint = URI.create(System.getenv("KINESIS_ENDPOINT"));
        return new Clients(
                KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder().endpointOverride(endpoint)),
                DynamoDbAsyncClient.builder().endpointOverride(leases).build(),
                CloudWatchAsyncClient.builder().endpointOverride(leases).build()); // MetricsLevel.NONE never calls it
    }
}
