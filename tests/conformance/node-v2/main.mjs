// Kinesis with the AWS SDK for JavaScript v2, one part of the API after the other; each prints what it saw hold.
// (The SDK has no subscribeToShard.)
//
// KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it this runs on AWS. For https, node trusts
// the certificate in the file that NODE_EXTRA_CA_CERTS names.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import AWS from "aws-sdk";

const endpoint = process.env.KINESIS_ENDPOINT;
const kinesis = new AWS.Kinesis(endpoint ? { endpoint } : {});

const MIDDLE = String(2n ** 127n); // of the hash keys
const PAUSE_MS = 100; // between two looks at what takes its time
const StreamName = `node-v2-${Date.now()}`;
const wait = () => kinesis.waitFor("streamExists", { StreamName }).promise();
const texts = (records) => records.map((record) => record.Data.toString());
const put = (Data) =>
  kinesis.putRecord({ StreamName, PartitionKey: "a", ExplicitHashKey: "0", Data }).promise();
const listShards = async () => (await kinesis.listShards({ StreamName }).promise()).Shards;

async function describe() {
  await wait();
  const { StreamDescription } = await kinesis.describeStream({ StreamName }).promise();
  assert.equal(StreamDescription.StreamStatus, "ACTIVE");
  const { StreamNames } = await kinesis.listStreams().promise();
  assert(StreamNames.includes(StreamName));
  console.log("a stream created, waited for, described and listed");
  return StreamDescription;
}

async function iterator(ShardIteratorType, start = {}) {
  const request = { StreamName, ShardId, ShardIteratorType, ...start };
  return (await kinesis.getShardIterator(request).promise()).ShardIterator;
}

// The data of the next records, which are `count`.
async function read(ShardIterator, count) {
  const found = [];
  while (found.length < count && ShardIterator) {
    const page = await kinesis.getRecords({ ShardIterator }).promise();
    found.push(...texts(page.Records));
    ShardIterator = page.NextShardIterator;
  }
  return found;
}

// Four records, read through the five types of iterators.
async function putAndRead() {
  const all = ["one", "two", "three", "four"];
  const tip = await iterator("LATEST");
  assert.equal((await put(all[0])).ShardId, ShardId);
  const StartingSequenceNumber = (await put(all[1])).SequenceNumber;
  const Records = all.slice(2).map((Data) => ({ PartitionKey: "k", Data }));
  assert.equal((await kinesis.putRecords({ StreamARN, Records }).promise()).FailedRecordCount, 0);

  assert.deepEqual(await read(await iterator("TRIM_HORIZON"), 4), all);
  assert.deepEqual(await read(await iterator("AT_SEQUENCE_NUMBER", { StartingSequenceNumber }), 3), all.slice(1));
  assert.deepEqual(await read(await iterator("AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber }), 2), all.slice(2));
  assert.deepEqual(await read(await iterator("AT_TIMESTAMP", { Timestamp: StreamCreationTimestamp }), 4), all);
  assert.deepEqual(await read(tip, 4), all);
  console.log("puts, and reads through five types of iterators");
}

async function register() {
  const { Consumer } = await kinesis.registerStreamConsumer({ StreamARN, ConsumerName: "fan" }).promise();
  const { ConsumerARN } = Consumer;
  const describe = () => kinesis.describeStreamConsumer({ ConsumerARN }).promise();
  while ((await describe()).ConsumerDescription.ConsumerStatus !== "ACTIVE") await pause(PAUSE_MS);
  console.log("a consumer registered");
  return ConsumerARN;
}

async function split() {
  await kinesis.splitShard({ StreamName, ShardToSplit: ShardId, NewStartingHashKey: MIDDLE }).promise();
  await wait();
  const children = (await listShards()).filter((shard) => shard.ParentShardId === ShardId);
  assert.equal(children.length, 2);
  const [at, found] = [await iterator("TRIM_HORIZON"), []];
  let page = await kinesis.getRecords({ ShardIterator: at }).promise();
  while (page.NextShardIterator) {
    found.push(...texts(page.Records));
    page = await kinesis.getRecords({ ShardIterator: page.NextShardIterator }).promise();
  }
  found.push(...texts(page.Records));
  assert.equal(found.length, 4);
  assert.deepEqual(page.ChildShards.map((child) => child.ShardId), children.map((child) => child.ShardId));
  console.log("a shard split, and its parent read to the end");
}

// Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
async function putTooMuch() {
  let refused = 0;
  let Records = Array(3).fill({ PartitionKey: "k", ExplicitHashKey: MIDDLE, Data: Buffer.alloc(1_000_000) });
  while (Records.length > 0) {
    const answer = await kinesis.putRecords({ StreamName, Records }).promise();
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

// One error of each kind, told by its code, as this SDK has no classes for them.
async function fail() {
  const expect = (code, request) => assert.rejects(request.promise(), (error) => {
    console.log(`${error.code}: ${error.message}`);
    return error.code === code && error.statusCode === 400;
  });
  await expect("ResourceNotFoundException", kinesis.describeStream({ StreamName: "nowhere" }));
  await expect("ResourceInUseException", kinesis.createStream({ StreamName, ShardCount: 1 }));
  await expect("InvalidArgumentException", kinesis.putRecord({
    StreamName, PartitionKey: "k", Data: "", ExplicitHashKey: String(2n ** 128n) }));
  await expect("ValidationException", kinesis.splitShard({
    StreamName, ShardToSplit: ShardId, NewStartingHashKey: "middle" }));
  await expect("LimitExceededException", kinesis.createStream({ StreamName: "large", ShardCount: 20_001 }));
}

await kinesis.createStream({ StreamName, ShardCount: 1 }).promise();
const { StreamARN, StreamCreationTimestamp, Shards: [{ ShardId }] } = await describe();
await putAndRead();
const ConsumerARN = await register();
await split();
await putTooMuch();
await fail();
await kinesis.deregisterStreamConsumer({ ConsumerARN }).promise();
await kinesis.deleteStream({ StreamName, EnforceConsumerDeletion: true }).promise();
await kinesis.waitFor("streamNotExists", { StreamName }).promise();
console.log("a stream deleted");
