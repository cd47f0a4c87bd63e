"""GetShardIterator (C.8) and GetRecords (C.9)."""

import time

import pytest

from kinesisd import ACCOUNT, arn, create_stream, datas, iterator, put, read, read_all, shard_id
from sequence import Sequence, parse
from tables import (ARGUMENT, NAME_PATTERN, NOT_FOUND, SEQUENCE_NUMBER_PATTERN, VALIDATION, Row, check,
                    max_length, max_value, min_length, min_value, missing, one_of, pattern, table, violations)

STREAM = "reads"
TYPES = ("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
COMBINATIONS = ("Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
                "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. ")


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM, shards=2)


@pytest.fixture
def five(server, name):
    """A stream of one shard with five records, and their sequence numbers."""
    create_stream(server, name)
    return name, [put(server, name, str(i))["SequenceNumber"] for i in range(5)]


def test_every_iterator_type_starts_where_it_says(server, five):
    stream, numbers = five
    latest = iterator(server, stream, "LATEST")
    rows = [("TRIM_HORIZON", {}, 0), ("AT_TIMESTAMP", {"Timestamp": time.time() - 3600}, 0)]
    for i, number in enumerate(numbers):
        rows.append(("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": number}, i))
        rows.append(("AFTER_SEQUENCE_NUMBER", {"StartingSequenceNumber": number}, i + 1))
    expected = [str(i).encode() for i in range(5)]
    for kind, members, start in rows:
        page = read(server, iterator(server, stream, kind, **members))
        assert datas(page["Records"]) == expected[start:], (kind, members)
        assert page["MillisBehindLatest"] == 0
    put(server, stream, "late")
    assert datas(read(server, latest)["Records"]) == [b"late"]


def test_a_timestamp_finds_the_first_record_of_its_millisecond(server, five):
    stream, _ = five
    newest_s = read_all(server, stream)[-1]["ApproximateArrivalTimestamp"]
    while time.time() < newest_s + 0.001:
        pass  # the next record has to arrive in a later millisecond
    put(server, stream, "next")
    records = read_all(server, stream)
    arrived = records[-1]["ApproximateArrivalTimestamp"]
    for at, expected in ((arrived, 1), (arrived - 0.001, 1), (records[0]["ApproximateArrivalTimestamp"], 6)):
        page = read(server, iterator(server, stream, "AT_TIMESTAMP", Timestamp=at))
        assert len(page["Records"]) >= expected
        assert page["Records"][-1]["SequenceNumber"] == records[-1]["SequenceNumber"]
    exactly = iterator(server, stream, "AT_TIMESTAMP", Timestamp=arrived)
    assert datas(read(server, exactly)["Records"]) == [b"next"]
    later = iterator(server, stream, "AT_TIMESTAMP", Timestamp=arrived + 0.001)
    assert read(server, later)["Records"] == []


def test_the_starting_number_of_the_shard_is_a_place_to_start(server, five):
    stream, _ = five
    shard = server.ok("ListShards", {"StreamName": stream})["Shards"][0]
    start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        page = read(server, iterator(server, stream, kind, StartingSequenceNumber=start))
        assert len(page["Records"]) == 5


def test_a_record_has_the_members_aws_sends(server, five):
    stream, numbers = five
    page = read(server, iterator(server, stream), Limit=1)
    assert set(page) == {"Records", "NextShardIterator", "MillisBehindLatest"}
    record = page["Records"][0]
    arrived = record.pop("ApproximateArrivalTimestamp")
    assert record == {"SequenceNumber": numbers[0], "Data": "MA==", "PartitionKey": "k"}
    assert round(arrived * 1000) == pytest.approx(arrived * 1000, abs=1e-3)
    number = parse(numbers[0])
    assert number.created_s <= number.record_s and abs(arrived - number.record_s) <= 10


def test_pages_follow_each_other_without_gap(server, five):
    stream, numbers = five
    at, seen = iterator(server, stream), []
    while True:
        page = read(server, at, Limit=2)
        seen += [r["SequenceNumber"] for r in page["Records"]]
        at = page["NextShardIterator"]
        assert len(page["Records"]) <= 2
        if not page["Records"]:
            break
    assert seen == numbers
    put(server, stream, "new")
    assert datas(read(server, at)["Records"]) == [b"new"]


