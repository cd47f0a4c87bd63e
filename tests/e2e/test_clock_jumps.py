"""What a jump of time brings about, as code that uses boto3 sees it."""

import concurrent.futures
import email.utils
import itertools
import sqlite3
import time

import botocore.exceptions
import pytest

import kinesisd
from kinesisd import WAIT_S, Connection, arn, create_stream, put
from service_clock import boto, move, read
from subscription import Http2Subscription, Subscription, register, request

OVER = pytest.mark.parametrize("over", [Subscription, Http2Subscription])
DAY_MS = 24 * 3_600_000


@pytest.fixture(scope="module")
def moved():
    """A server whose time every test moves: what one leaves behind has long expired for the next."""
    with kinesisd.Server("--limits", "off") as running:
        yield running


@pytest.fixture
def kinesis(moved):
    return boto(moved)


def error_of(call, *args, **how):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call(*args, **how)
    return raised.value.response["Error"]["Code"]


def iterator(kinesis, stream, kind="TRIM_HORIZON", shard="0"):
    made = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind)
    return made["ShardIterator"]


def status_of(kinesis, stream):
    return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"]


@pytest.fixture
def still(moved):
    """The same, and no time passes but what the test makes pass."""
    move(moved, freeze=True)
    yield
    move(moved, resume=True)


def test_an_iterator_expires_after_five_minutes(moved, still, kinesis, name):
    create_stream(moved, name)
    at = iterator(kinesis, name)
    move(moved, advance="300s")
    assert "Records" in kinesis.get_records(ShardIterator=at)
    move(moved, advance="1ms")
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException) as raised:
        kinesis.get_records(ShardIterator=at)
    assert "Iterator expired." in str(raised.value)


def test_a_next_token_expires(moved, still, kinesis, name):
    create_stream(moved, name, 3)
    token = kinesis.list_shards(StreamName=name, MaxResults=1)["NextToken"]
    move(moved, advance="300s")
    assert kinesis.list_shards(NextToken=token)["Shards"]
    move(moved, advance="1ms")
    with pytest.raises(kinesis.exceptions.ExpiredNextTokenException):
        kinesis.list_shards(NextToken=token)


def test_a_record_past_its_retention_is_gone(moved, kinesis, name):
    create_stream(moved, name)
    first = kinesis.put_record(StreamName=name, Data=b"old", PartitionKey="k")["SequenceNumber"]
    move(moved, advance="23h")
    kinesis.put_record(StreamName=name, Data=b"new", PartitionKey="k")
    move(moved, advance="59m")
    page = kinesis.get_records(ShardIterator=iterator(kinesis, name), Limit=1)
    assert [record["Data"] for record in page["Records"]] == [b"old"]
    assert page["MillisBehindLatest"] >= 59 * 60_000
    move(moved, advance="1m")
    page = kinesis.get_records(ShardIterator=iterator(kinesis, name))
    assert [record["Data"] for record in page["Records"]] == [b"new"]
    # Whoever goes on behind a record that has expired gets what is left, as on AWS.
    at = kinesis.get_shard_iterator(StreamName=name, ShardId="0", StartingSequenceNumber=first,
                                    ShardIteratorType="AT_SEQUENCE_NUMBER")["ShardIterator"]
    assert [record["Data"] for record in kinesis.get_records(ShardIterator=at)["Records"]] == [b"new"]


def test_what_has_expired_leaves_the_database_at_once(start, tmp_path):
    server = start("--db", tmp_path / "data.db", "--clock", "frozen")
    create_stream(server, "s")
    put(server, "s", "old")
    move(server, advance="25h")
    with sqlite3.connect(tmp_path / "data.db") as database:
        deadline = time.monotonic() + WAIT_S
        while database.execute("SELECT count(*) FROM records").fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_the_commitment_of_an_account_can_end(moved):
    kinesis = boto(moved, "111122223333")
    commit = {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}
    kinesis.update_account_settings(**commit)
    leave = {"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}}
    ending = kinesis.update_account_settings(**leave)["MinimumThroughputBillingCommitment"]
    assert ending["Status"] == "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    left = ending["EarliestAllowedEndAt"].timestamp() * 1000 - read(moved)["now_ms"]
    assert 0 < left <= DAY_MS
    move(moved, advance_ms=int(left) + 1000)
    now = kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]
    assert now["Status"] == "DISABLED"


@OVER
def test_a_subscription_ends_at_five_minutes_and_can_be_renewed(moved, name, over):
    create_stream(moved, name)
    consumer = register(moved, name)
    with over(moved, request(consumer, "LATEST")) as subscription:
        subscription.opened()
        move(moved, advance="4m")
        put(moved, name, "before")
        while not (event := subscription.event())["Records"]:
            pass
        begun = time.monotonic()
        move(moved, advance="61s")
        while subscription.next() is not None:
            pass
        assert time.monotonic() - begun < min(WAIT_S, 60)  # nobody has waited for the minute
    position = {"SequenceNumber": event["ContinuationSequenceNumber"]}
    with over(moved, request(consumer, "AFTER_SEQUENCE_NUMBER", **position)) as again:
        again.opened()
        put(moved, name, "after")
        while not (event := again.event())["Records"]:
            pass
        assert kinesisd.datas(event["Records"]) == [b"after"]


