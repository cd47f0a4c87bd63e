"""What was deleted gives its room back: in the file, and in memory."""

import os
import time

import kinesisd
import pytest
from kinesisd import Connection, Server, b64, create_stream, datas, put, read_all

BIG = b64(b"x" * 10_000)
CALL = {"StreamName": "big", "Records": [{"PartitionKey": "k", "Data": BIG}] * 500}
SMALL = {"StreamName": "big", "Records": [{"PartitionKey": "k", "Data": b64(b"x" * 100)}] * 500}
MIB = 1 << 20


def wait_until(true):
    deadline = time.monotonic() + 2 * kinesisd.WAIT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def fill(connection, request, calls):
    create_stream(connection, "big")
    for _ in range(calls):
        assert connection.ok("PutRecords", request)["FailedRecordCount"] == 0


def remove(connection):
    connection.ok("DeleteStream", {"StreamName": "big"})


def reset(connection):
    answer = connection.send("POST", "/_kinesisd/reset", {"Content-Type": "application/json"}, b"{}")
    assert answer.status == 200, answer


def expire(connection):
    answer = connection.send("PUT", "/_kinesisd/clock", {"Content-Type": "application/json"},
                             b'{"advance": "25h"}')
    assert answer.status == 200, answer


@pytest.mark.parametrize("goes", [remove, reset, expire])
def test_the_file_shrinks_while_the_server_runs(tmp_path, goes):
    database = tmp_path / "streams.db"
    with Server("--db", database, "--limits", "off", "--transition-ms", "0") as server, \
            Connection(server) as connection:
        fill(connection, CALL, 20)
        goes(connection)
        create_stream(connection, "other")
        count = 0

        def shrunk():
            nonlocal count
            put(connection, "other", str(count))
            count += 1
            return os.path.getsize(database) < 30 * MIB

        wait_until(shrunk)
        assert [int(data) for data in datas(read_all(connection, "other"))] == list(range(count))
    with Server("--db", database) as server:
        assert len(read_all(server, "other")) == count


def test_the_file_shrinks_while_nobody_writes(tmp_path):
    database = tmp_path / "streams.db"
    with Server("--db", database, "--limits", "off", "--transition-ms", "0") as server, \
            Connection(server) as connection:
        fill(connection, CALL, 20)
        remove(connection)
        wait_until(lambda: os.path.getsize(database) < 30 * MIB)


@pytest.mark.skipif(kinesisd.PATIENCE != 1, reason="sanitizers keep what was freed")
@pytest.mark.parametrize("goes", [remove, reset, expire])
def test_memory_is_given_back(tmp_path, goes):
    with Server("--db", tmp_path / "streams.db", "--limits", "off", "--transition-ms", "0") as server, \
            Connection(server) as connection:
        fill(connection, SMALL, 1000)
        full = server.resident_kib()
        assert full > 80 * 1024
        goes(connection)
        wait_until(lambda: server.resident_kib() < full / 2)