def test_iterators_are_used_again_and_never_repeat(server, five):
    stream, numbers = five
    first, second = (iterator(server, stream) for _ in range(2))
    assert first != second and len(first) <= 512
    pages = [read(server, at, Limit=3) for at in (first, first, second)]
    assert all([r["SequenceNumber"] for r in p["Records"]] == numbers[:3] for p in pages)
    nexts = {p["NextShardIterator"] for p in pages}
    assert len(nexts) == 3 and not nexts & {first, second}


def test_an_iterator_in_literal_quotes_is_taken(server, five):
    stream, _ = five
    assert len(read(server, f'"{iterator(server, stream)}"')["Records"]) == 5


def test_a_page_ends_at_ten_mebibytes(server, name):
    create_stream(server, name)
    for _ in range(12):
        put(server, name, b"x" * 1_000_000)
    page = read(server, iterator(server, name))
    assert 1 <= len(page["Records"]) <= 10
    assert page["MillisBehindLatest"] >= 0
    assert len(read_all(server, name)) == 12


def test_an_iterator_of_a_deleted_stream_finds_no_shard(server, five):
    stream, _ = five
    at = iterator(server, stream)
    server.ok("DeleteStream", {"StreamName": stream})
    server.call("DescribeStream", {"StreamName": stream})
    assert server.call("GetRecords", {"ShardIterator": at}).error() == (
        400, NOT_FOUND, f"Shard {shard_id(0)} in stream {stream} under account {ACCOUNT} does not exist")


def request(**members):
    return {"StreamName": STREAM, "ShardId": shard_id(0), "ShardIteratorType": "LATEST", **members}


def no_shard(shard, stream=STREAM):
    return f"Shard {shard_id(shard)} in stream {stream} under account {ACCOUNT} does not exist"


def unknown_shard(as_sent, stream=STREAM):
    return f"Could not find shard {as_sent} in stream {stream} under account {ACCOUNT}."


