// Uses the server of global-setup.js, as code under test does: by its environment.
const kinesis = require("@aws-sdk/client-kinesis");

test("a record goes in", async () => {
  const client = new kinesis.KinesisClient({});
  await client.send(new kinesis.CreateStreamCommand({ StreamName: "orders", ShardCount: 1 }));
  await kinesis.waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1 }, { StreamName: "orders" });
  const record = { StreamName: "orders", Data: Buffer.from("1"), PartitionKey: "1" };
  expect((await client.send(new kinesis.PutRecordCommand(record))).ShardId).toBe("shardId-000000000000");
});
