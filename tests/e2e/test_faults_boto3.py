"""Every kind of trouble as boto3 takes it: what it retries, what it raises, and what that leaves in the stream."""

import boto3
import botocore.config
import botocore.exceptions
import pytest
import urllib3.exceptions

import faults
import kinesisd
from service_clock import move


@pytest.fixture
def troubled(start, name):
    server = start("--limits", "off")
    kinesisd.create_stream(server, name)
    return server


def client(server, mode="standard", attempts=4, **how):
    config = botocore.config.Config(retries={"mode": mode, "total_max_attempts": attempts}, **how)
    return boto3.client("kinesis", endpoint_url=server.url, region_name=kinesisd.REGION, config=config,
                        aws_access_key_id="test", aws_secret_access_key="test")


def put(kinesis, name, data=b"a"):
    return kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")


def stored(server, name):
    faults.call(server, "DELETE")
    return kinesisd.datas(kinesisd.read_all(server, name))


def iterator(kinesis, name):
    return kinesis.get_shard_iterator(StreamName=name, ShardId=kinesisd.shard_id(0),
                                      ShardIteratorType="TRIM_HORIZON")["ShardIterator"]


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("trouble", [
    {"throttle": True}, {"error": "InternalFailure"}, {"error": "ServiceUnavailable"}, {"error": {"status": 502}},
    {"error": "ThrottlingException"}, {"reset": "before"}], ids=lambda trouble: str(trouble))
def test_what_boto3_retries_gets_through(troubled, name, mode, trouble):
    faults.add(troubled, {"id": "twice", "operation": "PutRecord", "count": 2, **trouble})
    answer = put(client(troubled, mode), name)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert faults.hits(troubled) == {"twice": 2}
    assert stored(troubled, name) == [b"a"]


def test_retries_come_to_an_end(troubled, name):
    faults.add(troubled, {"id": "always", "operation": "PutRecord", "throttle": True})
    kinesis = client(troubled, attempts=3)
    with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException) as raised:
        put(kinesis, name)
    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert raised.value.response["Error"]["Message"] == (
        f"Rate exceeded for shard shardId-000000000000 in stream {name} under account 000000000000.")
    assert faults.hits(troubled) == {"always": 3}
    assert stored(troubled, name) == []


def test_an_error_that_is_no_nuisance_is_not_retried(troubled, name):
    faults.add(troubled, {"id": "no", "operation": "PutRecord", "error": "AccessDeniedException"})
    with pytest.raises(client(troubled).exceptions.AccessDeniedException):
        put(client(troubled), name)
    assert faults.hits(troubled) == {"no": 1}


@pytest.mark.parametrize("trouble", [
    {"error": {"type": "InternalFailure", "when": "after"}}, {"reset": "after"}], ids=lambda trouble: str(trouble))
def test_a_retry_after_the_commit_duplicates_the_record(troubled, name, trouble):
    faults.add(troubled, {"operation": "PutRecord", "count": 1, **trouble})
    answer = put(client(troubled), name)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert stored(troubled, name) == [b"a", b"a"]


@pytest.mark.parametrize("when, left", [("before", []), ("after", [b"a"])])
def test_without_retries_a_reset_is_an_exception(troubled, name, when, left):
    faults.add(troubled, {"operation": "PutRecord", "reset": when})
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        put(client(troubled, attempts=1), name)
    assert stored(troubled, name) == left


def test_a_partial_put_is_the_callers_to_retry(troubled, name):
    faults.add(troubled, {"operation": "PutRecords", "count": 1, "records": {"share": 0.5}})
    kinesis, waiting = client(troubled), [f"{i}".encode() for i in range(6)]
    calls = 0
    while waiting:
        calls += 1
        answer = kinesis.put_records(StreamName=name,
                                     Records=[{"Data": data, "PartitionKey": "k"} for data in waiting])
        assert answer["FailedRecordCount"] == sum("ErrorCode" in record for record in answer["Records"])
        assert {record.get("ErrorCode") for record in answer["Records"]} <= {
            None, "ProvisionedThroughputExceededException"}
        waiting = [data for data, record in zip(waiting, answer["Records"]) if "ErrorCode" in record]
    assert calls == 2
    assert stored(troubled, name) == [b"1", b"3", b"5", b"0", b"2", b"4"]


def test_a_latency_beyond_the_read_timeout_is_retried_and_duplicates(troubled, name):
    faults.add(troubled, {"operation": "PutRecord", "count": 1, "latency": "30s"})
    # The second time it has to be in time.
    answer = put(client(troubled, read_timeout=3 * kinesisd.PATIENCE), name)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert stored(troubled, name) == [b"a", b"a"]


def test_a_latency_beyond_the_read_timeout_is_an_exception_in_the_end(troubled, name):
    faults.add(troubled, {"operation": "ListStreams", "latency": "30s"})
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        client(troubled, attempts=1, read_timeout=1).list_streams()


