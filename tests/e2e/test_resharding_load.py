"""Writers go on while shards are split, merged and rescaled as fast as possible."""

import collections
import random
import threading
import time

import pytest

from kinesisd import WAIT_S, Connection, Server, b64, create_stream, datas
from lineage import list_shards, number_of, read_through

WRITERS, RESHARDS, SHARDS_MAX, FIRST = 4, 80, 12, 3


def write(server, writer, stop, acknowledged, failures):
    """Numbers the records of each of five keys; a key has one writer, which waits for each answer."""
    try:
        with Connection(server) as connection:
            for i in range(1_000_000):
                if stop.is_set():
                    return
                entries = [{"Data": b64(f"{writer}.{k}.{i}"), "PartitionKey": f"{writer}.{k}"}
                           for k in range(5)]
                single = connection.ok("PutRecord", {"StreamName": "s", **entries[0]})
                many = connection.ok("PutRecords", {"StreamName": "s", "Records": entries[1:]})
                assert many["FailedRecordCount"] == 0, many
                acknowledged += [(entry["PartitionKey"], i, answer["ShardId"], int(answer["SequenceNumber"]))
                                 for entry, answer in zip(entries, [single, *many["Records"]])]
    except BaseException as error:  # noqa: BLE001 - told by the test
        failures.append(error)


def reshard(connection, rng):
    """One of the three, of what is open now; UPDATING has ended when it returns."""
    open_now = sorted(list_shards(connection, "s", ShardFilter={"Type": "AT_LATEST"}),
                      key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
    count, kind = len(open_now), rng.choice(("split", "merge", "scale"))
    if count >= SHARDS_MAX or kind == "scale":
        target = rng.randint((count + 1) // 2, min(2 * count, SHARDS_MAX))
        connection.ok("UpdateShardCount", {"StreamName": "s", "TargetShardCount": target,
                                           "ScalingType": "UNIFORM_SCALING"})
    elif kind == "merge" and count > 1:
        i = rng.randrange(count - 1)
        connection.ok("MergeShards", {"StreamName": "s", "ShardToMerge": open_now[i]["ShardId"],
                                      "AdjacentShardToMerge": open_now[i + 1]["ShardId"]})
    else:
        shard = rng.choice(open_now)
        start, end = (int(shard["HashKeyRange"][f"{which}HashKey"]) for which in ("Starting", "Ending"))
        if end - start < 4:
            return
        connection.ok("SplitShard", {"StreamName": "s", "ShardToSplit": shard["ShardId"],
                                     "NewStartingHashKey": str(rng.randint(start + 2, end - 1))})
    described = connection.ok("DescribeStreamSummary", {"StreamName": "s"})["StreamDescriptionSummary"]
    assert described["StreamStatus"] == "ACTIVE"


@pytest.mark.parametrize("transition", ["auto", 0])
def test_writers_and_reshards_at_once(tmp_path, transition):
    rng = random.Random(7)
    with Server("--db", tmp_path / "data.db", "--limits", "off", "--transition-ms", transition) as server:
        create_stream(server, "s", shards=FIRST)
        acknowledged, failures, stop = [[] for _ in range(WRITERS)], [], threading.Event()
        writers = [threading.Thread(target=write, args=(server, i, stop, acknowledged[i], failures))
                   for i in range(WRITERS)]
        for thread in writers:
            thread.start()
        try:
            with Connection(server) as connection:
                for _ in range(RESHARDS):
                    reshard(connection, rng)
                    # However the machine shares its time: each writer meets each of them.
                    deadline, before = time.monotonic() + WAIT_S, [len(one) for one in acknowledged]
                    while any(len(one) == seen for one, seen in zip(acknowledged, before)):
                        assert not failures and time.monotonic() < deadline, failures
                        time.sleep(0.001)
        finally:
            stop.set()
            for thread in writers:
                thread.join()
        assert not failures, failures[0]

        records = read_through(server, "s", limit=1000)
        shards = list_shards(server, "s")
    assert len(shards) > RESHARDS
    written = [one for of_writer in acknowledged for one in of_writer]
    assert len({number_of(shard) for _, _, shard, _ in written}) > RESHARDS / 4, "the writers met no reshard"
    # Every acknowledged record once, with the number it was given.
    sent = {number: f"{key}.{i}".encode() for key, i, _, number in written}
    assert len(sent) == len(written), "a sequence number was given twice"
    read = {int(record["SequenceNumber"]): data for record, data in zip(records, datas(records))}
    assert len(read) == len(records), "a record was read twice"
    assert read == sent
    # Those of each key in the order they were written.
    in_order = collections.defaultdict(list)
    for record, data in zip(records, datas(records)):
        in_order[record["PartitionKey"]].append(int(data.rsplit(b".", 1)[1]))
    assert len(in_order) == 5 * WRITERS
    for key, found in in_order.items():
        assert found == list(range(len(found))), key
