"""The life of a stream, and the errors most users meet."""

import uuid

import pytest

from target import ENDPOINT, account_of, not_found, refused, summary_of, wait_active, wait_gone

PROVISIONED = {"StreamMode": "PROVISIONED"}


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    return make_shared_stream(2)


def absent_like(stream):
    """The ARN of a stream that never was, in the same account and region."""
    return stream.arn.rsplit("/", 1)[0] + f"/kinesisd-test-{uuid.uuid4()}"


def test_describe(kinesis, stream):
    description = kinesis.describe_stream(StreamName=stream.name)["StreamDescription"]
    assert (description["StreamName"], description["StreamARN"]) == stream
    assert description["StreamStatus"] == "ACTIVE"
    assert description["StreamModeDetails"] == PROVISIONED
    assert description["RetentionPeriodHours"] == 24
    assert description["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]
    assert description["EncryptionType"] == "NONE" and "KeyId" not in description
    assert description["HasMoreShards"] is False
    half = 2**127
    assert [shard["HashKeyRange"] for shard in description["Shards"]] == [
        {"StartingHashKey": "0", "EndingHashKey": str(half - 1)},
        {"StartingHashKey": str(half), "EndingHashKey": str(2**128 - 1)}]
    assert [shard["ShardId"] for shard in description["Shards"]] == [
        "shardId-000000000000", "shardId-000000000001"]
    for shard in description["Shards"]:
        assert set(shard) == {"ShardId", "HashKeyRange", "SequenceNumberRange"}
        assert set(shard["SequenceNumberRange"]) == {"StartingSequenceNumber"}
    assert kinesis.describe_stream(StreamARN=stream.arn)["StreamDescription"] == description


def test_describe_summary(kinesis, stream):
    summary = summary_of(kinesis, stream.name)
    assert (summary["StreamName"], summary["StreamARN"]) == stream
    assert summary["StreamStatus"] == "ACTIVE" and summary["StreamModeDetails"] == PROVISIONED
    assert (summary["OpenShardCount"], summary["ConsumerCount"]) == (2, 0)
    assert summary["RetentionPeriodHours"] == 24 and summary["MaxRecordSizeInKiB"] == 1024
    assert summary["EncryptionType"] == "NONE"
    assert summary["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]
    assert "StreamId" not in summary


def test_describe_pages(kinesis, stream):
    page = kinesis.describe_stream(StreamName=stream.name, Limit=1)["StreamDescription"]
    assert (len(page["Shards"]), page["HasMoreShards"]) == (1, True)
    rest = kinesis.describe_stream(StreamName=stream.name,
                                   ExclusiveStartShardId=page["Shards"][0]["ShardId"])["StreamDescription"]
    assert (len(rest["Shards"]), rest["HasMoreShards"]) == (1, False)


def test_list(kinesis, stream):
    pages = list(kinesis.get_paginator("list_streams").paginate())
    names = [name for page in pages for name in page["StreamNames"]]
    assert stream.name in names and names == sorted(names)
    # The name itself is not after itself.
    following = kinesis.list_streams(ExclusiveStartStreamName=stream.name[:-1], Limit=1)
    assert following["StreamNames"] == [stream.name]
    [one] = following["StreamSummaries"]
    assert (one["StreamName"], one["StreamARN"]) == stream
    assert one["StreamStatus"] == "ACTIVE" and one["StreamModeDetails"] == PROVISIONED
    assert stream.name not in kinesis.list_streams(ExclusiveStartStreamName=stream.name)["StreamNames"]


def test_a_stream_lives_and_is_deleted(kinesis, make_stream):
    stream = make_stream(wait=False)
    # AWS takes tens of seconds to make one, and nobody may write to it before.
    early = kinesis.exceptions.ResourceNotFoundException
    try:
        kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=b"early")
    except early as error:
        assert error.response["Error"]["Message"] == not_found(stream)
    wait_active(kinesis, stream.name)
    kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=b"x")
    at = kinesis.get_shard_iterator(StreamName=stream.name, ShardId="shardId-000000000000",
                                    ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    kinesis.delete_stream(StreamName=stream.name)
    wait_gone(kinesis, stream.name)
    for call in (kinesis.describe_stream, kinesis.describe_stream_summary, kinesis.delete_stream,
                 kinesis.list_shards):
        refused("ResourceNotFoundException", not_found(stream), call, StreamName=stream.name)
    refused("ResourceNotFoundException",
            f"Shard shardId-000000000000 in stream {stream.name} under account {stream.account} does not "
            "exist", kinesis.get_records, ShardIterator=at)
    assert stream.name not in kinesis.list_streams(ExclusiveStartStreamName=stream.name[:-1])["StreamNames"]


def test_what_does_not_exist(kinesis, stream):
    absent = absent_like(stream)
    name = absent.rsplit("/", 1)[1]
    text = not_found(absent)
    for call, rest in (
            (kinesis.describe_stream, {}), (kinesis.describe_stream_summary, {}), (kinesis.delete_stream, {}),
            (kinesis.list_shards, {}), (kinesis.put_record, {"PartitionKey": "k", "Data": b"x"}),
            (kinesis.put_records, {"Records": [{"PartitionKey": "k", "Data": b"x"}]}),
            (kinesis.split_shard, {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "5"}),
            (kinesis.increase_stream_retention_period, {"RetentionPeriodHours": 48})):
        refused("ResourceNotFoundException", text, call, StreamName=name, **rest)
    # By ARN the text still has the name.
    refused("ResourceNotFoundException", text, kinesis.describe_stream, StreamARN=absent)
    refused("ResourceNotFoundException",
            f"Shard shardId-000000000000 in stream {name} under account {account_of(absent)} does not exist",
            kinesis.get_shard_iterator, StreamName=name, ShardId="shardId-000000000000",
            ShardIteratorType="LATEST")


def test_what_exists_already(kinesis, stream):
    refused("ResourceInUseException", f"Stream {stream.name} under account {stream.account} already exists.",
            kinesis.create_stream, StreamName=stream.name, ShardCount=1)


def test_what_is_not_active(changing):
    kinesis, make_stream = changing
    stream = make_stream(wait=False, ShardCount=2)
    wait_active(kinesis, stream.name)
    split = {"StreamName": stream.name, "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "5"}
    kinesis.split_shard(**split)
    text = f"Stream {stream.name} under account {stream.account} not ACTIVE, instead in state UPDATING"
    refused("ResourceInUseException", text, kinesis.split_shard, **split)
    if ENDPOINT:
        wait_active(kinesis, stream.name)


def test_what_is_not_a_name(kinesis):
    refused("ValidationException",
            "1 validation error detected: Value 'a/b' at 'streamName' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            kinesis.describe_stream, StreamName="a/b")
    refused("InvalidArgumentException", None, kinesis.describe_stream_summary)


def test_retention_goes_up_and_down(kinesis, stream):
    def change(call, hours):
        call(StreamName=stream.name, RetentionPeriodHours=hours)
        wait_active(kinesis, stream.name)
        return summary_of(kinesis, stream.name)["RetentionPeriodHours"]

    up, down = kinesis.increase_stream_retention_period, kinesis.decrease_stream_retention_period
    assert change(up, 24) == 24  # what it is already
    assert change(up, 48) == 48
    here = {"StreamName": stream.name}
    refused("InvalidArgumentException",
            f"Requested retention period (47 hours) for stream {stream.name} can not be shorter than "
            "existing retention period (48 hours). Use DecreaseRetentionPeriod API.", up,
            RetentionPeriodHours=47, **here)
    refused("InvalidArgumentException",
            f"Requested retention period (49 hours) for stream {stream.name} can not be longer than "
            "existing retention period (48 hours). Use IncreaseRetentionPeriod API.", down,
            RetentionPeriodHours=49, **here)
    refused("InvalidArgumentException",
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too "
            "short.", down, RetentionPeriodHours=23, **here)
    refused("InvalidArgumentException",
            "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too "
            "long.", up, RetentionPeriodHours=8761, **here)
    assert change(down, 24) == 24
    assert change(down, 24) == 24
