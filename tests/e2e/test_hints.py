"""What the log says beyond AWS's words: why a stream is not found, what a shard takes, when memory is full."""

import re

from kinesisd import ACCOUNT, Connection, b64, create_stream, shard_id

FROZEN = ' Time is frozen: PUT /_kinesisd/clock {"advance": "1s"} moves it on.'


def said(server, begin):
    """The only line that begins so, without its time and level, when all is said."""
    if server.process.poll() is None:
        server.stop()
    lines = [line[line.index(begin):] for line in server.output if begin in line]
    assert len(lines) == 1, server.text()
    return lines[0]


def record(stream, data=b"x"):
    return {"StreamName": stream, "Data": b64(data), "PartitionKey": "k"}


def not_found(operation, stream):
    return f"{operation} {stream}: ResourceNotFoundException: Stream {stream} under account {ACCOUNT} not found."


def test_a_stream_that_is_creating(start):
    server = start("--transition-ms", "60000")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert server.call("PutRecord", record("s")).error()[1] == "ResourceNotFoundException"
    assert said(server, "PutRecord s: ") == not_found("PutRecord", "s") + (
        " s is CREATING: wait until it is ACTIVE (aws kinesis wait stream-exists), or start the server with "
        "--transition-ms 0.")


def test_a_stream_that_is_creating_while_time_stands_still(start):
    server = start("--transition-ms", "60000", "--clock", "frozen")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    server.call("PutRecord", record("s"))
    assert said(server, "PutRecord s: ").endswith(" or start the server with --transition-ms 0." + FROZEN)


def test_a_stream_that_is_deleting(start):
    server = start("--transition-ms", "0,delete=60000")
    create_stream(server, "s")
    server.ok("DeleteStream", {"StreamName": "s"})
    assert server.call("PutRecord", record("s")).error()[1] == "ResourceNotFoundException"
    remedy = (" s is DELETING: wait until it is gone (aws kinesis wait stream-not-exists), or start the server with "
              "--transition-ms 0.")
    assert server.call("CreateStream", {"StreamName": "s", "ShardCount": 1}).error()[1] == "ResourceInUseException"
    assert said(server, "PutRecord s: ") == not_found("PutRecord", "s") + remedy
    assert said(server, "CreateStream s: ").endswith(remedy)


def test_a_stream_that_is_updating(start):
    server = start("--transition-ms", "0,split=60000")
    create_stream(server, "s")
    split = {"StreamName": "s", "ShardToSplit": shard_id(0), "NewStartingHashKey": str(1 << 127)}
    server.ok("SplitShard", split)
    assert server.call("SplitShard", split).error()[1] == "ResourceInUseException"
    assert said(server, "SplitShard s: ").endswith(
        " s is UPDATING: wait until it is ACTIVE (aws kinesis wait stream-exists), or start the server with "
        "--transition-ms 0.")


def test_a_stream_of_another_region_is_still_named(start):
    server = start("--transition-ms", "0")
    create_stream(server, "s")
    server.call("PutRecord", record("s"), region="eu-west-1")
    assert said(server, "PutRecord s: ").endswith(
        f" The caller is account {ACCOUNT} in eu-west-1; a stream of this name exists for account {ACCOUNT} in "
        "us-east-1.")


def test_a_throttled_put_names_shard_and_limit_once(start):
    server = start("--transition-ms", "0", "--clock", "frozen")
    create_stream(server, "s", shards=2)
    many = [{"Data": b64(b"x"), "PartitionKey": "k", "ExplicitHashKey": "0"}] * 500
    with Connection(server) as connection:
        failed = [connection.ok("PutRecords", {"StreamName": "s", "Records": many})["FailedRecordCount"]
                  for _ in range(4)]
        connection.call("PutRecord", {**record("s"), "ExplicitHashKey": "0"})
    assert failed == [0, 0, 500, 500]
    assert said(server, "Puts to ") == (
        f"Puts to {shard_id(0)} of s are throttled, as on AWS: the limit is 1,000 records/s; --limits off lets them "
        "through")
    assert f"PutRecords s: 500 of 500 records refused{FROZEN}" in server.text()


def test_a_throttled_put_of_much_data_names_that_limit(start):
    server = start("--transition-ms", "0", "--clock", "frozen")
    create_stream(server, "s")
    for _ in range(3):
        server.call("PutRecord", record("s", b"x" * 700_000))
    assert said(server, "Puts to ") == (
        f"Puts to {shard_id(0)} of s are throttled, as on AWS: the limit is 1 MiB/s; --limits off lets them through")


def test_memory_that_is_full(start):
    server = start("--db", ":memory:", "--memory-mb", "8", "--limits", "off", "--transition-ms", "0")
    create_stream(server, "s")
    statuses = [server.call("PutRecord", record("s", b"x" * 900_000)).status for _ in range(10)]
    assert statuses == [200] * 9 + [500] or statuses == [200] * 8 + [500] * 2, statuses
    server.stop()
    assert re.search(r"PutRecord s: InternalFailure\.? Memory is full: with --db :memory: all records stay there, "
                     r"within --memory-mb 8; raise that, delete streams, or name a file with --db\.", server.text())
