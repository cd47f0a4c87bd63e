"""ListShards (C.10) of a stream whose shards are all open; test_reshards.py has the others."""

import time

import pytest

from kinesisd import ACCOUNT, arn, create_stream, shard_id
from tables import (ARGUMENT, NOT_FOUND, UNKNOWN, VALIDATION, Row, check, empty_name, max_value, min_value,
                    one_of, table, violations)

STREAM = "list-shards"
FILTERS = ("AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP",
           "FROM_TIMESTAMP")


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM, shards=5)


def ids(answer):
    return [shard["ShardId"] for shard in answer["Shards"]]


ALL = [shard_id(i) for i in range(5)]


def test_all_shards_as_describe_stream_shows_them(server):
    listed = server.ok("ListShards", {"StreamName": STREAM})
    described = server.ok("DescribeStream", {"StreamName": STREAM})["StreamDescription"]
    assert listed == {"Shards": described["Shards"]}
    assert server.ok("ListShards", {"StreamARN": arn(STREAM)}) == listed


def test_pages_may_change_their_size(server):
    first = server.ok("ListShards", {"StreamName": STREAM, "MaxResults": 1})
    second = server.ok("ListShards", {"NextToken": first["NextToken"], "MaxResults": 3})
    third = server.ok("ListShards", {"NextToken": second["NextToken"]})
    assert ids(first) + ids(second) + ids(third) == ALL
    assert "NextToken" not in third


def test_a_full_last_page_has_no_token(server):
    assert "NextToken" not in server.ok("ListShards", {"StreamName": STREAM, "MaxResults": 5})


def test_start_is_exclusive_and_may_be_unknown(server):
    for start, expected in ((shard_id(2), ALL[3:]), (shard_id(99), []), ("shardId-0", ALL)):
        listed = server.ok("ListShards", {"StreamName": STREAM, "ExclusiveStartShardId": start})
        assert ids(listed) == expected


def test_filters(server):
    before, now = time.time() - 3600, time.time()
    rows = [
        ({"Type": "FROM_TRIM_HORIZON"}, ALL),
        ({"Type": "AT_TRIM_HORIZON"}, ALL),
        ({"Type": "AT_LATEST"}, ALL),
        ({"Type": "AT_TIMESTAMP", "Timestamp": now}, ALL),
        ({"Type": "AT_TIMESTAMP", "Timestamp": before}, ALL),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": now}, ALL),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": before}, ALL),
        ({"Type": "AFTER_SHARD_ID", "ShardId": shard_id(3)}, ALL[4:]),
    ]
    for wanted, expected in rows:
        listed = server.ok("ListShards", {"StreamName": STREAM, "ShardFilter": wanted})
        assert ids(listed) == expected, wanted


def test_a_token_carries_its_filter(server):
    wanted = {"Type": "AFTER_SHARD_ID", "ShardId": shard_id(0)}
    first = server.ok("ListShards", {"StreamName": STREAM, "MaxResults": 2, "ShardFilter": wanted})
    second = server.ok("ListShards", {"NextToken": first["NextToken"]})
    assert (ids(first), ids(second)) == (ALL[1:3], ALL[3:])


def test_the_creation_time_has_to_match(server):
    described = server.ok("DescribeStream", {"StreamName": STREAM})["StreamDescription"]
    created = described["StreamCreationTimestamp"]
    listed = server.ok("ListShards", {"StreamName": STREAM, "StreamCreationTimestamp": created})
    assert ids(listed) == ALL
    other = server.call("ListShards", {"StreamName": STREAM, "StreamCreationTimestamp": created - 60})
    assert other.error()[:2] == (400, NOT_FOUND)


def with_token(member, value):
    return Row(f"token with {member}", {"NextToken": "abc", member: value}, ARGUMENT,
               f"NextToken and {member} cannot be provided together.")


@table(
    Row("neither stream nor token", {}, ARGUMENT, "Either NextToken or StreamName should be provided."),
    with_token("StreamName", STREAM),
    with_token("StreamARN", arn(STREAM)),
    with_token("ExclusiveStartShardId", shard_id(0)),
    with_token("StreamCreationTimestamp", 1700000000),
    with_token("ShardFilter", {"Type": "AT_LATEST"}),
    Row("stream absent", {"StreamName": "nowhere"}, NOT_FOUND,
        f"Stream nowhere under account {ACCOUNT} not found."),
    Row("token made up", {"NextToken": "abc"}, ARGUMENT, UNKNOWN),
    Row("two bounds too low: in the service's order", {"MaxResults": 0, "ExclusiveStartShardId": ""},
        VALIDATION, violations(min_value("maxResults", 0, 1), *empty_name("exclusiveStartShardId"))),
    Row("too many results", {"StreamName": STREAM, "MaxResults": 10001}, VALIDATION,
        violations(max_value("maxResults", 10001, 10000))),
    Row("unknown filter", {"StreamName": STREAM, "ShardFilter": {"Type": "ALL"}}, VALIDATION,
        violations(one_of("shardFilter.type", "ALL", *FILTERS))),
    Row("filter without its shard", {"StreamName": STREAM, "ShardFilter": {"Type": "AFTER_SHARD_ID"}},
        ARGUMENT, UNKNOWN),
    Row("filter without its time", {"StreamName": STREAM, "ShardFilter": {"Type": "AT_TIMESTAMP"}}, ARGUMENT,
        UNKNOWN),
    Row("filter in the future",
        {"StreamName": STREAM, "ShardFilter": {"Type": "AT_TIMESTAMP", "Timestamp": 4102444800}}, ARGUMENT,
        UNKNOWN),
    Row("filter and start", {"StreamName": STREAM, "ExclusiveStartShardId": shard_id(0),
                             "ShardFilter": {"Type": "AT_LATEST"}}, ARGUMENT, UNKNOWN),
)
def test_list_shards_errors(server, row):
    check(server, "ListShards", row)
