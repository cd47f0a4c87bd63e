"""botocore's paginators and waiters (A.11) on 1,200 streams, on their 3,000 shards, and on 3,000 of one."""

import boto3
import botocore.config
import pytest

from kinesisd import PATIENCE, Connection, Server, arn, create_stream, shard_id

STREAMS = {f"stream-{i:04}": 1 if i % 2 else 4 for i in range(1200)}
WIDE, WIDE_SHARDS = "wide", 3000
CONSUMERS = 20
ACCOUNT = "111122223333"


@pytest.fixture(scope="module")
def many():
    with Server("--limits", "off") as running:
        with Connection(running, access_key=ACCOUNT) as connection:
            for stream, shards in STREAMS.items():
                connection.ok("CreateStream", {"StreamName": stream, "ShardCount": shards})
        with Connection(running) as connection:
            create_stream(connection, WIDE, WIDE_SHARDS)
        yield running


@pytest.fixture(scope="module")
def consumed(many):
    """The ARN of a stream with consumers."""
    for i in range(CONSUMERS):
        many.ok("RegisterStreamConsumer", {"StreamARN": arn(WIDE), "ConsumerName": f"consumer-{i:02}"})
    return arn(WIDE)


def client_of(server, access_key="test"):
    return boto3.client("kinesis", endpoint_url=server.url, region_name="us-east-1",
                        aws_access_key_id=access_key, aws_secret_access_key="test",
                        config=botocore.config.Config(retries={"total_max_attempts": 1},
                                                      read_timeout=20 * PATIENCE))


def pages(client, operation, size, **request):
    how = {"PageSize": size} if size else {}
    return list(client.get_paginator(operation).paginate(PaginationConfig=how, **request))


def check_sizes(found, size, most, total):
    """Every page but the last is full."""
    full = min(size or most, most)
    assert found[:-1] == [full] * (len(found) - 1) and 0 < found[-1] <= full
    assert sum(found) == total


# A.11; C.6: above 100 is taken and means 100.
@pytest.mark.parametrize("size", [None, 7, 99, 10000])
def test_list_streams(many, size):
    found = pages(client_of(many, ACCOUNT), "list_streams", size)
    assert [name for page in found for name in page["StreamNames"]] == sorted(STREAMS)
    assert [one["StreamName"] for page in found for one in page["StreamSummaries"]] == sorted(STREAMS)
    check_sizes([len(page["StreamNames"]) for page in found], size, 100, len(STREAMS))
    assert all(("NextToken" in page) == page["HasMoreStreams"] for page in found)


@pytest.mark.parametrize("size", [None, 13, 100, 10000])
def test_describe_stream(many, size):
    found = [page["StreamDescription"]["Shards"]
             for page in pages(client_of(many), "describe_stream", size, StreamName=WIDE)]
    assert [shard["ShardId"] for page in found for shard in page] == [
        shard_id(i) for i in range(WIDE_SHARDS)]
    check_sizes([len(page) for page in found], size, 100, WIDE_SHARDS)


# C.10: botocore repeats the request's members beside the token, which AWS refuses (GH aws/aws-cli#9635) [V].
def test_list_shards_meets_the_error_of_aws_on_a_second_page(many):
    client = client_of(many)
    with pytest.raises(client.exceptions.InvalidArgumentException) as refused:
        pages(client, "list_shards", 17, StreamName=WIDE)
    assert refused.value.response["Error"]["Message"] == (
        "NextToken and StreamName cannot be provided together.")
    [page] = pages(client, "list_shards", 1000, StreamName=WIDE, ExclusiveStartShardId=shard_id(1999))
    assert [shard["ShardId"] for shard in page["Shards"]] == [shard_id(i) for i in range(2000, WIDE_SHARDS)]


# The way around it: the first page by a call, the others by its token.
@pytest.mark.parametrize("size", [None, 17, 1000, 10000])
@pytest.mark.parametrize("start", [0, 1234])
def test_list_shards(many, size, start):
    client, sized = client_of(many), {"MaxResults": size} if size else {}
    after = {"ExclusiveStartShardId": shard_id(start - 1)} if start else {}
    first = client.list_shards(StreamName=WIDE, **sized, **after)
    found = [first["Shards"]] + [
        page["Shards"] for page in pages(client, "list_shards", size, NextToken=first["NextToken"])]
    assert [shard["ShardId"] for page in found for shard in page] == [
        shard_id(i) for i in range(start, WIDE_SHARDS)]
    check_sizes([len(page) for page in found], size, 1000, WIDE_SHARDS - start)


def test_waiters_and_the_shards_of_many_streams(many):
    """One waiter per stream, as a deployment of many streams runs them. None has to try twice."""
    client, attempts = client_of(many, ACCOUNT), {"Delay": 60, "MaxAttempts": 2}
    exists = client.get_waiter("stream_exists")
    gone = client.get_waiter("stream_not_exists")
    described = 0
    with Connection(many, access_key=ACCOUNT) as connection:
        for i, stream in enumerate(STREAMS):
            exists.wait(StreamName=stream, WaiterConfig=attempts)
            found = pages(client, "describe_stream", 5, StreamName=stream)
            described += sum(len(page["StreamDescription"]["Shards"]) for page in found)
            if i % 4 == 0:
                connection.ok("DeleteStream", {"StreamName": stream})
                gone.wait(StreamName=stream, WaiterConfig=attempts)
                connection.ok("CreateStream", {"StreamName": stream, "ShardCount": STREAMS[stream]})
    assert described == sum(STREAMS.values()) == 3000


# C.19: as many as a stream takes; the stream is named beside the token.
@pytest.mark.parametrize("size", [None, 1, 7, 19, 10000])
def test_list_stream_consumers(many, consumed, size):
    found = [page["Consumers"]
             for page in pages(client_of(many), "list_stream_consumers", size, StreamARN=consumed)]
    assert sorted(one["ConsumerName"] for page in found for one in page) == [
        f"consumer-{i:02}" for i in range(CONSUMERS)]
    check_sizes([len(page) for page in found], size, 100, CONSUMERS)
