"""CreateStream, DeleteStream, both describes, ListStreams and the retention calls. Marks in comments are the
sections of the behaviour the rows come from."""

import time

import pytest

from kinesisd import ACCOUNT, REGION, Connection, arn, create_stream, put, shard_id
from sequence import parse
from tables import (ARGUMENT, ARN_PATTERN, IN_USE, LIMIT, NAME_PATTERN, NOT_FOUND, UNKNOWN, VALIDATION, Row,
                    check, empty_name, max_length, max_value, min_length, min_value, missing, one_of,
                    pattern, table, violations)

EXISTING = "streams-existing"
HASH_KEY_MAX = 2**128 - 1


@pytest.fixture(scope="module", autouse=True)
def existing(server):
    create_stream(server, EXISTING, shards=3)


def not_found(stream):
    return f"Stream {stream} under account {ACCOUNT} not found."


# B.1, B.3, C.4
@table(
    Row("no name", {}, VALIDATION, violations(missing("streamName"))),
    Row("empty name", {"StreamName": ""}, VALIDATION, violations(*empty_name("streamName"))),
    Row("name too long", {"StreamName": "a" * 129}, VALIDATION,
        violations(max_length("streamName", f"'{'a' * 129}'", 128))),
    Row("name with a slash", {"StreamName": "a/b"}, VALIDATION,
        violations(pattern("streamName", "a/b", NAME_PATTERN))),
    Row("no shards, no name: in the service's order", {"ShardCount": 0}, VALIDATION,
        violations(min_value("shardCount", 0, 1), missing("streamName"))),
    Row("record size too small", {"StreamName": "a", "MaxRecordSizeInKiB": 1023}, VALIDATION,
        violations(min_value("maxRecordSizeInKiB", 1023, 1024))),
    Row("record size too large", {"StreamName": "a", "MaxRecordSizeInKiB": 10241}, VALIDATION,
        violations(max_value("maxRecordSizeInKiB", 10241, 10240))),
    Row("unknown mode", {"StreamName": "a", "StreamModeDetails": {"StreamMode": "BOTH"}}, VALIDATION,
        violations(one_of("streamModeDetails.streamMode", "BOTH", "PROVISIONED", "ON_DEMAND"))),
    Row("mode missing", {"StreamName": "a", "StreamModeDetails": {}}, VALIDATION,
        violations(missing("streamModeDetails.streamMode"))),
    Row("no tags in the tags", {"StreamName": "a", "Tags": {}}, VALIDATION,
        violations(min_length("tags", "'{}'", 1))),
    Row("name in use", {"StreamName": EXISTING, "ShardCount": 1}, IN_USE,
        f"Stream {EXISTING} under account {ACCOUNT} already exists."),
    Row("provisioned without a count",
        {"StreamName": "a", "StreamModeDetails": {"StreamMode": "PROVISIONED"}}, ARGUMENT, UNKNOWN),
)
def test_create_stream_errors(server, row):
    check(server, "CreateStream", row)


# C.4: the quota is counted per account and region.
@pytest.mark.parametrize("asked, counted", [(20001, 20001), (2**31 + 5, 2**31 - 1)])
def test_create_stream_keeps_the_shard_quota(server, asked, counted):
    request = {"StreamName": "many", "ShardCount": asked}
    answer = server.call("CreateStream", request, access_key="111122223333")
    assert answer.error() == (400, LIMIT, (
        "This request would exceed the shard limit for the account 111122223333 in us-east-1. Current shard "
        "count for the account: 0. Limit: 20000. Number of additional shards that would have resulted from "
        f"this request: {counted}. Refer to the AWS Service Limits page "
        "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how "
        "to request higher limits."))


def test_shard_and_on_demand_quotas_are_settings(start):
    server = start("--shard-limit", 9, "--on-demand-limit", 2)
    on_demand = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    for i in range(2):
        server.ok("CreateStream", {"StreamName": f"demand-{i}", **on_demand})
    third = server.call("CreateStream", {"StreamName": "demand-2", **on_demand})
    assert third.error()[:2] == (400, LIMIT)
    wide = server.call("CreateStream", {"StreamName": "wide", "ShardCount": 10})
    assert wide.error()[:2] == (400, LIMIT)
    assert "Limit: 9." in wide.error()[2]


def test_create_stream_answers_an_empty_body(server, name):
    answer = server.call("CreateStream", {"StreamName": name, "ShardCount": 1})
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")


