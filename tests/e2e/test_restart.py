"""What is kept from one process to the next, and which databases are refused."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest

import kinesisd
from kinesisd import EXECUTABLE, WAIT_S, Server, b64, create_stream, datas, iterator, put, read, read_all


def refusal(*flags, env=None, cwd=None, preexec_fn=None):
    """Starts what must not start; its exit code and what it said. No port is in its way unless it is named."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KINESISD_")}
    clean["KINESISD_LISTEN"] = "127.0.0.1:0"
    done = subprocess.run([EXECUTABLE, *map(str, flags)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=WAIT_S, env={**clean, **(env or {})}, cwd=cwd,
                          preexec_fn=preexec_fn)
    return done.returncode, done.stderr.strip(), done.stdout


def check_refused(refused, *words):
    """Exit 2 and one sentence that has the words."""
    code, said, printed = refused
    assert code == 2, refused
    assert len(said.splitlines()) == 1 and said.endswith("."), said
    assert "Listening" not in printed
    for word in words:
        assert str(word) in said, said


@pytest.mark.parametrize("durability", ["process", "full"])
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_is_there_after_a_restart(start, tmp_path, durability, end):
    db = tmp_path / "data.db"
    flags = ("--db", db, "--durability", durability)
    server = start(*flags)
    create_stream(server, "s", shards=2, Tags={"a": "b"})
    create_stream(server, "gone")
    put(server, "gone", "x")
    server.ok("DeleteStream", {"StreamName": "gone"})
    server.call("DescribeStream", {"StreamName": "gone"})
    server.ok("IncreaseStreamRetentionPeriod", {"StreamName": "s", "RetentionPeriodHours": 30})
    sent = [os.urandom(i) for i in range(20)]
    numbers = [put(server, "s", data, ExplicitHashKey="0")["SequenceNumber"] for data in sent]
    before = server.ok("DescribeStream", {"StreamName": "s"})["StreamDescription"]
    records = read_all(server, "s")
    at = read(server, iterator(server, "s"), Limit=7)["NextShardIterator"]
    tip = iterator(server, "s", "LATEST")
    token = server.ok("ListShards", {"StreamName": "s", "MaxResults": 1})["NextToken"]
    server.stop() if end == "stop" else server.kill()

    with Server(*flags) as server:
        assert server.ok("ListStreams", {})["StreamNames"] == ["s"]
        assert server.ok("DescribeStream", {"StreamName": "s"})["StreamDescription"] == before
        assert read_all(server, "s") == records
        assert datas(records) == sent
        assert [r["SequenceNumber"] for r in read(server, at)["Records"]] == numbers[7:]
        assert read(server, tip)["Records"] == []
        assert len(server.ok("ListShards", {"NextToken": token})["Shards"]) == 1
        number = put(server, "s", "after", ExplicitHashKey="0")["SequenceNumber"]
        assert int(number) > int(numbers[-1])
        assert datas(read(server, tip)["Records"]) == [b"after"]
        after = iterator(server, "s", "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[-1])
        assert datas(read(server, after)["Records"]) == [b"after"]


def test_without_a_database_nothing_is_kept(start):
    first = start()
    first.wait_for_line("Nothing is kept after exit; --db PATH keeps it.")
    create_stream(first, "s")
    first.stop()
    assert start().ok("ListStreams", {})["StreamNames"] == []


def test_a_database_is_a_file_people_can_query(tmp_path):
    db = tmp_path / "data.db"
    with Server("--db", db) as server:
        create_stream(server, "s")
        put(server, "s", "findable")
    # Checkpointed: no -wal stays behind.
    assert sorted(os.listdir(tmp_path)) == ["data.db", "data.db-ca.key", "data.db-ca.pem"]
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {"streams", "shards", "records"} <= tables
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (1,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_memory_only(start):
    server = start("--db", ":memory:")
    create_stream(server, "s")
    put(server, "s", "x")
    assert datas(read_all(server, "s")) == [b"x"]


def test_a_full_memory_refuses_clearly(start):
    server = start("--db", ":memory:", "--memory-mb", 8, "--limits", "off")
    create_stream(server, "s")
    request = {"StreamName": "s", "Data": b64(b"x" * 500_000), "PartitionKey": "k"}
    stored = 0
    for _ in range(40):
        answer = server.call("PutRecord", request)
        if answer.status != 200:
            break
        stored += 1
    assert answer.status in (400, 500), "40 records of 500 kB fit into 8 MB"
    assert 1 <= stored <= 20
    assert len(read_all(server, "s")) == stored


def make_text(path):
    path.write_text("not a database\n" * 100)


def make_other(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY)")
    connection.close()


def make_own(path):
    with Server("--db", path) as server:
        create_stream(server, "s", shards=4)
        for i in range(50):
            put(server, "s", b"x" * 2000, key=str(i))


def make_newer(path):
    make_own(path)
    with sqlite3.connect(path) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        assert version > 0
        connection.execute(f"PRAGMA user_version = {version + 1000}")
    connection.close()


def make_truncated(path):
    make_own(path)
    os.truncate(path, path.stat().st_size // 2)


def make_overwritten(path):
    make_own(path)
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))


@pytest.mark.parametrize("make", [make_text, make_other, make_newer, make_truncated, make_overwritten])
def test_a_database_that_is_not_ours_is_refused_and_left_untouched(tmp_path, make):
    db = tmp_path / "data.db"
    make(db)
    content, files = db.read_bytes(), sorted(os.listdir(tmp_path))
    check_refused(refusal("--listen", "127.0.0.1:0", "--db", db), db)
    assert db.read_bytes() == content
    assert sorted(os.listdir(tmp_path)) == files


def test_a_database_held_by_another_process_is_refused(tmp_path):
    db = tmp_path / "data.db"
    with Server("--db", db) as server:
        create_stream(server, "s")
        check_refused(refusal("--listen", "127.0.0.1:0", "--db", db), db)
        put(server, "s", "x")
        assert datas(read_all(server, "s")) == [b"x"]
    with Server("--db", db) as server:
        assert datas(read_all(server, "s")) == [b"x"]


def test_a_database_in_a_folder_that_is_not_there_is_refused(tmp_path):
    check_refused(refusal("--listen", "127.0.0.1:0", "--db", tmp_path / "none" / "data.db"), tmp_path)
    check_refused(refusal("--listen", "127.0.0.1:0", "--db", tmp_path), tmp_path)


def request_bytes(operation, body):
    head = "".join(f"{k}: {v}\r\n" for k, v in kinesisd.headers_for(operation).items())
    return f"POST / HTTP/1.1\r\nHost: a\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def wait_until_refused(server):
    """A server that has seen the signal takes no more connections."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((server.host, server.port), timeout=WAIT_S).close()
        except OSError:
            return
    raise AssertionError("the server still takes connections")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_what_is_in_flight(start, tmp_path, sent):
    """A request whose last byte comes after the signal is answered, and the connection told to close."""
    db = tmp_path / "data.db"
    server = start("--db", db)
    create_stream(server, "s")
    whole = request_bytes("PutRecord", b'{"StreamName":"s","Data":"aGFsZg==","PartitionKey":"k"}').replace(
        b"Host: a\r\n", b"Host: a\r\nExpect: 100-continue\r\n")
    with socket.create_connection((server.host, server.port), timeout=WAIT_S) as connection:
        connection.sendall(whole[:-10])
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"  # the first part is read
        server.process.send_signal(sent)
        wait_until_refused(server)
        connection.sendall(whole[-10:])
        answer = b""
        while more := connection.recv(65536):
            answer += more
    server.stop()
    assert answer.startswith(b"HTTP/1.1 200 ") and b"connection: close" in answer.lower()
    with Server("--db", db) as server:
        assert datas(read_all(server, "s")) == [b"half"]


def test_idle_connections_do_not_hold_up_the_end(start, tmp_path):
    server = start("--db", tmp_path / "data.db")
    idle = [socket.create_connection((server.host, server.port), timeout=WAIT_S) for _ in range(20)]
    server.ok("ListStreams", {})
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < kinesisd.SHUTDOWN_S
    for connection in idle:
        assert connection.recv(1) == b""
        connection.close()


def test_a_put_is_answered_or_refused_while_stopping(start, tmp_path):
    """Writers run into the end: whatever was acknowledged is there afterwards."""
    db = tmp_path / "data.db"
    server = start("--db", db, "--limits", "off")
    create_stream(server, "s")
    acknowledged, lock = [], threading.Lock()

    def write(writer):
        try:
            with kinesisd.Connection(server) as connection:
                for i in range(100_000):
                    data = f"{writer}-{i}".encode()
                    if connection.call("PutRecord", {"StreamName": "s", "Data": b64(data),
                                                     "PartitionKey": "k"}).status != 200:
                        return
                    with lock:
                        acknowledged.append(data)
        except (OSError, kinesisd.http.client.HTTPException):
            pass

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 200:
        time.sleep(0.01)
    server.stop()
    for thread in threads:
        thread.join()
    with Server("--db", db) as server:
        assert set(acknowledged) <= set(datas(read_all(server, "s")))