def test_an_expired_iterator_is_an_exception(troubled, name):
    kinesis = client(troubled)
    put(kinesis, name)
    at = iterator(kinesis, name)
    faults.add(troubled, {"stream": name, "expired_iterator": True, "count": 1})
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException) as raised:
        kinesis.get_records(ShardIterator=at)
    assert "further in the future than the tolerated delay of 300000 milliseconds" in str(raised.value)
    assert kinesis.get_records(ShardIterator=at)["Records"][0]["Data"] == b"a"


def test_empty_pages_are_no_end(troubled, name):
    kinesis = client(troubled)
    put(kinesis, name)
    faults.add(troubled, {"operation": "GetRecords", "count": 3, "page": {"records": 0}})
    at, seen = iterator(kinesis, name), []
    for _ in range(4):
        page = kinesis.get_records(ShardIterator=at)
        seen.append([record["Data"] for record in page["Records"]])
        at = page["NextShardIterator"]
    assert seen == [[], [], [], [b"a"]]


def test_records_are_seen_late(troubled, name):
    kinesis = client(troubled)
    faults.add(troubled, {"stream": name, "visible_after": "500ms"})
    move(troubled, freeze=True)
    put(kinesis, name)
    at, pages = iterator(kinesis, name), []
    for advance in ("0s", "499ms", "1ms"):
        move(troubled, advance=advance, freeze=True)
        page = kinesis.get_records(ShardIterator=at)
        pages.append(([record["Data"] for record in page["Records"]], page["MillisBehindLatest"]))
        at = page["NextShardIterator"]
    assert pages == [([], 0), ([], 0), ([b"a"], 0)]


@pytest.fixture
def subscribed(troubled, name):
    """A function that subscribes boto3 to the stream's shard, and gives what it got and how that ended."""
    kinesis = client(troubled)
    arn = kinesisd.arn(name)
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")
    while True:
        consumer = kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="reader")["ConsumerDescription"]
        if consumer["ConsumerStatus"] == "ACTIVE":
            break

    def read():
        stream = kinesis.subscribe_to_shard(ConsumerARN=consumer["ConsumerARN"], ShardId=kinesisd.shard_id(0),
                                            StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
        got = []
        try:
            for event in stream:
                got += [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]
        except (botocore.exceptions.EventStreamError, urllib3.exceptions.ProtocolError) as end:
            return got, end
        return got, None

    return read


def test_a_dropped_subscription_is_a_broken_stream(troubled, name, subscribed):
    put(client(troubled), name)
    faults.add(troubled, {"consumer": "reader", "drop": {"events": 1}})
    got, end = subscribed()
    assert got == [b"a"]
    assert isinstance(end, urllib3.exceptions.ProtocolError)


def test_a_subscription_ends_with_an_exception_of_the_service(troubled, name, subscribed):
    put(client(troubled), name)
    faults.add(troubled, {"drop": {"events": 1, "error": "InternalFailure"}})
    got, end = subscribed()
    assert got == [b"a"]
    assert end.response["Error"]["Code"] == "InternalFailureException"


def test_a_throttled_subscription_is_retried(troubled, name, subscribed):
    put(client(troubled), name)
    faults.add(troubled, {"id": "once", "operation": "SubscribeToShard", "count": 1, "throttle": True},
               {"drop": {"events": 1, "error": "InternalFailure"}})
    assert subscribed()[0] == [b"a"]
    assert faults.hits(troubled)["once"] == 1


@pytest.mark.parametrize("operation, call", [
    ("CreateStream", lambda kinesis, name: kinesis.create_stream(StreamName=name + "-2", ShardCount=1)),
    ("DescribeStreamSummary", lambda kinesis, name: kinesis.describe_stream_summary(StreamName=name)),
    ("ListShards", lambda kinesis, name: kinesis.list_shards(StreamName=name))])
def test_throttles_of_the_control_plane_are_retried(troubled, name, operation, call):
    faults.add(troubled, {"id": "once", "operation": operation, "count": 1, "throttle": True})
    assert call(client(troubled), name)["ResponseMetadata"]["RetryAttempts"] == 1


def test_boto3_gets_everything_under_strict(start, name):
    server = start("--strict", "on", "--limits", "off")
    kinesis = client(server)
    kinesisd.create_stream(server, name)
    written = [f"{i}".encode() for i in range(200)]
    kinesis.put_records(StreamName=name, Records=[{"Data": data, "PartitionKey": "k"} for data in written])
    at, got = iterator(kinesis, name), []
    while len(got) < len(written):
        page = kinesis.get_records(ShardIterator=at)
        got += [record["Data"] for record in page["Records"]]
        at = page["NextShardIterator"]
    assert got == written
