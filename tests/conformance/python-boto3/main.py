"""Kinesis with boto3: create, wait, put, put many, every iterator type, list, describe, delete, one error.

KINESIS_ENDPOINT names the server, e.g. http://127.0.0.1:4567; without it the program runs on AWS."""

import os
import time

import boto3

kinesis = boto3.client("kinesis", endpoint_url=os.environ.get("KINESIS_ENDPOINT"))
stream = f"boto3-{int(time.time())}"


def read(kind, **start):
    """The data of all records from there on."""
    at = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind, **start)
    return follow(at["ShardIterator"])


def follow(at):
    found = []
    for _ in range(20):
        page = kinesis.get_records(ShardIterator=at)
        found += [record["Data"] for record in page["Records"]]
        at = page["NextShardIterator"]
        if found and page["MillisBehindLatest"] == 0:
            break
    return found


kinesis.create_stream(StreamName=stream, ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName=stream)

description = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
assert description["StreamStatus"] == "ACTIVE" and description["RetentionPeriodHours"] == 24
summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
assert summary["OpenShardCount"] == 1 and summary["StreamARN"] == description["StreamARN"]
pages = kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
assert stream in [name for page in pages for name in page["StreamNames"]]
pages = kinesis.get_paginator("list_shards").paginate(StreamName=stream)
[shard] = [one["ShardId"] for page in pages for one in page["Shards"]]

tip = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="LATEST")
first = kinesis.put_record(StreamName=stream, PartitionKey="a", Data=b"one \x00\xff")
assert first["ShardId"] == shard
second = kinesis.put_record(StreamARN=description["StreamARN"], PartitionKey="b", Data=b"two",
                            SequenceNumberForOrdering=first["SequenceNumber"])
many = kinesis.put_records(StreamName=stream, Records=[
    {"PartitionKey": key, "Data": key.encode()} for key in ("three", "four")])
assert many["FailedRecordCount"] == 0

everything = [b"one \x00\xff", b"two", b"three", b"four"]
assert read("TRIM_HORIZON") == everything
assert read("AT_SEQUENCE_NUMBER", StartingSequenceNumber=second["SequenceNumber"]) == everything[1:]
assert read("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=second["SequenceNumber"]) == everything[2:]
assert read("AT_TIMESTAMP", Timestamp=description["StreamCreationTimestamp"]) == everything
assert follow(tip["ShardIterator"]) == everything

# Three records of a megabyte are more than a shard takes in a second.
many = kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": "k", "Data": b"x" * 1_000_000}] * 3)
assert many["FailedRecordCount"] >= 1
assert many["Records"][-1]["ErrorCode"] == "ProvisionedThroughputExceededException"

kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
kinesis.get_waiter("stream_exists").wait(StreamName=stream)
kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
kinesis.get_waiter("stream_exists").wait(StreamName=stream)

kinesis.delete_stream(StreamName=stream)
kinesis.get_waiter("stream_not_exists").wait(StreamName=stream)
try:
    kinesis.put_record(StreamName=stream, PartitionKey="a", Data=b"late")
    raise AssertionError("the stream is still there")
except kinesis.exceptions.ResourceNotFoundException as error:
    assert error.response["Error"]["Message"].startswith(f"Stream {stream} under account ")
print("python-boto3 ok")
