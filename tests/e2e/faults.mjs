// Trouble as the AWS SDK for JavaScript v3 takes it, over HTTP/2. Called by test_faults_node.py with the server's
// URL, an existing stream of one shard and two consumers of it that are ACTIVE.
import assert from "node:assert/strict";
import {
  KinesisClient, ListStreamsCommand, PutRecordCommand, SubscribeToShardCommand,
} from "@aws-sdk/client-kinesis";

const [endpoint, StreamName, ...consumers] = process.argv.slice(2);
const client = new KinesisClient({
  endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 3,
});
const put = () =>
  client.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: new TextEncoder().encode("a") }));

// The rules in place of all others, and afterwards how often each has hit.
async function rules(...list) {
  const answer = await fetch(`${endpoint}/_kinesisd/faults`, {
    method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(list),
  });
  assert.equal(answer.status, 200, await answer.text());
}
const hits = async () =>
  (await (await fetch(`${endpoint}/_kinesisd/faults`)).json()).rules.map((rule) => rule.hits);

async function subscribe(ConsumerARN) {
  const { EventStream } = await client.send(new SubscribeToShardCommand({
    ConsumerARN, ShardId: "shardId-000000000000", StartingPosition: { Type: "TRIM_HORIZON" },
  }));
  let records = 0;
  try {
    for await (const event of EventStream) records += event.SubscribeToShardEvent.Records.length;
  } catch (error) {
    return { records, error };
  }
  return { records };
}

await rules({ operation: "PutRecord", throttle: true, count: 2 });
assert.equal((await put()).$metadata.attempts, 3);
console.log("a throttle is retried");

await rules({ operation: "PutRecord", throttle: true });
await assert.rejects(put(), { name: "ProvisionedThroughputExceededException" });
assert.deepEqual(await hits(), [3]);
console.log("retries come to an end");

await rules({ operation: "ListStreams", reset: "before", count: 1 });
await client.send(new ListStreamsCommand({}));
assert.deepEqual(await hits(), [1]);
console.log("a connection that breaks is retried");

await rules({ operation: "PutRecord", reset: "after", count: 1 });
await put();
await rules();
console.log("a connection that breaks after the commit is retried");

await rules({ operation: "ListStreams", reset: "before" });
await assert.rejects(client.send(new ListStreamsCommand({})));
console.log("connections that break all the time are an error");

await rules({ operation: "SubscribeToShard", drop: { events: 1 } });
const broken = await subscribe(consumers[0]);
assert.equal(broken.records, 3); // one of them twice
assert.equal(broken.error, undefined); // this SDK does not tell it from the end of five minutes
console.log("a subscription that breaks off just ends");

await rules({ operation: "SubscribeToShard", drop: { events: 1, error: "InternalFailure" } },
  { operation: "SubscribeToShard", throttle: true, count: 1 });
const ended = await subscribe(consumers[1]);
assert.equal(ended.records, 3);
assert.equal(ended.error.name, "InternalFailureException");
console.log("a subscription that ends with an exception is that exception");
client.destroy();
