"""PutRecord and PutRecords (C.7)."""

import base64
import os

import pytest

from kinesisd import ACCOUNT, arn, b64, create_stream, datas, put, read_all, shard_id
from sequence import Sequence, parse
from tables import (ARGUMENT, HASH_KEY_PATTERN, NOT_FOUND, SEQUENCE_NUMBER_PATTERN, VALIDATION, Row, check,
                    empty_name, max_length, min_length, missing, pattern, table, violations)

STREAM = "puts"
KIB = 1024
MIB = KIB * KIB
NOT_FOUND_TEXT = f"Stream nowhere under account {ACCOUNT} not found."
TOO_LARGE = "Member must have length less than or equal to "


def hash_key_text(key):
    return ("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {key}")


def ordering_text(number):
    return (f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {STREAM} under account "
            f"{ACCOUNT} is invalid.")


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM, shards=3)


# G.1: what MD5 makes of these keys with three shards is recorded from AWS.
ROUTES = {"a": 0, "b": 1, "e": 2, "f": 1}


def test_put_record_routes_by_the_md5_of_the_key(server):
    for key, shard in ROUTES.items():
        answer = put(server, STREAM, "x", key=key)
        assert set(answer) == {"ShardId", "SequenceNumber"}
        assert answer["ShardId"] == shard_id(shard)
        number = parse(answer["SequenceNumber"])
        assert (number.shard, number.version) == (shard, 2)


def test_put_records_answers_in_the_order_of_the_request(server):
    records = [{"Data": b64(key), "PartitionKey": key} for key in ROUTES]
    answer = server.ok("PutRecords", {"StreamName": STREAM, "Records": records})
    assert answer["FailedRecordCount"] == 0
    assert [r["ShardId"] for r in answer["Records"]] == [shard_id(s) for s in ROUTES.values()]
    assert all(set(r) == {"ShardId", "SequenceNumber"} for r in answer["Records"])
    assert int(answer["Records"][1]["SequenceNumber"]) < int(answer["Records"][3]["SequenceNumber"])


@pytest.mark.parametrize("key, shard", [("0", 0), ("113427455640312821154458202477256070484", 0),
                                        ("113427455640312821154458202477256070485", 1), (str(2**128 - 1), 2)])
def test_an_explicit_hash_key_replaces_the_hash(server, key, shard):
    assert put(server, STREAM, "x", ExplicitHashKey=key)["ShardId"] == shard_id(shard)
    entry = {"Data": "", "PartitionKey": "k", "ExplicitHashKey": key}
    answer = server.ok("PutRecords", {"StreamARN": arn(STREAM), "Records": [entry]})
    assert answer["Records"][0]["ShardId"] == shard_id(shard)


def test_data_comes_back_byte_for_byte(server, name):
    create_stream(server, name)
    sent = [b"", b"\0", bytes(range(256)), os.urandom(1000), "ü€𝄞".encode()]
    keys = ["k", "ü€𝄞" * 64, "\"\\/\b\f\n\r\t\x01", "x" * 256, " "]
    for data, key in zip(sent, keys):
        put(server, name, data, key=key)
    records = read_all(server, name)
    assert datas(records) == sent
    assert [r["PartitionKey"] for r in records] == keys


def test_numbers_grow_and_ordering_is_kept(server, name):
    create_stream(server, name)
    last = put(server, name, "0")["SequenceNumber"]
    for i in range(1, 20):
        number = put(server, name, str(i), SequenceNumberForOrdering=last)["SequenceNumber"]
        assert int(number) > int(last)
        last = number
    assert [int(r["SequenceNumber"]) for r in read_all(server, name)] == sorted(
        int(r["SequenceNumber"]) for r in read_all(server, name))


def test_a_well_formed_ordering_number_of_another_shard_is_ignored(server):
    other = put(server, STREAM, "x", key="b")["SequenceNumber"]
    assert put(server, STREAM, "x", key="a", SequenceNumberForOrdering=other)["ShardId"] == shard_id(0)


FUTURE = Sequence(1700000000, 5, 4102444800, 0).text()
NO_VERSION = Sequence(1700000000, 5, 1700000000, 0, version=3).text()