# C.2
@pytest.mark.parametrize("count", [1, 2, 3, 17])
def test_shards_tile_the_hash_key_space(server, name, count):
    create_stream(server, name, shards=count)
    description = server.ok("DescribeStream", {"StreamName": name})["StreamDescription"]
    width = 2**128 // count
    expected = [(i * width, (i + 1) * width - 1 if i + 1 < count else HASH_KEY_MAX) for i in range(count)]
    shards = description["Shards"]
    assert [s["ShardId"] for s in shards] == [shard_id(i) for i in range(count)]
    assert [(int(s["HashKeyRange"]["StartingHashKey"]), int(s["HashKeyRange"]["EndingHashKey"]))
            for s in shards] == expected
    starts = [parse(s["SequenceNumberRange"]["StartingSequenceNumber"]) for s in shards]
    assert [(n.index, n.shard, n.version) for n in starts] == [(0, i, 2) for i in range(count)]
    assert all(n.created_s == n.record_s == starts[0].created_s for n in starts)
    assert all(set(s) == {"ShardId", "HashKeyRange", "SequenceNumberRange"} for s in shards)
    assert all(set(s["SequenceNumberRange"]) == {"StartingSequenceNumber"} for s in shards)


# C.6
def test_describe_stream_has_the_members_aws_sends(server, name):
    create_stream(server, name)
    description = server.ok("DescribeStream", {"StreamName": name})["StreamDescription"]
    shards, created = description.pop("Shards"), description.pop("StreamCreationTimestamp")
    assert len(shards) == 1
    assert created == int(created) and abs(time.time() - created) < 60
    assert description == {
        "StreamName": name, "StreamARN": arn(name), "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "HasMoreShards": False,
        "RetentionPeriodHours": 24, "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE"}


def test_describe_stream_summary_has_the_members_aws_sends(server, name):
    summary = create_stream(server, name, shards=2, MaxRecordSizeInKiB=2048)
    del summary["StreamCreationTimestamp"]
    for newer in ("ChannelCount", "RecordDistributionStrategy", "WarmThroughput"):
        summary.pop(newer, None)
    assert summary == {
        "StreamName": name, "StreamARN": arn(name), "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "RetentionPeriodHours": 24, "OpenShardCount": 2,
        "ConsumerCount": 0, "MaxRecordSizeInKiB": 2048, "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE"}


def test_a_stream_created_without_count_is_on_demand_with_four_shards(server, name):
    server.ok("CreateStream", {"StreamName": name})
    summary = server.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
    assert (summary["OpenShardCount"], summary["StreamModeDetails"]) == (4, {"StreamMode": "ON_DEMAND"})


# C.6: without an upper or lower page, in index order, exclusive.
def test_describe_stream_pages(server, name):
    create_stream(server, name, shards=5)
    seen, start = [], {}
    for _ in range(3):
        page = server.ok("DescribeStream", {"StreamName": name, "Limit": 2, **start})["StreamDescription"]
        seen += [s["ShardId"] for s in page["Shards"]]
        start = {"ExclusiveStartShardId": seen[-1]}
        assert page["HasMoreShards"] == (len(seen) < 5)
    assert seen == [shard_id(i) for i in range(5)]


def test_describe_stream_shows_at_most_100_shards(server, name):
    create_stream(server, name, shards=101)
    for limit in ({}, {"Limit": 10000}):
        page = server.ok("DescribeStream", {"StreamName": name, **limit})["StreamDescription"]
        assert (len(page["Shards"]), page["HasMoreShards"]) == (100, True)


# B.3, B.6, C.6
DESCRIBE_ROWS = (
    Row("stream absent", {"StreamName": "nowhere"}, NOT_FOUND, not_found("nowhere")),
    Row("absent by ARN: the text has the name", {"StreamARN": arn("nowhere")}, NOT_FOUND,
        not_found("nowhere")),
    Row("neither name nor ARN", {}, ARGUMENT, UNKNOWN),
    Row("name and ARN differ", {"StreamName": EXISTING, "StreamARN": arn("other")}, ARGUMENT, UNKNOWN),
    Row("empty name", {"StreamName": ""}, VALIDATION, violations(*empty_name("streamName"))),
    Row("not an ARN", {"StreamARN": "arn:aws:s3:::bucket"}, VALIDATION,
        violations(pattern("streamARN", "arn:aws:s3:::bucket", ARN_PATTERN))),
)


@table(*DESCRIBE_ROWS)
def test_describe_stream_summary_errors(server, row):
    check(server, "DescribeStreamSummary", row)


