"""SubscribeToShard (C.20) and its event stream (E), over HTTP/1.1 and HTTP/2."""

import json
import time

import pytest

from kinesisd import ACCOUNT, JSON, PATIENCE, WAIT_S, Connection, arn, b64, create_stream, datas, put, shard_id
from service_clock import move
from subscription import Http2Subscription, Subscription, register, request
from tables import (ARGUMENT, IN_USE, NOT_FOUND, SERIALIZATION, UNKNOWN, VALIDATION, Row, check, missing,
                    one_of, pattern, table, violations)

STREAM = "subscribed"
HALF = "170141183460469231731687303715884105728"
CONSUMER_ARN_PATTERN = (r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer"
                        r"\/[a-zA-Z0-9_.-]+:[0-9]+")
OVER = pytest.mark.parametrize("over", [Subscription, Http2Subscription])


def another(stream, consumer="reader", shard=0):
    return ("Another active subscription exists for this consumer: "
            f"{ACCOUNT}:{stream}:{shard_id(shard)}:{consumer}")


@pytest.fixture
def own(server, name):
    """A stream of the test's own with one shard."""
    create_stream(server, name)
    return name


@pytest.fixture(scope="module")
def consumer(server):
    create_stream(server, STREAM, 2)
    return register(server, STREAM)


@OVER
def test_the_stream_begins_with_an_initial_response_and_has_aws_headers(server, own, over):
    put(server, own, "a", "key")
    with over(server, request(register(server, own))) as subscription:
        first, second = subscription.next(), subscription.next()
    assert (first.kind, first.type, first.payload) == ("event", "initial-response", {})
    assert first.content_type == JSON
    assert (second.kind, second.type, second.content_type) == ("event", "SubscribeToShardEvent",
                                                               "application/json")
    assert list(second.payload) == ["ContinuationSequenceNumber", "MillisBehindLatest", "Records"]
    [record] = second.payload["Records"]
    assert record["Data"] == b64("a") and record["PartitionKey"] == "key"
    assert isinstance(record["ApproximateArrivalTimestamp"], float | int)


