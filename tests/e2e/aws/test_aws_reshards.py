"""Shards that split and merge, and readers that follow them."""

import time

import pytest

from target import (READ_PAUSE_S, follow, iterator_of, read_to_end, refused, service_time, shards_of,
                    summary_of, wait_active)

HALF = 2**127
KEYS = [f"key-{i}" for i in range(6)]


def shard(index):
    return f"shardId-{index:012}"


def ids(shards):
    return [one["ShardId"] for one in shards]


def split(kinesis, stream, index, key=HALF):
    kinesis.split_shard(StreamName=stream.name, ShardToSplit=shard(index), NewStartingHashKey=str(key))


def merge(kinesis, stream, lower, upper):
    kinesis.merge_shards(StreamName=stream.name, ShardToMerge=shard(lower),
                         AdjacentShardToMerge=shard(upper))


def ranges(shards):
    return sorted((int(one["HashKeyRange"]["StartingHashKey"]), int(one["HashKeyRange"]["EndingHashKey"]))
                  for one in shards)


def check_tiles(shards):
    found = ranges(shards)
    assert (found[0][0], found[-1][1]) == (0, 2**128 - 1)
    assert all(one[1] + 1 == other[0] for one, other in zip(found, found[1:]))


def open_shards(kinesis, stream):
    return shards_of(kinesis, stream.name, ShardFilter={"Type": "AT_LATEST"})


def test_lineage(kinesis, make_stream):
    stream = make_stream()
    split(kinesis, stream, 0)
    wait_active(kinesis, stream.name)
    merge(kinesis, stream, 1, 2)
    wait_active(kinesis, stream.name)
    parent, lower, upper, child = shards_of(kinesis, stream.name)
    assert ids([parent, lower, upper, child]) == [shard(i) for i in range(4)]
    assert "ParentShardId" not in parent
    for one, other in ((lower, 0), (upper, 0), (child, 1)):
        assert one["ParentShardId"] == shard(other)
    assert "AdjacentParentShardId" not in lower and "AdjacentParentShardId" not in upper
    assert child["AdjacentParentShardId"] == shard(2)
    assert ranges([lower, upper]) == [(0, HALF - 1), (HALF, 2**128 - 1)]
    assert ranges([child]) == ranges([parent]) == [(0, 2**128 - 1)]
    for one in (parent, lower, upper):
        assert "EndingSequenceNumber" in one["SequenceNumberRange"]
    assert "EndingSequenceNumber" not in child["SequenceNumberRange"]
    assert summary_of(kinesis, stream.name)["OpenShardCount"] == 1

    under = f"in stream {stream.name} under account {stream.account}"
    refused("InvalidArgumentException",
            f"Shard {shard(0)} {under} has already been merged or split, and thus is not eligible for "
            "merging or splitting.", split, kinesis=kinesis, stream=stream, index=0)
    refused("ResourceNotFoundException", f"Could not find shard {shard(9)} {under}.", split, kinesis=kinesis,
            stream=stream, index=9)
    refused("InvalidArgumentException",
            f"NewStartingHashKey 1 used in SplitShard() on shard {shard(3)} {under} is not both greater than "
            "one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey "
            "340282366920938463463374607431768211455.", split, kinesis=kinesis, stream=stream, index=3, key=1)
    refused("InvalidArgumentException",
            f"Shards {shard(3)} and {shard(0)} {under} are not an adjacent pair of shards eligible for "
            "merging", merge, kinesis=kinesis, stream=stream, lower=3, upper=0)


def put_round(kinesis, stream, when):
    """A record of each key; they know when they were written."""
    answer = kinesis.put_records(StreamName=stream.name, Records=[
        {"Data": f"{when}/{key}".encode(), "PartitionKey": key} for key in KEYS])
    assert answer["FailedRecordCount"] == 0
    return {entry["SequenceNumber"] + entry["ShardId"]: (key, when)
            for key, entry in zip(KEYS, answer["Records"])}


def read_closed(kinesis, stream):
    """(shard, record) of all closed shards, parents before children, and the open shards that are left."""
    left = set(ids(open_shards(kinesis, stream)))
    ready = ids(shards_of(kinesis, stream.name, ShardFilter={"Type": "AT_TRIM_HORIZON"}))
    done, records, reached = set(), [], []
    while ready:
        one = ready.pop(0)
        if one in left:
            reached.append(one)
            continue
        found, children = read_to_end(kinesis, stream.name, one)
        done.add(one)
        records += [(one, record) for record in found]
        ready += [child["ShardId"] for child in children if done.issuperset(child["ParentShards"])]
    assert sorted(reached) == sorted(left)
    return records, reached


