// A stream created, written and read with the AWS SDK for JavaScript v2 as a page loads it.
window.steps = async (endpoint, StreamName) => {
  const kinesis = new AWS.Kinesis({ endpoint, region: "us-east-1", accessKeyId: "test", secretAccessKey: "test" });
  const call = (operation, request) => kinesis[operation](request).promise();
  await call("createStream", { StreamName, ShardCount: 1 });
  await kinesis.waitFor("streamExists", { StreamName }).promise();
  const put = await call("putRecord", { StreamName, PartitionKey: "k", Data: "tränen" });
  const { ShardIterator } = await call("getShardIterator", {
    StreamName, ShardId: put.ShardId, ShardIteratorType: "TRIM_HORIZON",
  });
  const { Records } = await call("getRecords", { ShardIterator });
  const error = await call("describeStream", { StreamName: "nowhere" }).catch((thrown) => thrown);
  return {
    read: Records.map((record) => [record.SequenceNumber === put.SequenceNumber, record.Data.toString()]),
    error: [error.code, error.statusCode, error.message],
    has_request_id: /^[0-9a-f-]{36}$/.test(error.requestId),
  };
};