@OVER
def test_records_are_pushed_when_they_are_readable(server, own, over):
    with over(server, request(register(server, own), "LATEST")) as subscription:
        subscription.opened()
        numbers, took = [], []
        for i in range(20):
            numbers.append(put(server, own, str(i))["SequenceNumber"])
            begun = time.monotonic()
            data, event = subscription.records(1)
            took.append(time.monotonic() - begun)
            assert data == [str(i).encode()]
            assert event["Records"][0]["SequenceNumber"] == numbers[-1]
            assert event["MillisBehindLatest"] == 0
            assert int(event["ContinuationSequenceNumber"]) > int(numbers[-1])
    assert numbers == sorted(numbers)
    # Well below any pause of a server that polls, which would make all of them wait: each put follows an event. Some
    # may wait for the machine.
    assert sorted(took)[len(took) // 4] < 0.15 * PATIENCE


def start_of(number_of, kind, times):
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        return {"SequenceNumber": number_of[1]}
    return {"Timestamp": times[1]} if kind == "AT_TIMESTAMP" else {}


@pytest.mark.parametrize("kind, expected", [
    ("TRIM_HORIZON", [b"0", b"1", b"2", b"new"]), ("AT_SEQUENCE_NUMBER", [b"1", b"2", b"new"]),
    ("AFTER_SEQUENCE_NUMBER", [b"2", b"new"]), ("AT_TIMESTAMP", [b"1", b"2", b"new"]), ("LATEST", [b"new"])])
def test_all_five_starting_positions(server, own, kind, expected):
    numbers, times = [], []
    for i in range(3):
        numbers.append(put(server, own, str(i))["SequenceNumber"])
        time.sleep(0.002)  # so that each has a millisecond of its own
    with Subscription(server, request(register(server, own, "first"))) as everything:
        _, event = everything.opened().records(3)
        times = [record["ApproximateArrivalTimestamp"] for record in event["Records"]]
    members = request(register(server, own), kind, **start_of(numbers, kind, times))
    with Subscription(server, members) as subscription:
        subscription.opened()
        put(server, own, "new")
        assert subscription.records(len(expected))[0] == expected


@OVER
@pytest.mark.parametrize("kind", ["AFTER_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER"])
def test_a_continuation_number_goes_on_where_the_last_event_ended(server, own, over, kind):
    consumer = register(server, own)
    put(server, own, "0")
    with over(server, request(consumer)) as subscription:
        _, event = subscription.opened().records(1)
    put(server, own, "1")
    other = register(server, own, "other")
    members = request(other, kind, SequenceNumber=event["ContinuationSequenceNumber"])
    with over(server, members) as subscription:
        assert subscription.opened().records(1)[0] == [b"1"]


def test_an_idle_subscription_is_told_so_every_five_seconds(server, own):
    consumer, begun = register(server, own), time.monotonic()
    with Subscription(server, request(consumer, "LATEST")) as subscription:
        subscription.opened()
        opened = time.monotonic()
        first = subscription.event()
        seen = time.monotonic()
        assert seen - begun > 4.5 and seen - opened < 5 + WAIT_S / 2
        assert first["Records"] == [] and first["MillisBehindLatest"] == 0
        assert int(first["ContinuationSequenceNumber"]) > 0


@OVER
def test_the_end_of_a_shard_is_an_event_with_children_and_without_continuation(server, own, over):
    put(server, own, "a")
    with over(server, request(register(server, own))) as subscription:
        subscription.opened().records(1)
        server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
        event = subscription.news().payload
        assert subscription.next() is None
    assert event["Records"] == [] and "ContinuationSequenceNumber" not in event
    assert [(child["ShardId"], child["ParentShards"]) for child in event["ChildShards"]] == [
        (shard_id(1), [shard_id(0)]), (shard_id(2), [shard_id(0)])]
    assert event["ChildShards"][0]["HashKeyRange"] == {"StartingHashKey": "0",
                                                       "EndingHashKey": str(int(HALF) - 1)}


@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_a_closed_and_drained_shard_tells_its_end_at_once(server, own, kind):
    server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
    server.ok("DescribeStreamSummary", {"StreamName": own})
    with Subscription(server, request(register(server, own), kind)) as subscription:
        event = subscription.opened().event()
        assert len(event["ChildShards"]) == 2 and "ContinuationSequenceNumber" not in event
        assert subscription.next() is None


# C.20: [E] for a consumer that is not there, [I] for the shard and the position.
@table(
    Row("nothing given", {}, VALIDATION,
        violations(missing("consumerARN"), missing("shardId"), missing("startingPosition"))),
    Row("no type", {"ConsumerARN": arn(STREAM) + "/consumer/reader:1", "ShardId": "0", "StartingPosition": {}},
        VALIDATION, violations(missing("startingPosition.type"))),
    Row("a type that is none",
        {"ConsumerARN": arn(STREAM) + "/consumer/reader:1", "ShardId": "0", "StartingPosition": {"Type": "NOW"}},
        VALIDATION, violations(one_of("startingPosition.type", "NOW", "AFTER_SEQUENCE_NUMBER", "LATEST",
                                      "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"))),
    Row("an ARN that is none", {"ConsumerARN": "here", "ShardId": "0", "StartingPosition": {"Type": "LATEST"}},
        VALIDATION, violations(pattern("consumerARN", "here", CONSUMER_ARN_PATTERN))),
    Row("a position that is a text",
        {"ConsumerARN": arn(STREAM) + "/consumer/reader:1", "ShardId": "0", "StartingPosition": "LATEST"},
        SERIALIZATION, "Expected null"),
    Row("no such consumer", request(arn(STREAM) + "/consumer/nobody:1700000000"), NOT_FOUND,
        f"Consumer {arn(STREAM)}/consumer/nobody:1700000000, account {ACCOUNT} not found."),
    Row("no such stream", request(arn("nowhere") + "/consumer/reader:1700000000"), NOT_FOUND,
        f"Consumer {arn('nowhere')}/consumer/reader:1700000000, account {ACCOUNT} not found."),
)
def test_errors_before_the_stream_begins(server, consumer, row):
    check(server, "SubscribeToShard", row)


def other_shard(server):
    return put(server, STREAM, "x", "x", ExplicitHashKey=HALF)["SequenceNumber"]


@pytest.mark.parametrize("why, position, shard, kind, text", [
    ("no such shard", {"Type": "LATEST"}, 7, NOT_FOUND,
     f"Shard {shard_id(7)} in stream {STREAM} under account {ACCOUNT} does not exist"),
    ("no number", {"Type": "AT_SEQUENCE_NUMBER"}, 0, ARGUMENT, UNKNOWN),
    ("a number where none belongs", {"Type": "LATEST", "SequenceNumber": "1"}, 0, ARGUMENT, UNKNOWN),
    ("no timestamp", {"Type": "AT_TIMESTAMP"}, 0, ARGUMENT, UNKNOWN),
    ("a time to come", {"Type": "AT_TIMESTAMP", "Timestamp": 4102444800}, 0, ARGUMENT, UNKNOWN),
    ("the number of another shard", {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": other_shard}, 0, ARGUMENT,
     f"Invalid StartingSequenceNumber. It encodes {shard_id(1)}, while it was used in a call to a shard with "
     f"{shard_id(0)}"),
])
def test_errors_of_shard_and_position(server, consumer, why, position, shard, kind, text):
    position = {name: value(server) if callable(value) else value for name, value in position.items()}
    check(server, "SubscribeToShard", Row(why, {"ConsumerARN": consumer, "ShardId": shard_id(shard),
                                                "StartingPosition": position}, kind, text))


def test_a_refused_call_does_not_count_as_a_subscription(server, own):
    consumer = register(server, own)
    assert server.call("SubscribeToShard", request(consumer, "AT_TIMESTAMP")).status == 400
    with Subscription(server, request(consumer)) as subscription:
        subscription.opened()


def test_cbor_is_answered_with_a_500(server, consumer):
    answer = Connection(server).send("POST", "/", {
        **{"X-Amz-Target": "Kinesis_20131202.SubscribeToShard", "X-Amz-Date": "20260101T000000Z"},
        "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/kinesis/aws4_request, "
                         "SignedHeaders=host, Signature=0", "Content-Type": "application/x-amz-cbor-1.1"},
        b"\xa1\x67ShardId\x610")
    assert answer.status == 500 and b"InternalFailure" in answer.body


def test_a_consumer_that_is_not_active(start, name):
    server = start("--clock", "frozen")  # CREATING until somebody looks
    create_stream(server, name)
    made = server.ok("RegisterStreamConsumer", {"StreamARN": arn(name), "ConsumerName": "slow"})["Consumer"]
    check(server, "SubscribeToShard", Row(
        "creating", request(made["ConsumerARN"]), IN_USE,
        f"Consumer slow with creation timestamp {made['ConsumerCreationTimestamp']} under stream: {name} , "
        f"account {ACCOUNT} is not in ACTIVE status."))


@OVER
def test_a_second_call_within_five_seconds_is_refused_and_later_takes_over(start, name, over):
    server = start("--clock", "frozen")
    create_stream(server, name)
    consumer = register(server, name)
    with over(server, request(consumer)) as old:
        old.opened()
        for advance in ("0s", "4999ms"):
            move(server, advance=advance)
            check(server, "SubscribeToShard", Row("too early", request(consumer), IN_USE, another(name)))
        move(server, advance="1ms")
        with over(server, request(consumer)) as new:
            new.opened()
            ended = old.news()
            assert (ended.kind, ended.type, ended.payload) == ("exception", IN_USE, {"message": another(name)})
            assert old.next() is None
            put(server, name, "a")
            assert new.records(1)[0] == [b"a"]


def test_a_subscription_that_its_client_closed_still_counts(start, name):
    server = start("--clock", "frozen")
    create_stream(server, name)
    consumer = register(server, name)
    with Subscription(server, request(consumer)) as subscription:
        subscription.opened()
    check(server, "SubscribeToShard", Row("closed", request(consumer), IN_USE, another(name)))


def test_each_consumer_and_each_shard_has_a_subscription_of_its_own(server, name):
    create_stream(server, name, 2)
    consumers = [register(server, name, f"reader-{i}") for i in range(3)]
    subscriptions = [Subscription(server, request(consumer, shard=shard)).opened()
                     for consumer in consumers for shard in range(2)]
    for shard, key in ((0, "0"), (1, HALF)):
        put(server, name, f"to {shard}", ExplicitHashKey=key)
    for i, subscription in enumerate(subscriptions):
        assert subscription.records(1)[0] == [f"to {i % 2}".encode()]
        subscription.close()


@OVER
def test_deleting_the_consumer_ends_its_subscriptions(server, own, over):
    consumer = register(server, own)
    with over(server, request(consumer)) as subscription:
        subscription.opened()
        server.ok("DeregisterStreamConsumer", {"ConsumerARN": consumer})
        ended = subscription.news()
        assert (ended.kind, ended.type) == ("exception", NOT_FOUND)
        assert ended.payload == {"message": f"Consumer {consumer}, account {ACCOUNT} not found."}
        assert subscription.next() is None


@OVER
def test_deleting_the_stream_ends_its_subscriptions(server, own, over):
    with over(server, request(register(server, own))) as subscription:
        subscription.opened()
        server.ok("DeleteStream", {"StreamName": own, "EnforceConsumerDeletion": True})
        ended = subscription.news()
        assert (ended.kind, ended.type) == ("exception", NOT_FOUND)
        assert ended.payload == {"message": f"Stream {own} under account {ACCOUNT} not found."}
        assert subscription.next() is None


def test_a_disabled_key_ends_the_subscription_with_its_own_exception(start, name):
    server = start()
    create_stream(server, name)
    server.ok("StartStreamEncryption", {"StreamName": name, "EncryptionType": "KMS", "KeyId": "alias/mine"})
    consumer = register(server, name)
    with Subscription(server, request(consumer)) as subscription:
        subscription.opened()
        answer = Connection(server).send("PUT", "/_kinesisd/kms/alias/mine",
                                         {"Content-Type": "application/json"}, b'{"state":"disabled"}')
        assert answer.status == 200, answer
        ended = subscription.news()
        assert (ended.kind, ended.type) == ("exception", "KMSDisabledException")


def test_records_come_in_events_of_bounded_size_and_in_order(server, name):
    create_stream(server, name)
    for i in range(40):
        put(server, name, f"{i:02}" + "x" * 100_000)
    with Subscription(server, request(register(server, name))) as subscription:
        subscription.opened()
        seen = []
        while len(seen) < 40:
            event = subscription.event()
            size = sum(len(data) for data in datas(event["Records"]))
            assert 0 < size <= 2 << 20
            assert (event["MillisBehindLatest"] == 0) == (len(seen) + len(event["Records"]) == 40)
            seen += [data[:2] for data in datas(event["Records"])]
    assert seen == [f"{i:02}".encode() for i in range(40)]


def test_a_record_larger_than_an_event_usually_is(server, name):
    create_stream(server, name, MaxRecordSizeInKiB=10240)
    put(server, name, b"x" * 10_000_000)
    with Subscription(server, request(register(server, name))) as subscription:
        data, _ = subscription.opened().records(1)
    assert len(data[0]) == 10_000_000


def test_a_subscription_gets_two_megabytes_per_second_where_read_limits_hold(start, name):
    server = start("--limits", "data", "--transition-ms", "0")
    create_stream(server, name)
    server.ok("UpdateMaxRecordSize", {"StreamARN": arn(name), "MaxRecordSizeInKiB": 10240})
    put(server, name, b"x" * 5_000_000)
    move(server, advance="10s")  # until there is room for another
    put(server, name, b"y" * 1_000_000)
    consumer, begun = register(server, name), time.monotonic()
    with Subscription(server, request(consumer)) as subscription:
        subscription.opened().records(1)
        subscription.records(1)
        # Five megabytes at two a second; how long they are on their way is the machine's affair.
        assert 1 < time.monotonic() - begun < WAIT_S


def test_dry_run(server, consumer):
    answer = server.call("SubscribeToShard", {**request(consumer), "DryRun": True})
    assert answer.error() == (400, "DryRunOperationException",
                              "Request would have succeeded, but DryRun flag is set.")


def test_another_account_subscribes_as_far_as_the_consumers_policy_lets_it(server, own):
    consumer, guest = register(server, own), "222222222222"
    put(server, own, "a")
    with Subscription(server, request(consumer), access_key=guest) as subscription:
        assert subscription.refused.error() == (
            400, "AccessDeniedException",
            f"User: arn:aws:iam::{guest}:root is not authorized to perform: kinesis:SubscribeToShard on "
            f"resource: {consumer} because no resource-based policy allows the kinesis:SubscribeToShard action")
    statement = {"Effect": "Allow", "Principal": {"AWS": guest}, "Resource": consumer,
                 "Action": "kinesis:SubscribeToShard"}
    server.ok("PutResourcePolicy", {"ResourceARN": consumer, "Policy": json.dumps(
        {"Version": "2012-10-17", "Statement": [statement]})})
    with Subscription(server, request(consumer), access_key=guest) as subscription:
        assert subscription.opened().records(1)[0] == [b"a"]