def test_a_reader_meets_every_record_once_through_reshards(kinesis, make_stream):
    stream = make_stream(2)
    rounds = ("before", "splitting", "split", "merging", "merged")
    sent = put_round(kinesis, stream, "before")
    split(kinesis, stream, 0, 2**126)  # 2 and 3
    sent |= put_round(kinesis, stream, "splitting")
    wait_active(kinesis, stream.name)
    sent |= put_round(kinesis, stream, "split")
    merge(kinesis, stream, 3, 1)  # 4
    sent |= put_round(kinesis, stream, "merging")
    wait_active(kinesis, stream.name)
    sent |= put_round(kinesis, stream, "merged")
    assert len(sent) == len(rounds) * len(KEYS)

    records, left = read_closed(kinesis, stream)
    assert set(left) == {shard(2), shard(4)}
    for one in left:
        there = sum(number.endswith(one) for number in sent)
        at = iterator_of(kinesis, stream.name, one)
        records += [(one, record) for record in follow(kinesis, at, there)]
    read = [record["SequenceNumber"] + one for one, record in records]
    assert len(read) == len(set(read)) and set(read) == set(sent)
    for key in KEYS:
        of_key = [record["Data"].decode() for _, record in records if record["PartitionKey"] == key]
        assert of_key == [f"{when}/{key}" for when in rounds]


def test_update_shard_count(kinesis, make_stream):
    stream = make_stream(2)
    for target, current in ((4, 2), (2, 4)):
        answer = kinesis.update_shard_count(StreamName=stream.name, TargetShardCount=target,
                                            ScalingType="UNIFORM_SCALING")
        assert (answer["StreamName"], answer["CurrentShardCount"], answer["TargetShardCount"]) == (
            stream.name, current, target)
        wait_active(kinesis, stream.name)
        found = open_shards(kinesis, stream)
        assert len(found) == target
        check_tiles(found)
        widths = {round((end - start) / 2**128, 6) for start, end in ranges(found)}
        assert widths == {round(1 / target, 6)}
        assert summary_of(kinesis, stream.name)["OpenShardCount"] == target


def next_second(kinesis, stream):
    """A whole second that began after this was called, by the service's clock."""
    def now():
        return service_time(kinesis.describe_stream_summary(StreamName=stream.name))

    begun = now()
    while (later := now()) == begun:
        time.sleep(READ_PAUSE_S)
    return later


def test_list_shards_has_six_filters(kinesis, make_stream):
    stream = make_stream(2)
    before = next_second(kinesis, stream)
    next_second(kinesis, stream)
    split(kinesis, stream, 1, 3 * 2**126)  # 2 and 3
    wait_active(kinesis, stream.name)
    after = next_second(kinesis, stream)
    for wanted, expected in (
            ({"Type": "FROM_TRIM_HORIZON"}, (0, 1, 2, 3)), ({"Type": "AT_TRIM_HORIZON"}, (0, 1)),
            ({"Type": "AT_LATEST"}, (0, 2, 3)), ({"Type": "AFTER_SHARD_ID", "ShardId": shard(1)}, (2, 3)),
            ({"Type": "AT_TIMESTAMP", "Timestamp": before}, (0, 1)),
            ({"Type": "AT_TIMESTAMP", "Timestamp": after}, (0, 2, 3)),
            ({"Type": "FROM_TIMESTAMP", "Timestamp": before}, (0, 1, 2, 3)),
            ({"Type": "FROM_TIMESTAMP", "Timestamp": after}, (0, 2, 3))):
        found = shards_of(kinesis, stream.name, ShardFilter=wanted)
        assert ids(found) == [shard(i) for i in expected], wanted
        if wanted["Type"].startswith("AT_"):
            check_tiles(found)
        # The token carries the filter.
        assert ids(shards_of(kinesis, stream.name, ShardFilter=wanted, MaxResults=1)) == ids(found)
    assert ids(shards_of(kinesis, stream.name)) == [shard(i) for i in range(4)]
    assert ids(shards_of(kinesis, stream.name, ExclusiveStartShardId=shard(2))) == [shard(3)]
    token = kinesis.list_shards(StreamName=stream.name, MaxResults=1)["NextToken"]
    refused("InvalidArgumentException", "NextToken and StreamName cannot be provided together.",
            kinesis.list_shards, StreamName=stream.name, NextToken=token)
    refused("InvalidArgumentException", "Either NextToken or StreamName should be provided.",
            kinesis.list_shards)
