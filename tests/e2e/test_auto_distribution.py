"""Streams that find shards for their records by themselves. Marks in comments are the sections of the
behaviour the rows come from."""

import pytest

from kinesisd import arn, b64, read_all
from tables import (ARGUMENT, UNKNOWN, VALIDATION, Row, check, max_length, min_length, missing, pattern,
                    table, violations, SEQUENCE_NUMBER_PATTERN)

AUTO = "auto-distribution"
USER = "user-distribution"


@pytest.fixture(scope="module", autouse=True)
def existing(server):
    for name, strategy in ((AUTO, "AUTO"), (USER, "USER_PARTITION_KEY")):
        create(server, name, strategy)


def create(server, name, strategy):
    server.ok("CreateStream", {"StreamName": name, "RecordDistributionStrategy": strategy})
    server.ok("DescribeStreamSummary", {"StreamName": name})


NO_KEY = violations(missing("partitionKey"))


# C.7, C.25
@table(
    Row("no key", {"StreamName": USER, "Data": ""}, VALIDATION, NO_KEY),
    Row("no key, by ARN", {"StreamARN": arn(USER), "Data": ""}, VALIDATION, NO_KEY),
    Row("an absent stream", {"StreamName": "absent", "Data": ""}, VALIDATION, NO_KEY),
    Row("a stream of another account", {"StreamARN": arn(AUTO, account="111122223333"), "Data": ""},
        VALIDATION, NO_KEY),
    Row("no stream", {"Data": ""}, VALIDATION, NO_KEY),
    Row("AUTO, and other things missing", {"StreamName": AUTO}, VALIDATION, violations(missing("data"))),
    Row("AUTO, and a number that is none", {"StreamName": AUTO, "Data": "", "SequenceNumberForOrdering": "x"},
        VALIDATION, violations(pattern("sequenceNumberForOrdering", "x", SEQUENCE_NUMBER_PATTERN))),
    Row("AUTO with an empty key", {"StreamName": AUTO, "Data": "", "PartitionKey": ""}, VALIDATION,
        violations(min_length("partitionKey", "''", 1))),
    Row("AUTO with a long key", {"StreamName": AUTO, "Data": "", "PartitionKey": "k" * 257}, VALIDATION,
        violations(max_length("partitionKey", f"'{'k' * 257}'", 256))),
    Row("AUTO with an order", {"StreamName": AUTO, "Data": "", "SequenceNumberForOrdering": "0"}, ARGUMENT,
        UNKNOWN),
)
def test_put_record_errors(server, row):
    check(server, "PutRecord", row)


@table(
    Row("one record of two without a key",
        {"StreamName": USER, "Records": [{"Data": "", "PartitionKey": "k"}, {"Data": ""}]}, VALIDATION,
        violations(missing("records.2.member.partitionKey"))),
    Row("AUTO, and a record without data", {"StreamName": AUTO, "Records": [{"Data": ""}, {}]}, VALIDATION,
        violations(missing("records.2.member.data"))),
)
def test_put_records_errors(server, row):
    check(server, "PutRecords", row)


def test_records_are_spread_and_keep_no_key_they_were_not_given(server, name):
    create(server, name, "AUTO")
    # All for shard 0, were it the keys' to decide.
    entries = [{"Data": b64(str(i)), "PartitionKey": "k", "ExplicitHashKey": "0"} for i in range(4)]
    entries += [{"Data": b64(str(i))} for i in range(4)]
    answer = server.ok("PutRecords", {"StreamName": name, "Records": entries})
    assert answer["FailedRecordCount"] == 0
    shards = [record["ShardId"] for record in answer["Records"]]
    assert sorted(shards[:4]) == sorted(shards[4:]) == sorted(set(shards)) and len(set(shards)) == 4
    put = server.ok("PutRecord", {"StreamARN": arn(name), "Data": b64("8")})
    assert put["ShardId"] == shards[0]
    for shard in range(4):
        records = read_all(server, name, shard=shard)
        assert [record.get("PartitionKey") for record in records] == ["k", None] + [None] * (len(records) - 2)


def test_the_key_is_required_again_after_switching_back(server, name):
    create(server, name, "AUTO")
    put = {"StreamName": name, "Data": ""}
    server.ok("PutRecord", put)
    switch = {"StreamARN": arn(name), "RecordDistributionStrategy": "USER_PARTITION_KEY"}
    server.ok("UpdateStreamRecordDistributionStrategy", switch)
    assert server.call("PutRecord", put).error() == (400, VALIDATION, NO_KEY)
    server.ok("UpdateStreamMode", {"StreamARN": arn(name), "StreamModeDetails": {"StreamMode": "PROVISIONED"}})
    server.ok("DescribeStreamSummary", {"StreamName": name})
    to_auto = server.call("UpdateStreamRecordDistributionStrategy",
                          {**switch, "RecordDistributionStrategy": "AUTO"})
    assert to_auto.error()[:2] == (400, ARGUMENT)
