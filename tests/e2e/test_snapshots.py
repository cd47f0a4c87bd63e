"""Resets and snapshots over the wire, also across kill -9, full disks and open subscriptions."""

import contextlib
import http.client
import resource
import signal
import sqlite3
import threading
import time

import pytest

from kinesisd import WAIT_S, Connection, create_stream, datas, iterator, put, read, read_all
from subscription import Subscription, register, request
from test_disk_full import limit_files, small_files

JSON = {"Content-Type": "application/json"}


def send(server, method, path, body=b"{}"):
    with Connection(server) as connection:
        return connection.send(method, f"/_kinesisd/{path}", JSON, body)


def done(server, method, path, body=b"{}"):
    answer = send(server, method, path, body)
    assert answer.status == 200, answer
    return answer.json()


def names(server, **world):
    return server.ok("ListStreams", {}, **world)["StreamNames"]


@pytest.fixture(params=["file", "private", "memory"])
def database(request, tmp_path):
    return {"file": ["--db", tmp_path / "data.db"], "private": [], "memory": ["--db", ":memory:"]}[request.param]


def test_reset(start, database):
    server = start("--transition-ms", "60000", *database)
    for world in ({}, {"access_key": "123456789012"}, {"region": "eu-west-1"}):
        server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1}, **world)
    assert done(server, "POST", "reset", b'{"region": "eu-west-1"}') == {"streams": 1}
    assert names(server, region="eu-west-1") == []
    assert done(server, "POST", "reset", b'{"account": "123456789012", "region": "us-east-1"}') == {"streams": 1}
    assert names(server) == ["s"]
    assert done(server, "POST", "reset", b"") == {"streams": 1}
    assert names(server) == []
    # No DELETING: the name is free.
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert done(server, "POST", "reset") == {"streams": 1}
    assert done(server, "POST", "reset") == {"streams": 0}


def test_iterators_of_what_was_reset_find_nothing(start):
    server = start()
    create_stream(server, "s")
    put(server, "s", "a")
    at = iterator(server, "s")
    done(server, "POST", "reset")
    create_stream(server, "s")
    assert server.call("GetRecords", {"ShardIterator": at}).error()[1] == "ResourceNotFoundException"
    assert read_all(server, "s") == []


def test_faults_go_when_that_is_asked_for(start):
    server = start()
    done(server, "POST", "faults", b'{"error": "InternalFailure", "operation": "ListStreams"}')
    done(server, "POST", "reset")
    assert server.call("ListStreams", {}).status == 500
    done(server, "POST", "reset", b'{"faults": true}')
    assert names(server) == []


@pytest.mark.parametrize("body, sentence", [
    (b'{"faults": "yes"}', "faults"),
    (b'{"acount": "1"}', "acount"),
    (b'{"account": 1}', "account"),
    (b"[]", "object"),
    (b"{", "JSON"),
])
def test_what_a_reset_does_not_understand_resets_nothing(start, body, sentence):
    server = start()
    create_stream(server, "s")
    answer = send(server, "POST", "reset", body)
    assert answer.status == 400
    assert sentence in answer.json()["error"]
    assert names(server) == ["s"]


def test_a_snapshot_is_restored_again_and_again(start, database):
    server = start("--limits", "off", *database)
    create_stream(server, "s", Tags={"team": "red"})
    for i in range(20):
        put(server, "s", f"base {i}")
    base = [f"base {i}".encode() for i in range(20)]
    saved = done(server, "PUT", "snapshots/base")
    assert (saved["name"], saved["streams"]) == ("base", 1)
    at = iterator(server, "s")
    numbers = set()
    for path in ("snapshots/base", "snapshots/base/restore", "snapshots/base"):
        numbers.add(put(server, "s", "more")["SequenceNumber"])
        create_stream(server, "other")
        server.ok("RemoveTagsFromStream", {"StreamName": "s", "TagKeys": ["team"]})
        assert done(server, "POST", path) == saved
        assert names(server) == ["s"]
        assert datas(read_all(server, "s")) == base
        assert server.ok("ListTagsForStream", {"StreamName": "s"})["Tags"] == [{"Key": "team", "Value": "red"}]
        assert datas(read(server, at)["Records"]) == base
    # Seconds pass, indices repeat.
    assert len({number[-30:] for number in numbers}) <= len(numbers)
    server.ok("DeleteStream", {"StreamName": "s"})
    done(server, "POST", "snapshots/base")
    assert datas(read_all(server, "s")) == base
    done(server, "POST", "reset")
    done(server, "POST", "snapshots/base")
    assert datas(read_all(server, "s")) == base


def test_snapshots_are_listed_and_deleted(start):
    server = start()
    assert done(server, "GET", "snapshots", None) == {"snapshots": []}
    done(server, "PUT", "snapshots/b")
    done(server, "PUT", "snapshots/a", b'{"account": "123456789012"}')
    listed = done(server, "GET", "snapshots", None)["snapshots"]
    assert [one["name"] for one in listed] == ["a", "b"]
    assert listed[0]["account"] == "123456789012"
    assert done(server, "GET", "snapshots/a", None) == listed[0]
    done(server, "DELETE", "snapshots/a")
    for method in ("GET", "POST", "DELETE"):
        answer = send(server, method, "snapshots/a")
        assert (answer.status, answer.json()) == (404, {"error": "There is no snapshot a; there are b."})
    answer = send(server, "PUT", "snapshots/a%20b")
    assert answer.status == 400


