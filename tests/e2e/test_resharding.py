"""SplitShard (C.11), MergeShards (C.12) and UpdateShardCount (C.13): what they refuse. Marks in comments are
the sections of the behaviour the rows come from, and how well it is known: [V] recorded from AWS."""

import pytest

from kinesisd import ACCOUNT, Connection, arn, create_stream, shard_id
from tables import (ARGUMENT, ARN_PATTERN, HASH_KEY_PATTERN, LIMIT, NAME_PATTERN, NOT_FOUND, UNKNOWN,
                    VALIDATION, Row, check, empty_name, max_length, min_value, missing, one_of, pattern,
                    table, violations)

STREAM = "resharding"
ON_DEMAND = "resharding-on-demand"
HASH_KEY_MAX = 2**128 - 1
QUARTER = 2**126
HALF = str(2**127)


@pytest.fixture(scope="module", autouse=True)
def streams(server):
    """Four shards, of which 0 and 1 have become 4, and an on-demand stream. All rows are refused."""
    create_stream(server, STREAM, shards=4)
    merge(server, STREAM, 0, 1)
    server.ok("CreateStream", {"StreamName": ON_DEMAND, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}})
    server.ok("DescribeStreamSummary", {"StreamName": ON_DEMAND})
    yield
    open_now = server.ok("ListShards", {"StreamName": STREAM, "ShardFilter": {"Type": "AT_LATEST"}})
    assert [shard["ShardId"] for shard in open_now["Shards"]] == [shard_id(i) for i in (2, 3, 4)]


def merge(server, stream, lower, upper):
    server.ok("MergeShards", {"StreamName": stream, "ShardToMerge": shard_id(lower),
                              "AdjacentShardToMerge": shard_id(upper)})
    server.ok("DescribeStreamSummary", {"StreamName": stream})


def not_found(stream):
    return f"Stream {stream} under account {ACCOUNT} not found."


def no_shard(as_sent, stream=STREAM):
    return f"Could not find shard {as_sent} in stream {stream} under account {ACCOUNT}."


def closed(index):
    return (f"Shard {shard_id(index)} in stream {STREAM} under account {ACCOUNT} has already been merged or "
            "split, and thus is not eligible for merging or splitting.")


def on_demand_mode():
    return f"Request is invalid. Stream {ON_DEMAND} under account {ACCOUNT} is in On-Demand mode."


# B.6: `rest` is a request that is right but for the stream.
def stream_rows(rest):
    return (
        Row("stream absent", {"StreamName": "nowhere", **rest}, NOT_FOUND, not_found("nowhere")),
        Row("absent by ARN: the text has the name", {"StreamARN": arn("nowhere"), **rest}, NOT_FOUND,
            not_found("nowhere")),
        Row("neither name nor ARN", rest, ARGUMENT, UNKNOWN),
        Row("name and ARN differ", {"StreamName": STREAM, "StreamARN": arn("other"), **rest}, ARGUMENT,
            UNKNOWN),
        Row("not an ARN", {"StreamARN": "arn:aws:s3:::bucket", **rest}, VALIDATION,
            violations(pattern("streamARN", "arn:aws:s3:::bucket", ARN_PATTERN))),
    )


def split(shard=shard_id(2), key=HALF, **members):
    return {"StreamName": STREAM, "ShardToSplit": shard, "NewStartingHashKey": key, **members}


def bad_key(why, key, index, starts, ends):
    return Row(why, split(shard_id(index), str(key)), ARGUMENT, (
        f"NewStartingHashKey {key} used in SplitShard() on shard {shard_id(index)} in stream {STREAM} under "
        f"account {ACCOUNT} is not both greater than one plus the shard's StartingHashKey {starts} and less "
        f"than the shard's EndingHashKey {ends}."))