@table(
    Row("nothing: in the service's order", {}, VALIDATION,
        violations(missing("shardId"), missing("shardIteratorType"))),
    Row("all wrong: in the service's order",
        {"ShardId": "", "ShardIteratorType": "x", "StartingSequenceNumber": "x", "StreamName": "/"},
        VALIDATION, violations(pattern("shardId", "", NAME_PATTERN), min_length("shardId", "''", 1),
                   one_of("shardIteratorType", "x", *TYPES),
                   pattern("startingSequenceNumber", "x", SEQUENCE_NUMBER_PATTERN),
                   pattern("streamName", "/", NAME_PATTERN))),
    Row("no digits in the shard id", request(ShardId="shardId-x"), NOT_FOUND, unknown_shard("shardId-x")),
    Row("shard id too large", request(ShardId="shardId-2147483648"), NOT_FOUND,
        unknown_shard("shardId-2147483648")),
    Row("the shard id is read before the stream is looked up", request(StreamName="nowhere", ShardId="x"),
        NOT_FOUND, unknown_shard("x", "nowhere")),
    Row("stream absent", request(StreamName="nowhere"), NOT_FOUND, no_shard(0, "nowhere")),
    Row("shard absent", request(ShardId="7"), NOT_FOUND, no_shard(7)),
    *[Row(f"{kind} without a number", request(ShardIteratorType=kind), ARGUMENT,
          f"{COMBINATIONS}Request specified {kind} and no StartingSequenceNumber.")
      for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")],
    *[Row(f"{kind} with a number", request(ShardIteratorType=kind, StartingSequenceNumber="5"), ARGUMENT,
          f"{COMBINATIONS}Request specified {kind} and also a StartingSequenceNumber.")
      for kind in ("TRIM_HORIZON", "LATEST")],
    Row("AT_TIMESTAMP without a time", request(ShardIteratorType="AT_TIMESTAMP"), ARGUMENT,
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
        "timestamp parameter."),
)
def test_get_shard_iterator_errors(server, row):
    check(server, "GetShardIterator", row)


@pytest.mark.parametrize("as_sent", ["shardId-0", "0", "-00000000000", "whatever-000"])
def test_a_shard_id_is_the_number_in_it(server, as_sent):
    answer = server.ok("GetShardIterator", request(ShardId=as_sent))
    assert set(answer) == {"ShardIterator"}


def test_a_number_has_to_be_of_this_shard_and_stream(server):
    shards = server.ok("ListShards", {"StreamName": STREAM})["Shards"]
    own = parse(shards[0]["SequenceNumberRange"]["StartingSequenceNumber"])
    other = shards[1]["SequenceNumberRange"]["StartingSequenceNumber"]
    foreign = own._replace(created_s=own.created_s - 10, record_s=own.record_s - 10).text()
    broken = Sequence(own.created_s, 1, own.record_s, 0, version=3).text()

    def answer(number):
        return server.call("GetShardIterator", request(ShardIteratorType="AT_SEQUENCE_NUMBER",
                                                       StartingSequenceNumber=number)).error()

    used = (f"used in GetShardIterator on shard {shard_id(0)} in stream {STREAM} under account {ACCOUNT} is "
            "invalid")
    assert answer(other) == (400, ARGUMENT, (
        f"Invalid StartingSequenceNumber. It encodes {shard_id(1)}, while it was used in a call to a shard "
        f"with {shard_id(0)}"))
    assert answer(foreign) == (
        400, ARGUMENT, f"StartingSequenceNumber {foreign} {used} because it did not come from this stream.")
    assert answer(broken) == (400, ARGUMENT, f"StartingSequenceNumber {broken} {used}.")
    assert answer("0") == (500, "InternalFailure", None)


def test_a_timestamp_in_the_future_is_refused(server):
    status, kind, text = server.call("GetShardIterator", request(
        ShardIteratorType="AT_TIMESTAMP", Timestamp=4102444800)).error()
    assert (status, kind) == (400, ARGUMENT)
    head = ("The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            "timestampInMillis: 4102444800000, currentTimestampInMillis: ")
    assert text.startswith(head)
    assert abs(int(text[len(head):]) / 1000 - time.time()) < 60


def test_an_arn_names_the_stream(server):
    members = request(StreamARN=arn(STREAM))
    del members["StreamName"]
    at = server.ok("GetShardIterator", members)["ShardIterator"]
    assert read(server, at, StreamARN=arn(STREAM))["Records"] == []


INVALID = "Invalid ShardIterator."


@table(
    Row("nothing", {}, VALIDATION, violations(missing("shardIterator"))),
    Row("limit too small, no iterator: in the service's order", {"Limit": 0}, VALIDATION,
        violations(min_value("limit", 0, 1), missing("shardIterator"))),
    Row("limit too large", {"ShardIterator": "x", "Limit": 10001}, VALIDATION,
        violations(max_value("limit", 10001, 10000))),
    Row("empty", {"ShardIterator": ""}, VALIDATION, violations(min_length("shardIterator", "''", 1))),
    Row("too long", {"ShardIterator": "A" * 513}, VALIDATION,
        violations(max_length("shardIterator", f"'{'A' * 513}'", 512))),
    Row("not base64", {"ShardIterator": "x!"}, ARGUMENT, INVALID),
    Row("wrong head", {"ShardIterator": "AAAAAAAAAAA="}, ARGUMENT, INVALID),
    Row("right head, nothing behind it", {"ShardIterator": "AAAAAAAAAAE="}, ARGUMENT, INVALID),
    Row("made up", {"ShardIterator": "AAAAAAAAAAE" + "A" * 213}, ARGUMENT, INVALID),
    Row("two quotes", {"ShardIterator": '""'}, ARGUMENT, INVALID),
)
def test_get_records_errors(server, row):
    check(server, "GetRecords", row)


def test_a_changed_iterator_is_refused(server):
    at = iterator(server, STREAM)
    for position in (12, len(at) // 2, len(at) - 6):
        other = "B" if at[position] != "B" else "C"
        forged = at[:position] + other + at[position + 1:]
        assert server.call("GetRecords", {"ShardIterator": forged}).error() == (400, ARGUMENT, INVALID)