@table(
    *DESCRIBE_ROWS,
    Row("limit too small, start and name empty: in the service's order",
        {"Limit": 0, "ExclusiveStartShardId": "", "StreamName": ""}, VALIDATION,
        violations(min_value("limit", 0, 1), *empty_name("exclusiveStartShardId"),
                   *empty_name("streamName"))),
    Row("limit too large", {"StreamName": EXISTING, "Limit": 10001}, VALIDATION,
        violations(max_value("limit", 10001, 10000))),
)
def test_describe_stream_errors(server, row):
    check(server, "DescribeStream", row)


@table(*DESCRIBE_ROWS)
def test_delete_stream_errors(server, row):
    check(server, "DeleteStream", row)


# C.18: without a resource policy nobody else's streams are open.
@pytest.mark.parametrize("operation", [
    "DescribeStream", "DescribeStreamSummary", "DeleteStream", "ListShards"])
def test_an_arn_of_another_account_is_denied(server, operation):
    other = arn(EXISTING, "111122223333")
    assert server.call(operation, {"StreamARN": other}).error() == (400, "AccessDeniedException", (
        f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kinesis:{operation} on resource: "
        f"{other} because no resource-based policy allows the kinesis:{operation} action"))


def test_name_and_arn_may_both_be_given(server):
    request = {"StreamName": EXISTING, "StreamARN": arn(EXISTING)}
    assert server.ok("DescribeStream", request)["StreamDescription"]["StreamName"] == EXISTING


# C.5
def test_a_deleted_stream_is_gone_when_seen(server, name):
    create_stream(server, name)
    put(server, name, "x")
    answer = server.call("DeleteStream", {"StreamName": name})
    assert (answer.status, answer.body) == (200, b"")
    assert server.call("DescribeStream", {"StreamName": name}).error() == (400, NOT_FOUND, not_found(name))
    assert create_stream(server, name)["StreamStatus"] == "ACTIVE"


# C.1
def test_states_of_a_stream_last_as_long_as_asked(start):
    server = start("--transition-ms", 600000)
    server.ok("CreateStream", {"StreamName": "slow", "ShardCount": 1})
    description = server.ok("DescribeStream", {"StreamName": "slow"})["StreamDescription"]
    assert (description["StreamStatus"], description["Shards"]) == ("CREATING", [])
    assert server.call("PutRecord", {"StreamName": "slow", "Data": "", "PartitionKey": "k"}).error() == (
        400, NOT_FOUND, not_found("slow"))
    assert server.call("GetShardIterator", {
        "StreamName": "slow", "ShardId": shard_id(0), "ShardIteratorType": "LATEST"}).error() == (
        400, NOT_FOUND, f"Shard shardId-000000000000 in stream slow under account {ACCOUNT} does not exist")
    assert server.call("ListShards", {"StreamName": "slow"}).error() == (
        400, IN_USE, f"Stream slow under account {ACCOUNT} not ACTIVE, instead in state CREATING")
    assert server.call("IncreaseStreamRetentionPeriod", {
        "StreamName": "slow", "RetentionPeriodHours": 48}).error()[:2] == (400, IN_USE)
    server.ok("DeleteStream", {"StreamName": "slow"})
    description = server.ok("DescribeStream", {"StreamName": "slow"})["StreamDescription"]
    assert (description["StreamStatus"], description["Shards"]) == ("DELETING", [])
    assert server.ok("ListStreams", {})["StreamNames"] == ["slow"]


def test_a_put_that_did_not_wait_meets_a_stream_that_is_creating(start):
    server = start()
    server.ok("CreateStream", {"StreamName": "eager", "ShardCount": 1})
    eager = server.call("PutRecord", {"StreamName": "eager", "Data": "", "PartitionKey": "k"})
    # The state ends by itself after half a second; on a slow machine that may already be over.
    if eager.status != 200:
        assert eager.error() == (400, NOT_FOUND, not_found("eager"))
    server.ok("DescribeStream", {"StreamName": "eager"})
    assert put(server, "eager", "x")["ShardId"] == shard_id(0)


