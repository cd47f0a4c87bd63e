// Kinesis with the AWS SDK for JavaScript v3, one part of the API after the other; each prints what it saw hold.
//
// KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it this runs on AWS. For https, node trusts
// the certificate in the file that NODE_EXTRA_CA_CERTS names.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import {
  CreateStreamCommand, DecreaseStreamRetentionPeriodCommand, DeleteStreamCommand, DeregisterStreamConsumerCommand,
  DescribeStreamCommand, DescribeStreamConsumerCommand, DescribeStreamSummaryCommand, GetRecordsCommand,
  GetShardIteratorCommand, IncreaseStreamRetentionPeriodCommand, InvalidArgumentException, LimitExceededException,
  ListShardsCommand, PutRecordCommand, PutRecordsCommand, RegisterStreamConsumerCommand, ResourceInUseException,
  ResourceNotFoundException, SplitShardCommand, SubscribeToShardCommand, ValidationException, paginateListStreams,
  waitUntilStreamExists, waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { client } from "./client.mjs";

const MIDDLE = String(2n ** 127n); // of the hash keys
const PAUSE_MS = 100; // between two looks at what takes its time
const StreamName = `node-v3-${Date.now()}`;
const waiter = { client, maxWaitTime: 180 };
const send = (Command, input) => client.send(new Command(input));
const bytes = (text) => new TextEncoder().encode(text);
const texts = (records) => records.map((record) => new TextDecoder().decode(record.Data));
const put = (text) =>
  send(PutRecordCommand, { StreamName, PartitionKey: "a", ExplicitHashKey: "0", Data: bytes(text) });

async function describe() {
  await waitUntilStreamExists(waiter, { StreamName });
  const { StreamDescription } = await send(DescribeStreamCommand, { StreamName });
  assert.equal(StreamDescription.StreamStatus, "ACTIVE");
  const { StreamDescriptionSummary } = await send(DescribeStreamSummaryCommand, { StreamName });
  assert.equal(StreamDescriptionSummary.OpenShardCount, 1);
  const names = [];
  for await (const page of paginateListStreams({ client, pageSize: 1 }, {})) names.push(...page.StreamNames);
  assert(names.includes(StreamName));
  console.log("a stream created, waited for, described and listed");
  return StreamDescription;
}

async function iterator(ShardIteratorType, start = {}) {
  return (await send(GetShardIteratorCommand, { StreamName, ShardId, ShardIteratorType, ...start })).ShardIterator;
}

// The data of the next records, which are `count`.
async function read(ShardIterator, count) {
  const found = [];
  while (found.length < count && ShardIterator) {
    const page = await send(GetRecordsCommand, { ShardIterator });
    found.push(...texts(page.Records));
    ShardIterator = page.NextShardIterator;
  }
  return found;
}

