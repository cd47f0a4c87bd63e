// Testcontainers for Node.js: a container for the tests of this file.
const {
  CreateStreamCommand, KinesisClient, PutRecordCommand, waitUntilStreamExists,
} = require("@aws-sdk/client-kinesis");
const { GenericContainer, Wait } = require("testcontainers");

let container;
let kinesis;

beforeAll(async () => {
  container = await new GenericContainer("kinesisd").withExposedPorts(4566, 4567, 4568)
    .withWaitStrategy(Wait.forHttp("/_kinesisd/health", 4567)).start();
  kinesis = new KinesisClient({
    endpoint: `http://${container.getHost()}:${container.getMappedPort(4567)}`, region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}, 60_000);
afterAll(() => container?.stop());

test("a record goes in", async () => {
  await kinesis.send(new CreateStreamCommand({ StreamName: "orders", ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName: "orders" });
  const record = { StreamName: "orders", Data: Buffer.from("1"), PartitionKey: "1" };
  expect((await kinesis.send(new PutRecordCommand(record))).ShardId).toBe("shardId-000000000000");
});