@table(
    # B.1, B.3 [V]: newStartingHashKey, streamName, shardToSplit.
    Row("nothing", {}, VALIDATION, violations(missing("newStartingHashKey"), missing("shardToSplit"))),
    Row("all wrong: in the service's order",
        {"StreamName": "", "ShardToSplit": "", "NewStartingHashKey": ""}, VALIDATION,
        violations(pattern("newStartingHashKey", "", HASH_KEY_PATTERN), *empty_name("streamName"),
                   *empty_name("shardToSplit"))),
    Row("key with a leading zero", split(key="01"), VALIDATION,
        violations(pattern("newStartingHashKey", "01", HASH_KEY_PATTERN))),
    Row("key of 40 digits", split(key="1" * 40), VALIDATION,
        violations(pattern("newStartingHashKey", "1" * 40, HASH_KEY_PATTERN))),
    Row("shard id too long", split("a" * 129), VALIDATION,
        violations(max_length("shardToSplit", f"'{'a' * 129}'", 128))),
    Row("shard id with a slash", split("a/0"), VALIDATION,
        violations(pattern("shardToSplit", "a/0", NAME_PATTERN))),
    *stream_rows({"ShardToSplit": shard_id(0), "NewStartingHashKey": "0"}),
    # C.2, C.11 [V]
    Row("no digits in the shard id", split("shardId-x"), NOT_FOUND, no_shard("shardId-x")),
    Row("shard id too large", split("shardId-2147483648"), NOT_FOUND, no_shard("shardId-2147483648")),
    Row("the shard id is read before the stream is looked up", split("x", StreamName="nowhere"), NOT_FOUND,
        no_shard("x", "nowhere")),
    Row("shard absent", split("9", "0"), NOT_FOUND, no_shard(shard_id(9))),
    # C.11 [E]
    Row("on-demand", split("0", StreamName=ON_DEMAND), VALIDATION, on_demand_mode()),
    # C.11 [V]
    Row("already merged", split("shardId-0", "0"), ARGUMENT, closed(0)),
    # C.11 [V]
    bad_key("key at the start of all", 0, 4, 0, 2**127 - 1),
    bad_key("key one above the start of all", 1, 4, 0, 2**127 - 1),
    bad_key("key before the shard", 5, 2, 2 * QUARTER, 3 * QUARTER - 1),
    bad_key("key at the shard's start", 2 * QUARTER, 2, 2 * QUARTER, 3 * QUARTER - 1),
    bad_key("key one above the shard's start", 2 * QUARTER + 1, 2, 2 * QUARTER, 3 * QUARTER - 1),
    bad_key("key at the shard's end", 3 * QUARTER - 1, 2, 2 * QUARTER, 3 * QUARTER - 1),
    bad_key("key behind the shard", 3 * QUARTER, 2, 2 * QUARTER, 3 * QUARTER - 1),
    bad_key("key behind all keys", "9" * 39, 3, 3 * QUARTER, HASH_KEY_MAX),
)
def test_split_shard_errors(server, row):
    check(server, "SplitShard", row)


def pair(first, second, **members):
    return {"StreamName": STREAM, "ShardToMerge": first, "AdjacentShardToMerge": second, **members}


def not_adjacent(first, second):
    return (f"Shards {shard_id(first)} and {shard_id(second)} in stream {STREAM} under account {ACCOUNT} are "
            "not an adjacent pair of shards eligible for merging")


@table(
    # B.1, B.3 [V]: shardToMerge, adjacentShardToMerge, streamName.
    Row("nothing", {}, VALIDATION, violations(missing("shardToMerge"), missing("adjacentShardToMerge"))),
    Row("all wrong: in the service's order",
        {"StreamName": "", "AdjacentShardToMerge": "", "ShardToMerge": "/"}, VALIDATION,
        violations(pattern("shardToMerge", "/", NAME_PATTERN), *empty_name("adjacentShardToMerge"),
                   *empty_name("streamName"))),
    *stream_rows({"ShardToMerge": "0", "AdjacentShardToMerge": "0"}),
    # C.2, C.12 [V]: ShardToMerge is examined first, both before the stream.
    Row("no digits in either id", pair("x", "y"), NOT_FOUND, no_shard("x")),
    Row("no digits in the second", pair("9", "y"), NOT_FOUND, no_shard("y")),
    Row("the ids are read before the stream is looked up", pair("0", "y", StreamName="nowhere"), NOT_FOUND,
        no_shard("y", "nowhere")),
    Row("both absent", pair("8", "9"), NOT_FOUND, no_shard(shard_id(8))),
    Row("the second absent", pair("0", "9"), NOT_FOUND, no_shard(shard_id(9))),
    # C.12 [E]
    Row("on-demand", pair("0", "1", StreamName=ON_DEMAND), VALIDATION, on_demand_mode()),
    # C.12 [V]
    Row("not adjacent", pair("4", "3"), ARGUMENT, not_adjacent(4, 3)),
    Row("adjacent in inverse order", pair("3", "2"), ARGUMENT, not_adjacent(3, 2)),
    Row("with itself", pair("2", "2"), ARGUMENT, not_adjacent(2, 2)),
    # C.12 [I]
    Row("both merged already", pair("0", "1"), ARGUMENT, closed(0)),
    Row("the first merged already", pair("1", "2"), ARGUMENT, closed(1)),
)
def test_merge_shards_errors(server, row):
    check(server, "MergeShards", row)