# C.6
def test_list_streams_sorts_by_bytes_and_pages(server):
    world = {"access_key": "222233334444"}
    names = ["B", "a", "a-1", "a.1", "a1", "b", "z_"]
    with Connection(server, **world) as connection:
        for one in names:
            create_stream(connection, one)
        listed = connection.ok("ListStreams", {})
        assert listed["StreamNames"] == sorted(names, key=str.encode)
        assert listed["HasMoreStreams"] is False and "NextToken" not in listed
        summary = listed["StreamSummaries"][0]
        assert isinstance(summary.pop("StreamCreationTimestamp"), (int, float))
        assert summary == {"StreamName": "B", "StreamARN": arn("B", "222233334444"), "StreamStatus": "ACTIVE",
                           "StreamModeDetails": {"StreamMode": "PROVISIONED"}}

        seen, token = [], {}
        while True:
            page = connection.ok("ListStreams", {"Limit": 3, **token})
            seen += page["StreamNames"]
            if not page["HasMoreStreams"]:
                break
            token = {"NextToken": page["NextToken"]}
        assert seen == listed["StreamNames"]
        after = connection.ok("ListStreams", {"ExclusiveStartStreamName": "a0"})
        assert after["StreamNames"] == ["a1", "b", "z_"]


@table(
    Row("limit too small, start empty: in the service's order", {"Limit": 0, "ExclusiveStartStreamName": ""},
        VALIDATION, violations(min_value("limit", 0, 1), *empty_name("exclusiveStartStreamName"))),
    Row("limit too large", {"Limit": 10001}, VALIDATION, violations(max_value("limit", 10001, 10000))),
    Row("token empty", {"NextToken": ""}, VALIDATION, violations(min_length("nextToken", "''", 1))),
    Row("token made up", {"NextToken": "abc"}, ARGUMENT, UNKNOWN),
)
def test_list_streams_errors(server, row):
    check(server, "ListStreams", row)


# C.14
RETENTION_ROWS = (
    Row("no hours", {"StreamName": EXISTING}, VALIDATION, violations(missing("retentionPeriodHours"))),
    Row("no hours, name empty: in the service's order", {"StreamName": ""}, VALIDATION,
        violations(missing("retentionPeriodHours"), *empty_name("streamName"))),
    Row("stream absent comes first", {"StreamName": "nowhere", "RetentionPeriodHours": 1}, NOT_FOUND,
        not_found("nowhere")),
    Row("below a day", {"StreamName": EXISTING, "RetentionPeriodHours": 23}, ARGUMENT,
        "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
    Row("nothing", {"StreamName": EXISTING, "RetentionPeriodHours": 0}, ARGUMENT,
        "Minimum allowed retention period is 24 hours. Requested retention period (0 hours) is too short."),
    Row("negative", {"StreamName": EXISTING, "RetentionPeriodHours": -1}, ARGUMENT,
        "Minimum allowed retention period is 24 hours. Requested retention period (-1 hours) is too short."),
    Row("above a year", {"StreamName": EXISTING, "RetentionPeriodHours": 8761}, ARGUMENT,
        "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too "
        "long."),
)


@table(*RETENTION_ROWS)
@pytest.mark.parametrize("operation", ["IncreaseStreamRetentionPeriod", "DecreaseStreamRetentionPeriod"])
def test_retention_errors(server, operation, row):
    check(server, operation, row)


def test_retention_goes_up_and_down(server, name):
    create_stream(server, name)

    def ask(which, hours):
        request = {"StreamName": name, "RetentionPeriodHours": hours}
        return server.call(f"{which}StreamRetentionPeriod", request)

    def now():
        return server.ok("DescribeStream", {"StreamName": name})["StreamDescription"]["RetentionPeriodHours"]

    raised = ask("Increase", 48)
    assert (raised.status, raised.body, now()) == (200, b"", 48)
    assert ask("Increase", 47).error() == (400, ARGUMENT, (
        f"Requested retention period (47 hours) for stream {name} can not be shorter than existing retention "
        "period (48 hours). Use DecreaseRetentionPeriod API."))
    assert ask("Decrease", 49).error() == (400, ARGUMENT, (
        f"Requested retention period (49 hours) for stream {name} can not be longer than existing retention "
        "period (48 hours). Use IncreaseRetentionPeriod API."))
    for which in ("Increase", "Decrease"):  # the same value is fine
        assert ask(which, 48).status == 200 and now() == 48
    assert ask("Increase", 8760).status == 200 and now() == 8760
    assert ask("Decrease", 24).status == 200 and now() == 24


def test_arns_follow_the_region(server):
    for region, partition in (("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), (REGION, "aws")):
        with Connection(server, region=region, access_key="333344445555") as connection:
            summary = create_stream(connection, "s")
        assert summary["StreamARN"] == f"arn:{partition}:kinesis:{region}:333344445555:stream/s"
