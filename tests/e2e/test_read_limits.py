"""Read limits per shard (C.8, C.9, D.2): enforced with --limits data, told of with --limits writes."""

import re
import time

from kinesisd import ACCOUNT, Connection, b64, create_stream, iterator, read, shard_id
from service_clock import move

THROTTLED = "ProvisionedThroughputExceededException"
MIB = 1 << 20


def exceeded(stream, shard=0):
    return 400, THROTTLED, f"Rate exceeded for Shard - {ACCOUNT}/{stream}/{shard_id(shard)}"


def start_of(stream, shard=0):
    return {"StreamName": stream, "ShardId": shard_id(shard), "ShardIteratorType": "TRIM_HORIZON"}


def warnings(server):
    """What it said of throttling, when all is said."""
    server.stop()
    return [line[line.index("AWS would"):] for line in server.output if "AWS would have throttled" in line]


def would_throttle(operation, stream, rates, shard=0):
    return (f"AWS would have throttled {operation} on {shard_id(shard)} of {stream}: {rates}; "
            "--limits data enforces it")


def check_five_a_second(server, connection, operation, request, error):
    for _ in range(2):
        answers = [connection.call(operation, request) for _ in range(40)]
        assert [answer.status for answer in answers] == [200] * 5 + [400] * 35
        assert {answer.error() for answer in answers[5:]} == {error}
        move(server, advance="1s")


def test_five_get_records_a_second(start):
    server = start("--limits", "data", "--clock", "frozen")
    create_stream(server, "s", shards=2)
    with Connection(server) as connection:
        at, other = iterator(connection, "s"), iterator(connection, "s", shard=1)
        check_five_a_second(server, connection, "GetRecords", {"ShardIterator": at}, exceeded("s"))
        assert read(connection, other)["Records"] == []
    assert warnings(server) == []


def test_five_iterators_a_second(start):
    server = start("--limits", "data", "--clock", "frozen")
    create_stream(server, "s", shards=2)
    with Connection(server) as connection:
        check_five_a_second(server, connection, "GetShardIterator", start_of("s", 1), exceeded("s", 1))
        connection.ok("GetShardIterator", start_of("s"))


def fill(server, stream, records):
    """Records of a mebibyte each."""
    create_stream(server, stream, MaxRecordSizeInKiB=10240)
    for _ in range(records):
        server.ok("PutRecord", {"StreamName": stream, "Data": b64(b"x" * (MIB - 1)), "PartitionKey": "k"})


def test_a_page_of_ten_mebibytes_closes_the_shard_for_five_seconds(start, tmp_path):
    database = tmp_path / "data.db"
    writer = start("--limits", "off", "--db", database)
    fill(writer, "s", 11)
    writer.stop()
    server = start("--limits", "data", "--clock", "frozen", "--db", database)
    with Connection(server) as connection:
        page = read(connection, iterator(connection, "s"))
        assert len(page["Records"]) == 10
        rest = {"ShardIterator": page["NextShardIterator"]}
        # Ten mebibytes at two megabytes a second.
        for advance in ("0s", "4s", "1s"):
            move(server, advance=advance)
            assert connection.call("GetRecords", rest).error() == exceeded("s")
        move(server, advance="1s")
        assert len(connection.ok("GetRecords", rest)["Records"]) == 1


def test_without_enforcement_reads_are_served_and_told_of_once_per_shard(start):
    server = start()  # while time stands still nothing of the kind is said
    create_stream(server, "s", shards=2)
    with Connection(server) as connection:
        at = [iterator(connection, "s", shard=shard) for shard in (0, 1)]
        for shard in (0, 1):
            for _ in range(50):
                read(connection, at[shard])
        for _ in range(50):
            connection.ok("GetShardIterator", start_of("s"))
    said = warnings(server)
    assert len(said) == 3, server.text()
    # The sixth call is told of, or a later one when the first six took long enough for AWS to serve it.
    rates = [re.search(r": ((\d+) calls/s, limit 5);", line) for line in said]
    assert all(6 <= int(rate[2]) <= 50 for rate in rates), said
    assert said == [would_throttle("GetRecords", "s", rates[0][1]),
                    would_throttle("GetRecords", "s", rates[1][1], shard=1),
                    would_throttle("GetShardIterator", "s", rates[2][1])]


def test_without_enforcement_bytes_are_told_of(start, tmp_path):
    database = tmp_path / "data.db"
    writer = start("--limits", "off", "--db", database)
    fill(writer, "s", 3)
    writer.stop()
    server = start("--db", database)
    at = iterator(server, "s")
    begun = time.monotonic()
    for _ in range(2):
        assert len(read(server, at)["Records"]) == 3
    if time.monotonic() - begun < 1:
        assert warnings(server) == [would_throttle("GetRecords", "s", "3.2 MB/s, limit 2")]


def test_limits_that_are_off_are_not_told_of(start):
    server = start("--limits", "off")
    create_stream(server, "s")
    with Connection(server) as connection:
        at = iterator(connection, "s")
        for _ in range(20):
            read(connection, at)
            connection.ok("GetShardIterator", start_of("s"))
    assert warnings(server) == []
