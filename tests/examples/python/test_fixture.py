"""Uses the fixture of conftest.py, as code under test does: by its environment."""

import boto3


def test_a_record_goes_in(kinesis_endpoint):
    kinesis = boto3.client("kinesis")
    assert kinesis.meta.endpoint_url == kinesis_endpoint
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="orders")
    assert kinesis.put_record(StreamName="orders", Data=b"1", PartitionKey="1")["ShardId"]