// Four records, read through the five types of iterators.
async function putAndRead() {
  const all = ["one", "two", "three", "four"];
  const tip = await iterator("LATEST");
  const first = await put(all[0]);
  assert.equal(first.ShardId, ShardId);
  const second = await send(PutRecordCommand, {
    StreamARN, PartitionKey: "b", Data: bytes(all[1]), SequenceNumberForOrdering: first.SequenceNumber });
  const Records = all.slice(2).map((word) => ({ PartitionKey: word, Data: bytes(word) }));
  assert.equal((await send(PutRecordsCommand, { StreamName, Records })).FailedRecordCount, 0);

  const StartingSequenceNumber = second.SequenceNumber;
  assert.deepEqual(await read(await iterator("TRIM_HORIZON"), 4), all);
  assert.deepEqual(await read(await iterator("AT_SEQUENCE_NUMBER", { StartingSequenceNumber }), 3), all.slice(1));
  assert.deepEqual(await read(await iterator("AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber }), 2), all.slice(2));
  assert.deepEqual(await read(await iterator("AT_TIMESTAMP", { Timestamp: StreamCreationTimestamp }), 4), all);
  assert.deepEqual(await read(tip, 4), all);
  console.log("puts, and reads through five types of iterators");
  return all;
}

async function changeRetention() {
  await send(IncreaseStreamRetentionPeriodCommand, { StreamName, RetentionPeriodHours: 48 });
  await waitUntilStreamExists(waiter, { StreamName });
  await send(DecreaseStreamRetentionPeriodCommand, { StreamName, RetentionPeriodHours: 24 });
  await waitUntilStreamExists(waiter, { StreamName });
  console.log("retention up and down");
}

async function register() {
  const { Consumer } = await send(RegisterStreamConsumerCommand, { StreamARN, ConsumerName: "fan" });
  const { ConsumerARN } = Consumer;
  const status = async () =>
    (await send(DescribeStreamConsumerCommand, { ConsumerARN })).ConsumerDescription.ConsumerStatus;
  while (await status() !== "ACTIVE") await pause(PAUSE_MS);
  return ConsumerARN;
}

async function subscribe(shard, Type) {
  const request = { ConsumerARN, ShardId: shard, StartingPosition: { Type } };
  return (await send(SubscribeToShardCommand, request)).EventStream[Symbol.asyncIterator]();
}

// The data of `count` records that the subscription delivers.
async function hear(events, count) {
  const found = [];
  while (found.length < count) {
    const { SubscribeToShardEvent: event } = (await events.next()).value;
    assert(event.ContinuationSequenceNumber && event.MillisBehindLatest >= 0);
    found.push(...texts(event.Records));
  }
  return found;
}

// The last event, when the server has ended the subscription. What is not read at once may be lost with the connection.
async function lastOf(events) {
  let last;
  for (let at = await events.next(); !at.done; at = await events.next()) last = at.value.SubscribeToShardEvent;
  return last;
}

// A subscription gets what is there, what comes, and the children when the shard has ended.
async function splitWhileSubscribed() {
  const events = await subscribe(ShardId, "TRIM_HORIZON");
  assert.deepEqual(await hear(events, 4), all);
  await put("five");
  assert.deepEqual(await hear(events, 1), ["five"]);

  const ending = lastOf(events);
  await send(SplitShardCommand, { StreamName, ShardToSplit: ShardId, NewStartingHashKey: MIDDLE });
  await waitUntilStreamExists(waiter, { StreamName });
  const { Shards } = await send(ListShardsCommand, { StreamName });
  const children = Shards.filter((shard) => shard.ParentShardId === ShardId).map((shard) => shard.ShardId);
  assert.equal(children.length, 2);

  const last = await ending;
  assert.equal(last.ContinuationSequenceNumber, undefined);
  assert.deepEqual(last.ChildShards.map((child) => child.ShardId), children);
  console.log("a subscription to a shard, through its split to its end");
  return children;
}

async function subscribeToTip() {
  const events = await subscribe(children[0], "LATEST");
  await put("pushed");
  assert.deepEqual(await hear(events, 1), ["pushed"]);
  await events.return();
  console.log("a subscription that the client ends");
}

// Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
async function putTooMuch() {
  let refused = 0;
  let Records = Array(3).fill({ PartitionKey: "k", ExplicitHashKey: MIDDLE, Data: new Uint8Array(1_000_000) });
  while (Records.length > 0) {
    const answer = await send(PutRecordsCommand, { StreamName, Records });
    const codes = answer.Records.map((result) => result.ErrorCode);
    assert(codes.every((code) => !code || code === "ProvisionedThroughputExceededException"));
    Records = Records.filter((_, i) => codes[i]);
    assert.equal(answer.FailedRecordCount, Records.length);
    refused += Records.length;
    if (Records.length > 0) await pause(PAUSE_MS);
  }
  assert(refused > 0);
  console.log(`a PutRecords that fails in part: ${refused} entries put again until all were stored`);
}

// One error of each kind, as a class of its own.
async function fail() {
  const expect = (kind, Command, input) => assert.rejects(send(Command, input), (error) => {
    console.log(`${error.name}: ${error.message}`);
    return error instanceof kind;
  });
  await expect(ResourceNotFoundException, DescribeStreamCommand, { StreamName: "nowhere" });
  await expect(ResourceInUseException, CreateStreamCommand, { StreamName, ShardCount: 1 });
  await expect(InvalidArgumentException, PutRecordCommand, {
    StreamName, PartitionKey: "k", Data: bytes(""), ExplicitHashKey: String(2n ** 128n) });
  await expect(ValidationException, SplitShardCommand, {
    StreamName, ShardToSplit: ShardId, NewStartingHashKey: "middle" });
  await expect(LimitExceededException, CreateStreamCommand, { StreamName: "large", ShardCount: 20_001 });
}

await send(CreateStreamCommand, { StreamName, ShardCount: 1 });
const { StreamARN, StreamCreationTimestamp, Shards: [{ ShardId }] } = await describe();
const all = await putAndRead();
await changeRetention();
const ConsumerARN = await register();
const children = await splitWhileSubscribed();
await subscribeToTip();
await putTooMuch();
await fail();
await send(DeregisterStreamConsumerCommand, { ConsumerARN });
await send(DeleteStreamCommand, { StreamName, EnforceConsumerDeletion: true });
await waitUntilStreamNotExists(waiter, { StreamName });
console.log("a stream deleted");
client.destroy();
