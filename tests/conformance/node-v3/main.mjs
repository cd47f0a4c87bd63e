// Kinesis with the AWS SDK for JavaScript v3: create, wait, put, put many, every iterator type, list,
// describe, delete, one error. KINESIS_ENDPOINT names the server, e.g. http://127.0.0.1:4567; without it this
// runs on AWS.
import assert from "node:assert/strict";
import {
  CreateStreamCommand, DecreaseStreamRetentionPeriodCommand, DeleteStreamCommand, DescribeStreamCommand,
  DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand, KinesisClient, ListShardsCommand, PutRecordCommand, PutRecordsCommand,
  ResourceNotFoundException, paginateListStreams, waitUntilStreamExists, waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";

const endpoint = process.env.KINESIS_ENDPOINT;
const client = new KinesisClient(endpoint ? { endpoint } : {});
const waiter = { client, maxWaitTime: 180 };
const StreamName = `node-v3-${Date.now()}`;
const send = (Command, input) => client.send(new Command(input));
const bytes = (text) => new TextEncoder().encode(text);
const text = (record) => new TextDecoder().decode(record.Data);

async function iterator(ShardIteratorType, start = {}) {
  const request = { StreamName, ShardId, ShardIteratorType, ...start };
  return (await send(GetShardIteratorCommand, request)).ShardIterator;
}
const read = async (type, start) => follow(await iterator(type, start));

// The data of all records from there on.
async function follow(ShardIterator) {
  const found = [];
  for (let i = 0; i < 20; i++) {
    const page = await send(GetRecordsCommand, { ShardIterator });
    found.push(...page.Records.map(text));
    ShardIterator = page.NextShardIterator;
    if (found.length > 0 && page.MillisBehindLatest === 0) break;
  }
  return found;
}

await send(CreateStreamCommand, { StreamName, ShardCount: 1 });
await waitUntilStreamExists(waiter, { StreamName });

const { StreamDescription } = await send(DescribeStreamCommand, { StreamName });
assert.equal(StreamDescription.StreamStatus, "ACTIVE");
const { StreamDescriptionSummary } = await send(DescribeStreamSummaryCommand, { StreamName });
assert.equal(StreamDescriptionSummary.OpenShardCount, 1);
const names = [];
for await (const page of paginateListStreams({ client, pageSize: 1 }, {})) names.push(...page.StreamNames);
assert(names.includes(StreamName));
const { Shards } = await send(ListShardsCommand, { StreamName });
const [{ ShardId }] = Shards;

const latest = await iterator("LATEST");
const first = await send(PutRecordCommand, { StreamName, PartitionKey: "a", Data: bytes("one") });
assert.equal(first.ShardId, ShardId);
const second = await send(PutRecordCommand, {
  StreamARN: StreamDescription.StreamARN, PartitionKey: "b", Data: bytes("two"),
  SequenceNumberForOrdering: first.SequenceNumber,
});
const many = await send(PutRecordsCommand, {
  StreamName, Records: ["three", "four"].map((word) => ({ PartitionKey: word, Data: bytes(word) })),
});
assert.equal(many.FailedRecordCount, 0);

const all = ["one", "two", "three", "four"];
const StartingSequenceNumber = second.SequenceNumber;
assert.deepEqual(await read("TRIM_HORIZON"), all);
assert.deepEqual(await read("AT_SEQUENCE_NUMBER", { StartingSequenceNumber }), all.slice(1));
assert.deepEqual(await read("AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber }), all.slice(2));
const Timestamp = StreamDescription.StreamCreationTimestamp;
assert.deepEqual(await read("AT_TIMESTAMP", { Timestamp }), all);
assert.deepEqual(await follow(latest), all);

// Three records of a megabyte are more than a shard takes in a second.
const large = { PartitionKey: "k", Data: new Uint8Array(1_000_000) };
const throttled = await send(PutRecordsCommand, { StreamName, Records: [large, large, large] });
assert(throttled.FailedRecordCount >= 1);
assert.equal(throttled.Records[2].ErrorCode, "ProvisionedThroughputExceededException");

await send(IncreaseStreamRetentionPeriodCommand, { StreamName, RetentionPeriodHours: 48 });
await waitUntilStreamExists(waiter, { StreamName });
await send(DecreaseStreamRetentionPeriodCommand, { StreamName, RetentionPeriodHours: 24 });
await waitUntilStreamExists(waiter, { StreamName });

await send(DeleteStreamCommand, { StreamName });
await waitUntilStreamNotExists(waiter, { StreamName });
await assert.rejects(
  send(PutRecordCommand, { StreamName, PartitionKey: "a", Data: bytes("late") }),
  (error) => error instanceof ResourceNotFoundException && error.message.startsWith(`Stream ${StreamName} `),
);
console.log("node-v3 ok");
