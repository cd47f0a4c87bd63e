"""Write limits per shard (C.7, D.2), the memory bound, and many records."""

import os
import time

from kinesisd import (ACCOUNT, PATIENCE, Connection, Server, b64, create_stream, datas, iterator, put, read,
                      read_all, shard_id)
from service_clock import move

THROTTLED = "ProvisionedThroughputExceededException"
EMPTY = {"Data": "", "PartitionKey": "k"}
MIB = 1 << 20
# What answers of 10 MiB may hold on their way out, read from the disk, encoded, and kept by the allocator.
PAGES_KIB = 128 << 10


def exceeded(stream, shard=0):
    return f"Rate exceeded for shard {shard_id(shard)} in stream {stream} under account {ACCOUNT}."


def test_a_thousand_records_a_second(start):
    server = start()
    create_stream(server, "s", shards=2)
    # 2,500 records for shard 0 within far less than 1.5 seconds, and one for shard 1 in each call.
    entries = [{"Data": "", "PartitionKey": "k", "ExplicitHashKey": "0"}] * 499
    entries.append({"Data": "", "PartitionKey": "k", "ExplicitHashKey": str(2**128 - 1)})
    begun = time.monotonic()
    answers = [server.ok("PutRecords", {"StreamName": "s", "Records": entries}) for _ in range(5)]
    took = time.monotonic() - begun
    refused = [r for answer in answers for r in answer["Records"] if "ErrorCode" in r]
    assert sum(answer["FailedRecordCount"] for answer in answers) == len(refused)
    admitted = 5 * 499 - len(refused)
    assert 1000 <= admitted <= 1001 + 1000 * (took + 0.05)
    assert refused or took > 1.4
    for record in refused:
        assert record == {"ErrorCode": THROTTLED, "ErrorMessage": exceeded("s")}
    assert all(answer["Records"][-1]["ShardId"] == shard_id(1) for answer in answers)
    assert len(read_all(server, "s")) == admitted


def test_put_record_is_throttled_as_a_whole(start):
    server = start("--clock", "frozen")
    create_stream(server, "s", MaxRecordSizeInKiB=10240)
    # The balance goes down to minus nine mebibytes, nine seconds of what the shard may take.
    put(server, "s", b"x" * (10 * MIB - 1))
    answer = server.call("PutRecord", {"StreamName": "s", **EMPTY})
    assert answer.error() == (400, THROTTLED, exceeded("s"))
    assert answer.body.startswith(b'{"__type"')


def test_a_mebibyte_a_second(start):
    server = start("--clock", "frozen")
    create_stream(server, "s", MaxRecordSizeInKiB=10240)
    # A record may overdraw: the first passes, and takes what the next second brings.
    entries = [{"Data": b64(b"x" * (2 * MIB)), "PartitionKey": "k"}] * 4
    answer = server.ok("PutRecords", {"StreamName": "s", "Records": entries})
    assert answer["FailedRecordCount"] == 3
    assert "SequenceNumber" in answer["Records"][0]
    assert answer["Records"][1:] == [{"ErrorCode": THROTTLED, "ErrorMessage": exceeded("s")}] * 3
    move(server, advance="1s")
    answer = server.call("PutRecord", {"StreamName": "s", **EMPTY})
    assert answer.error() == (400, THROTTLED, exceeded("s"))
    move(server, advance="1s")
    put(server, "s", "")


def test_limits_can_be_off(start):
    server = start("--limits", "off")
    create_stream(server, "s")
    for _ in range(5):
        answer = server.ok("PutRecords", {"StreamName": "s", "Records": [EMPTY] * 500})
        assert answer["FailedRecordCount"] == 0
    assert len(read_all(server, "s")) == 2500


def test_memory_is_bounded_whatever_is_retained(tmp_path):
    with Server("--db", tmp_path / "data.db", "--limits", "off", "--memory-mb", 8) as server:
        create_stream(server, "s")
        idle = server.resident_kib()
        sent = []
        with Connection(server) as connection:
            for _ in range(80):
                batch = [os.urandom(10_000) for _ in range(50)]
                connection.ok("PutRecords", {"StreamName": "s", "Records": [
                    {"Data": b64(data), "PartitionKey": "k"} for data in batch]})
                sent += batch
            grown = server.resident_kib() - idle
            assert datas(read_all(connection, "s")) == sent
            # Pages of every kind, where memory ends and the disk begins.
            for limit in (1, 333, 10000):
                at, position = iterator(connection, "s"), 0
                for _ in range(5):
                    page = read(connection, at, Limit=limit)
                    assert datas(page["Records"]) == sent[position:position + len(page["Records"])]
                    position += len(page["Records"])
                    at = page["NextShardIterator"]
        if PATIENCE == 1:  # sanitizers hold back freed memory
            assert grown < 32 << 10, f"{grown} KiB more for 40 MB of records"
            assert server.resident_kib() - idle < PAGES_KIB
    with Server("--db", tmp_path / "data.db", "--memory-mb", 8) as server:
        assert datas(read_all(server, "s")) == sent
        if PATIENCE == 1:
            assert server.resident_kib() - idle < PAGES_KIB


def test_ten_thousand_records_in_one_page(server, name):
    create_stream(server, name)
    for i in range(25):
        server.ok("PutRecords", {"StreamName": name, "Records": [
            {"Data": b64(str(i * 500 + j)), "PartitionKey": "k"} for j in range(500)]})
    page = read(server, iterator(server, name))
    assert len(page["Records"]) == 10000
    assert datas(page["Records"]) == [str(i).encode() for i in range(10000)]
    assert len(read(server, page["NextShardIterator"])["Records"]) == 2500
    put(server, name, "last")
    assert len(read_all(server, name, limit=777)) == 12501
