"""Reads a whole stream the way consumers do: from the first shards on, then through their children."""

from kinesisd import iterator

HORIZON = {"Type": "AT_TRIM_HORIZON"}


def list_shards(caller, stream, page=1000, **members):
    """All shards, page after page."""
    answer = caller.ok("ListShards", {"StreamName": stream, "MaxResults": page, **members})
    shards = answer["Shards"]
    while "NextToken" in answer:
        answer = caller.ok("ListShards", {"NextToken": answer["NextToken"], "MaxResults": page})
        shards += answer["Shards"]
    return shards


def number_of(shard_id):
    return int(shard_id.removeprefix("shardId-"))


def read_shard(caller, stream, shard_id, limit=10000):
    """(records, children): to the end of a closed shard, or to the tip of an open one without children.

    A page without NextShardIterator has ChildShards and the other way round, and every child names parents;
    everything else KCL takes for a broken answer."""
    at, records = iterator(caller, stream, shard=number_of(shard_id)), []
    while True:
        page = caller.ok("GetRecords", {"ShardIterator": at, "Limit": limit})
        records += page["Records"]
        if "NextShardIterator" not in page:
            assert page["ChildShards"], page
            assert all(shard_id in child["ParentShards"] for child in page["ChildShards"]), page
            return records, page["ChildShards"]
        assert "ChildShards" not in page, page
        at = page["NextShardIterator"]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return records, []


def read_through(caller, stream, limit=10000):
    """Every record in an order that keeps the order of each partition key: a shard is read after all of its
    parents, and once."""
    ready = [shard["ShardId"] for shard in list_shards(caller, stream, ShardFilter=HORIZON)]
    done, records = set(), []
    while ready:
        shard_id = ready.pop(0)
        found, children = read_shard(caller, stream, shard_id, limit)
        assert shard_id not in done
        done.add(shard_id)
        records += found
        for child in children:
            # The parent that ends last brings the child.
            if done.issuperset(child["ParentShards"]) and child["ShardId"] not in ready:
                ready.append(child["ShardId"])
    for shard in list_shards(caller, stream):
        # What closed in the millisecond it opened was open at no time, and holds nothing.
        if shard["ShardId"] not in done:
            assert not read_shard(caller, stream, shard["ShardId"])[0], f"never reached: {shard['ShardId']}"
    return records