def test_boto3_sees_a_subscription_end_in_peace(moved, kinesis, name):
    create_stream(moved, name)
    consumer = register(moved, name)
    start = {"Type": "TRIM_HORIZON"}
    for data in (b"one", b"two"):
        kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")
        stream = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000",
                                            StartingPosition=start)["EventStream"]
        events = iter(stream)
        bodies = (one["SubscribeToShardEvent"] for one in events)
        event = next(body for body in bodies if body["Records"])
        assert event["Records"][-1]["Data"] == data
        start = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": event["ContinuationSequenceNumber"]}
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            rest = thread.submit(list, events)
            move(moved, advance="5m")
            assert all(not one["SubscribeToShardEvent"]["Records"] for one in rest.result(WAIT_S))


def test_a_throttled_shard_takes_records_again_after_a_second(start):
    server = start("--clock", "frozen")
    kinesis = boto(server)
    create_stream(server, "s")
    for _ in range(2):
        kinesis.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": "k"}] * 500)
    # A running clock would let another pass every millisecond.
    begun = time.monotonic()
    while time.monotonic() - begun < 0.1:
        assert error_of(kinesis.put_record, StreamName="s", Data=b"y", PartitionKey="k") == \
            "ProvisionedThroughputExceededException"
    line = server.wait_for_line("ime is frozen")
    assert 'PUT /_kinesisd/clock {"advance": "1s"}' in line
    move(server, advance="1s")
    assert kinesis.put_record(StreamName="s", Data=b"y", PartitionKey="k")["SequenceNumber"]
    records = [{"Data": b"z", "PartitionKey": "k"}] * 500
    answers = [kinesis.put_records(StreamName="s", Records=records) for _ in range(3)]
    assert [answer["FailedRecordCount"] for answer in answers][0] == 0
    assert answers[2]["FailedRecordCount"] > 0
    assert server.wait_for_line("records refused.*ime is frozen")


def test_creating_ends_with_time(start):
    server = start("--transition-ms", 60_000)
    kinesis = boto(server)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert status_of(kinesis, "s") == "CREATING"
    refused = error_of(kinesis.put_record, StreamName="s", Data=b"a", PartitionKey="k")
    assert refused == "ResourceNotFoundException"
    move(server, advance="1m")
    assert status_of(kinesis, "s") == "ACTIVE"
    assert kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")["ShardId"]


@pytest.mark.parametrize("flags", [[], ["--transition-ms", 60_000], ["--transition-ms", 0]])
def test_while_time_is_frozen_transitions_end_when_observed(start, flags):
    server = start("--clock", "frozen", *flags)
    kinesis = boto(server)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="s")
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(1 << 127))
    kinesis.get_waiter("stream_exists").wait(StreamName="s")
    assert len(kinesis.list_shards(StreamName="s")["Shards"]) == 3
    made = kinesis.register_stream_consumer(StreamARN=arn("s"), ConsumerName="c")["Consumer"]
    status = kinesis.describe_stream_consumer(ConsumerARN=made["ConsumerARN"])["ConsumerDescription"]
    assert status["ConsumerStatus"] == "ACTIVE"
    kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
    kinesis.get_waiter("stream_not_exists").wait(StreamName="s")
    move(server, resume=True)
    kinesis.create_stream(StreamName="t", ShardCount=1)


def test_quotas_of_24_hours_begin_anew(start):
    server = start("--limits", "all", "--transition-ms", 0, "--clock", "frozen")
    kinesis = boto(server)
    kinesis.create_stream(StreamName="s", ShardCount=1)

    def scale(target):
        # The rates of the control plane stand still as well.
        move(server, advance="1s")
        kinesis.update_shard_count(StreamName="s", TargetShardCount=target, ScalingType="UNIFORM_SCALING")

    targets = itertools.cycle([2, 1])
    with pytest.raises(kinesis.exceptions.LimitExceededException) as raised:
        for _ in range(11):
            scale(next(targets))
    assert "24" in str(raised.value)
    move(server, advance="24h")
    scale(next(targets))


def test_closed_shards_vanish_with_their_records(moved, kinesis, name):
    create_stream(moved, name)
    kinesis.put_record(StreamName=name, Data=b"a", PartitionKey="k")
    kinesis.split_shard(StreamName=name, ShardToSplit="0", NewStartingHashKey=str(1 << 127))
    kinesis.get_waiter("stream_exists").wait(StreamName=name)

    def shards():
        return [shard["ShardId"][-1] for shard in kinesis.list_shards(StreamName=name)["Shards"]]

    assert shards() == ["0", "1", "2"]
    move(moved, advance="23h")
    assert shards() == ["0", "1", "2"]
    move(moved, advance="1h")
    assert shards() == ["1", "2"]
    assert error_of(iterator, kinesis, name) == "ResourceNotFoundException"


def test_connections_and_dates_do_not_jump(moved):
    with Connection(moved) as connection:
        assert connection.call("ListStreams", {}).status == 200
        move(moved, advance="25h")
        answer = connection.call("ListStreams", {})
    assert answer.status == 200
    assert abs(email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()) < 60