def scale(target, **members):
    return {"StreamName": STREAM, "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING", **members}


# C.13: three shards are open. The type is one recording's; others are modelled [?].
@table(
    # The order is the model's: AWS's is not known.
    Row("nothing", {}, VALIDATION, violations(missing("targetShardCount"), missing("scalingType"))),
    Row("all wrong", scale(0, StreamName="", ScalingType="UP"), VALIDATION,
        violations(*empty_name("streamName"), min_value("targetShardCount", 0, 1),
                   one_of("scalingType", "UP", "UNIFORM_SCALING"))),
    *stream_rows({"TargetShardCount": 20000, "ScalingType": "UNIFORM_SCALING"}),
    Row("on-demand", scale(5, StreamName=ON_DEMAND), VALIDATION, on_demand_mode()),
    Row("above 10,000", scale(10001), LIMIT,
        "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: "
        "3, Target shard count: 10001"),
    Row("more than double", scale(7), LIMIT,
        "UpdateShardCount cannot scale up over double your current open shard count. Current open shard "
        "count: 3, Target shard count: 7"),
    Row("one of three is less than half", scale(1), LIMIT,
        "UpdateShardCount cannot scale down below half your current open shard count. Current open shard "
        "count: 3, Target shard count: 1"),
)
def test_update_shard_count_errors(server, row):
    check(server, "UpdateShardCount", row)


# C.4, C.11 [V]: the quota comes after the shard is known and before the closed shard and the key.
def test_the_shard_quota(start):
    server = start("--shard-limit", 3)
    with Connection(server, access_key="111122223333") as connection:
        create_stream(connection, "s", shards=2)
        create_stream(connection, "other")

        def refused(operation, additional, **members):
            text = (
                "This request would exceed the shard limit for the account 111122223333 in us-east-1. "
                "Current shard count for the account: 3. Limit: 3. Number of additional shards that would "
                f"have resulted from this request: {additional}. Refer to the AWS Service Limits page "
                "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits "
                "and how to request higher limits.")
            assert connection.call(operation, {"StreamName": "s", **members}).error() == (400, LIMIT, text)

        refused("SplitShard", 1, ShardToSplit="0", NewStartingHashKey="0")
        refused("UpdateShardCount", 2, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
        absent = connection.call("SplitShard", {"StreamName": "s", "ShardToSplit": "7",
                                                "NewStartingHashKey": "0"})
        assert absent.error()[:2] == (400, NOT_FOUND)
        # A merge makes room.
        connection.ok("MergeShards", pair("0", "1", StreamName="s"))
        connection.ok("DescribeStreamSummary", {"StreamName": "s"})
        connection.ok("SplitShard", {"StreamName": "s", "ShardToSplit": "2", "NewStartingHashKey": HALF})


@pytest.mark.parametrize("operation, rest", [
    ("SplitShard", {"ShardToSplit": "0", "NewStartingHashKey": HALF}),
    ("MergeShards", {"ShardToMerge": "0", "AdjacentShardToMerge": "1"}),
    ("UpdateShardCount", {"TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}),
])
def test_nobody_reshards_the_streams_of_another_account(server, operation, rest):
    other = arn(STREAM, "111122223333")
    assert server.call(operation, {"StreamARN": other, **rest}).error() == (400, "AccessDeniedException", (
        f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kinesis:{operation} on resource: "
        f"{other} because no resource-based policy allows the kinesis:{operation} action"))
