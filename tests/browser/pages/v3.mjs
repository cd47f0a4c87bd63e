// A stream created, written, read and subscribed to with the AWS SDK for JavaScript v3, bundled for a page.
import {
  CreateStreamCommand, DescribeStreamCommand, DescribeStreamConsumerCommand, GetRecordsCommand,
  GetShardIteratorCommand, KinesisClient, PutRecordCommand, RegisterStreamConsumerCommand,
  ResourceNotFoundException, SubscribeToShardCommand, waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";

const text = (data) => new TextDecoder().decode(data);
const bytes = (string) => new TextEncoder().encode(string);

// What the first event with records brings; the second record is put while the subscription waits for it.
async function subscribe(send, StreamName, ShardId) {
  const { StreamDescription } = await send(DescribeStreamCommand, { StreamName });
  const request = { StreamARN: StreamDescription.StreamARN, ConsumerName: "page" };
  const { ConsumerARN } = (await send(RegisterStreamConsumerCommand, request)).Consumer;
  const status = async () =>
    (await send(DescribeStreamConsumerCommand, { ConsumerARN })).ConsumerDescription.ConsumerStatus;
  while (await status() !== "ACTIVE");
  const leaving = new AbortController(); // a subscription would go on for five minutes
  const { EventStream } = await send(SubscribeToShardCommand, {
    ConsumerARN, ShardId, StartingPosition: { Type: "TRIM_HORIZON" },
  }, { abortSignal: leaving.signal });
  const found = [];
  for await (const { SubscribeToShardEvent } of EventStream) {
    const records = SubscribeToShardEvent.Records.map((record) => text(record.Data));
    if (records.length > 0 && found.push(...records) === 1) {
      await send(PutRecordCommand, { StreamName, PartitionKey: "k", Data: bytes("later") });
    }
    if (found.length === 2) break;
  }
  leaving.abort();
  return found;
}

window.steps = async (endpoint, StreamName) => {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new KinesisClient({ endpoint, region: "us-east-1", credentials });
  const send = (Command, request, options) => client.send(new Command(request), options);
  await send(CreateStreamCommand, { StreamName, ShardCount: 1 });
  await waitUntilStreamExists({ client, maxWaitTime: 20 }, { StreamName });
  const put = await send(PutRecordCommand, { StreamName, PartitionKey: "k", Data: bytes("tränen") });
  const { ShardIterator } = await send(GetShardIteratorCommand, {
    StreamName, ShardId: put.ShardId, ShardIteratorType: "TRIM_HORIZON",
  });
  const { Records } = await send(GetRecordsCommand, { ShardIterator });
  const error = await send(DescribeStreamCommand, { StreamName: "nowhere" }).catch((thrown) => thrown);
  return {
    read: Records.map((record) => [record.SequenceNumber === put.SequenceNumber, text(record.Data)]),
    error: [error.name, error.$metadata.httpStatusCode, error.message],
    is_of_its_class: error instanceof ResourceNotFoundException,
    has_request_id: /^[0-9a-f-]{36}$/.test(error.$metadata.requestId),
    subscribed: await subscribe(send, StreamName, put.ShardId),
  };
};