@table(
    Row("nothing: in the service's order", {}, VALIDATION,
        violations(missing("partitionKey"), missing("data"))),
    Row("everything wrong: in the service's order",
        {"SequenceNumberForOrdering": "x", "PartitionKey": "", "ExplicitHashKey": "01", "StreamName": ""},
        VALIDATION,
        violations(pattern("sequenceNumberForOrdering", "x", SEQUENCE_NUMBER_PATTERN),
                   min_length("partitionKey", "''", 1), pattern("explicitHashKey", "01", HASH_KEY_PATTERN),
                   missing("data"), *empty_name("streamName"))),
    Row("key too long", {"StreamName": STREAM, "Data": "", "PartitionKey": "x" * 257}, VALIDATION,
        violations(max_length("partitionKey", f"'{'x' * 257}'", 256))),
    Row("lengths count UTF-16", {"StreamName": STREAM, "Data": "", "PartitionKey": "𝄞" * 128 + "x"},
        VALIDATION, violations(max_length("partitionKey", f"'{'𝄞' * 128}x'", 256))),
    Row("stream absent", {"StreamName": "nowhere", "Data": "", "PartitionKey": "k"}, NOT_FOUND,
        NOT_FOUND_TEXT),
    Row("hash key out of range",
        {"StreamName": STREAM, "Data": "", "PartitionKey": "k", "ExplicitHashKey": str(2**128)}, ARGUMENT,
        hash_key_text(2**128)),
    Row("ordering number of no version", {"StreamName": STREAM, "Data": "", "PartitionKey": "k",
                                          "SequenceNumberForOrdering": NO_VERSION}, ARGUMENT,
        ordering_text(NO_VERSION)),
    Row("ordering number from the future", {"StreamName": STREAM, "Data": "", "PartitionKey": "k",
                                            "SequenceNumberForOrdering": FUTURE}, ARGUMENT,
        ordering_text(FUTURE)),
)
def test_put_record_errors(server, row):
    check(server, "PutRecord", row)


ENTRY = {"Data": "", "PartitionKey": "k"}


@table(
    Row("no records", {"StreamName": STREAM}, VALIDATION, violations(missing("records"))),
    Row("501 records", {"StreamName": STREAM, "Records": [ENTRY] * 501}, VALIDATION,
        violations(max_length("records", None, 500))),
    Row("members of the second record", {"StreamName": STREAM, "Records": [ENTRY, {"ExplicitHashKey": "x"}]},
        VALIDATION,
        violations(missing("records.2.member.partitionKey"),
                   pattern("records.2.member.explicitHashKey", "x", HASH_KEY_PATTERN),
                   missing("records.2.member.data"))),
    Row("at most ten violations are told", {"StreamName": STREAM, "Records": [{}] * 8}, VALIDATION,
        violations(*[missing(f"records.{i}.member.{member}") for i in range(1, 6)
                     for member in ("partitionKey", "data")])),
    Row("stream absent", {"StreamName": "nowhere", "Records": [ENTRY]}, NOT_FOUND, NOT_FOUND_TEXT),
    Row("one bad hash key fails the whole request",
        {"StreamName": STREAM, "Records": [ENTRY, {**ENTRY, "ExplicitHashKey": str(2**128)}]}, ARGUMENT,
        hash_key_text(2**128)),
)
def test_put_records_errors(server, row):
    check(server, "PutRecords", row)


def test_an_empty_list_of_records_is_refused(server):
    status, kind, text = server.call("PutRecords", {"StreamName": STREAM, "Records": []}).error()
    assert (status, kind) == (400, VALIDATION)
    assert text.endswith("at 'records' failed to satisfy constraint: "
                         "Member must have length greater than or equal to 1")


def test_a_record_may_be_as_large_as_the_stream_says(server, name):
    create_stream(server, name)
    fits = b"x" * (MIB - 1)
    put(server, name, fits, key="k")
    for data, key in ((fits, "kk"), (b"x" * (MIB + 1), "k")):
        request = {"StreamName": name, "Data": b64(data), "PartitionKey": key}
        assert server.call("PutRecord", request).error() == (
            400, VALIDATION, violations(("data", None, f"{TOO_LARGE}{MIB}")))
        del request["StreamName"]
        answer = server.call("PutRecords", {"StreamName": name, "Records": [ENTRY, request]})
        assert answer.error() == (400, VALIDATION,
                                  violations(("records.2.member.data", None, f"{TOO_LARGE}{MIB}")))
    assert datas(read_all(server, name)) == [fits]


def test_a_stream_may_allow_ten_mebibytes(server, name):
    create_stream(server, name, MaxRecordSizeInKiB=10240)
    data = b"y" * (10 * MIB - 1)
    put(server, name, data, key="k")
    assert datas(read_all(server, name)) == [data]
    request = {"StreamName": name, "Data": b64(data + b"yy"), "PartitionKey": "k"}
    assert server.call("PutRecord", request).error()[:2] == (400, VALIDATION)


def test_all_records_together_have_a_limit(server, name):
    create_stream(server, name, MaxRecordSizeInKiB=10240)
    half = {"Data": b64(b"z" * (5 * MIB)), "PartitionKey": "k"}
    answer = server.call("PutRecords", {"StreamName": name, "Records": [half, half]})
    assert answer.error() == (400, ARGUMENT, "Records size exceeds 10 MB limit")
    assert read_all(server, name) == []


def test_500_records_are_kept_in_order(server, name):
    create_stream(server, name)
    records = [{"Data": b64(str(i)), "PartitionKey": str(i)} for i in range(500)]
    answer = server.ok("PutRecords", {"StreamName": name, "Records": records})
    numbers = [int(r["SequenceNumber"]) for r in answer["Records"]]
    assert numbers == sorted(set(numbers))
    stored = read_all(server, name)
    assert [base64.b64decode(r["Data"]).decode() for r in stored] == [str(i) for i in range(500)]
    assert [int(r["SequenceNumber"]) for r in stored] == numbers