def test_subscriptions_end_with_what_they_were_to(start):
    server = start()
    create_stream(server, "s")
    arn = register(server, "s")
    done(server, "PUT", "snapshots/base")
    with Subscription(server, request(arn)) as subscription:
        put(server, "s", "a")
        assert subscription.opened().records(1)[0] == [b"a"]
        done(server, "POST", "snapshots/base")
        assert subscription.news() is None
    # At once, although the other one is not five seconds old.
    with Subscription(server, request(arn)) as subscription:
        subscription.opened()
        done(server, "POST", "reset")
        last = subscription.news()
        assert (last.kind, last.type) == ("exception", "ResourceNotFoundException")
        assert subscription.next() is None


def test_a_snapshot_is_taken_and_restored_while_others_write(start):
    server = start("--limits", "off")
    create_stream(server, "s")
    stop = threading.Event()
    failures = []

    def write():
        with Connection(server) as connection:
            while not stop.is_set():
                answer = connection.call("PutRecord", {"StreamName": "s", "Data": "YQ==", "PartitionKey": "k"})
                if answer.status != 200:
                    failures.append(answer)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for i in range(20):
            done(server, "PUT", f"snapshots/s{i % 4}")
            done(server, "POST", f"snapshots/s{(i * 7) % 4 if i > 3 else 0}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    numbers = [record["SequenceNumber"] for record in read_all(server, "s")]
    assert numbers == sorted(set(numbers))


def test_what_cannot_be_written_is_not_restored(start, tmp_path):
    server = start("--db", tmp_path / "data.db", preexec_fn=small_files)
    create_stream(server, "s")
    done(server, "PUT", "snapshots/base")
    put(server, "s", "a")
    limit_files(server.pid, 1)
    for method, path in (("POST", "snapshots/base"), ("POST", "reset")):
        answer = send(server, method, path)
        assert (answer.status, answer.json()) == (500, {
            "error": "The change could not be written to the database; see the log for the reason."})
    assert datas(read_all(server, "s")) == [b"a"]
    limit_files(server.pid, resource.RLIM_INFINITY)
    done(server, "POST", "snapshots/base")
    assert read_all(server, "s") == []


@pytest.mark.parametrize("rounds", [6])
def test_a_killed_server_has_one_state_or_the_other(start, tmp_path, rounds):
    """Killed somewhere within restores and resets: what is there is what was saved, or what came since."""
    path = tmp_path / "data.db"
    server = start("--db", path, "--limits", "off")
    create_stream(server, "s")
    base = [f"base {i}".encode() for i in range(50)]
    for data in base:
        put(server, "s", data)
    for i in range(rounds):
        done(server, "PUT", "snapshots/base")
        more = [f"more {n}".encode() for n in range(50)]
        for data in more:
            put(server, "s", data)
        killer = threading.Timer(0.002 * i, server.process.send_signal, [signal.SIGKILL])
        killer.start()
        try:
            send(server, "POST", "snapshots/base")
        except (OSError, http.client.HTTPException):
            pass
        killer.join()
        server.kill()
        server = start("--db", path, "--limits", "off")
        found = datas(read_all(server, "s"))
        assert found in (base, base + more)
        base = found
        put(server, "s", "after")
        base = base + [b"after"]
        assert datas(read_all(server, "s")) == base
    done(server, "POST", "reset")
    server.kill()
    server = start("--db", path)
    assert names(server) == []


def test_nothing_of_a_reset_stays_in_the_database(start, tmp_path):
    path = tmp_path / "data.db"
    server = start("--db", path, "--limits", "off")
    create_stream(server, "s", shards=3)
    for i in range(50):
        put(server, "s", f"{i}", key=f"{i}")
    done(server, "PUT", "snapshots/base")
    done(server, "POST", "reset")
    done(server, "DELETE", "snapshots/base")
    deadline = time.monotonic() + WAIT_S
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        def rows():
            return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                    for table in ("records", "shards", "streams", "tags", "consumers")]
        while any(rows()):
            assert time.monotonic() < deadline, rows()
            time.sleep(0.05)


@pytest.mark.parametrize("why, path, body, sentence", [
    ("an account that is none", "reset", b'{"account": "12"}', 'account is "12"; write 12 digits.'),
    ("a part of a snapshot", "snapshots/a", b'{"account": "123456789012"}',
     "account is not known; a snapshot is put back as it was saved, so send {}."),
])
def test_what_would_be_done_otherwise_than_it_was_meant_is_refused(server, why, path, body, sentence):
    answer = send(server, "POST", path, body)
    assert (answer.status, answer.json()) == (400, {"error": sentence}), why
