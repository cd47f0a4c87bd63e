"""What a client that puts records one by one feels of work in the background: sweeping 2 GB, checkpoints, snapshots,
inspection. Alone: python tests/bench/background.py [GB]."""

import contextlib
import json
import multiprocessing
import os
import pathlib
import sqlite3
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support")]

from kinesisd import Connection, Server, b64, create_stream  # noqa: E402

FLAGS = ("--durability", "process", "--limits", "off", "--transition-ms", "0")
JSON = {"Content-Type": "application/json"}
PUT = json.dumps({"StreamName": "other", "PartitionKey": "k", "Data": b64(b"x" * 100)}).encode()
LARGE = json.dumps({"StreamName": "big", "Records": [
    {"PartitionKey": "k", "Data": b64(os.urandom(10_000))}] * 400}).encode()
LARGE_BYTES = 400 * 10_000
MB = 1_000_000
RATE_MIN, P99_MAX_MS = 0.5, 20


class Puts:
    """Puts one record after the other until `done(seconds)`."""

    def __init__(self, connection, done):
        self.ms = []
        begun = now = time.perf_counter()
        while not done(now - begun):
            answer = connection.call("PutRecord", PUT)
            assert answer.status == 200, answer
            before, now = now, time.perf_counter()
            self.ms.append(1000 * (now - before))
        self.rate = len(self.ms) / (now - begun)
        self.p99 = statistics.quantiles(self.ms, n=100)[98]
        self.max = max(self.ms)


def row(what, quiet, busy):
    ratio = busy.rate / quiet.rate
    return (f"PutRecord {what} ÷ undisturbed", f"{busy.rate:,.0f} req/s, p99 {busy.p99:.1f} ms",
            f"undisturbed {quiet.rate:,.0f} req/s, p99 {quiet.p99:.1f} ms", ratio,
            f"≥ {RATE_MIN}, p99 ≤ {P99_MAX_MS} ms", ratio >= RATE_MIN and busy.p99 <= P99_MAX_MS)


class Sweeping:
    """Tells whether records of one stream are still in the file; looks twice a second."""

    def __init__(self, database, stream):
        self.file = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        [self.shard] = self.file.execute(
            "SELECT shards.serial FROM shards JOIN streams ON streams.serial = stream_serial WHERE name = ?",
            (stream,)).fetchone()
        self.looked = 0
        self.over = False

    def done(self, seconds):
        if seconds - self.looked >= 0.5:
            self.looked = seconds
            self.over = self.file.execute("SELECT 1 FROM records WHERE key >= ? AND key < ? LIMIT 1",
                                          (self.shard << 38, (self.shard + 1) << 38)).fetchone() is None
        return self.over


def advance(connection):
    assert connection.send("PUT", "/_kinesisd/clock", JSON, b'{"advance": "25h"}').status == 200


def sweep_rows(folder, gigabytes, name, start):
    database = folder / f"{name}.db"
    with Server("--db", database, *FLAGS) as server, Connection(server, timeout_s=300) as connection:
        for stream in ("other", "big"):
            create_stream(connection, stream)
        idle = server.resident_kib() / 1024
        for _ in range(int(gigabytes * 1e9 / LARGE_BYTES)):
            assert connection.call("PutRecords", LARGE).status == 200
        full, memory = os.path.getsize(database) / MB, server.resident_kib() / 1024
        Puts(connection, lambda seconds: seconds > 1)
        quiet = Puts(connection, lambda seconds: seconds > 5)
        sweeping = Sweeping(database, "big")
        start(connection)
        busy = Puts(connection, sweeping.done)
        sweeping.file.close()
        begun, shrunk = time.monotonic(), os.path.getsize(database)
        while time.monotonic() - begun < 60:
            time.sleep(2)
            before, shrunk = shrunk, os.path.getsize(database)
            if before == shrunk and shrunk < full * MB / 2:
                break
        after = server.resident_kib() / 1024
    swept = f"while {gigabytes:g} GB are swept after {name}"
    return [row(swept, quiet, busy),
            (f"file before / after {name} of {gigabytes:g} GB", f"{full:,.0f} / {shrunk / MB:,.0f} MB", "", None,
             "", None),
            (f"resident memory idle / full / after {name}", f"{idle:.0f} / {memory:.0f} / {after:.0f} MB", "",
             None, "≤ idle + 30 MB", after <= idle + 30)]


def disturb(server, stopping, what):
    with Connection(server, timeout_s=60) as connection:
        while not stopping.is_set():
            what(connection)


def write_much(connection):
    """20 MB/s, which is a checkpoint every 1.6 seconds."""
    assert connection.call("PutRecords", LARGE).status == 200
    time.sleep(0.2)


def snapshots(connection):
    for method in ("PUT", "POST"):
        assert connection.send(method, "/_kinesisd/snapshots/bench", JSON, b"{}").status == 200
        time.sleep(0.05)


def inspect(connection):
    for path in ("streams", "streams/other", "streams/big"):
        assert connection.send("GET", f"/_kinesisd/{path}", {}, b"").status == 200
        time.sleep(0.02)


class Address:
    """Where a server is, for another process."""

    def __init__(self, server):
        self.host, self.port = server.host, server.port


@contextlib.contextmanager
def disturbed(server, what):
    stopping = multiprocessing.Event()
    other = multiprocessing.Process(target=disturb, args=(Address(server), stopping, what))
    other.start()
    try:
        time.sleep(0.5)
        yield
        assert other.is_alive()
    finally:
        stopping.set()
        other.join()


def disturbance_rows(folder):
    rows = []
    for name, what in (("while another writes 20 MB/s, with checkpoints", write_much),
                       ("while snapshots are saved and restored", snapshots),
                       ("while streams are inspected", inspect)):
        with Server("--db", folder / f"{what.__name__}.db", *FLAGS) as server, \
                Connection(server, timeout_s=60) as connection:
            for stream in ("other", "big"):
                create_stream(connection, stream)
            for _ in range(25):
                assert connection.call("PutRecords", LARGE).status == 200
            Puts(connection, lambda seconds: seconds > 1)
            quiet = Puts(connection, lambda seconds: seconds > 5)
            with disturbed(server, what):
                busy = Puts(connection, lambda seconds: seconds > 8)
            rows.append(row(name, quiet, busy))
    return rows


def all_rows(folder, gigabytes=2.0):
    return [*sweep_rows(folder, gigabytes, "deletion",
                        lambda connection: connection.ok("DeleteStream", {"StreamName": "big"})),
            *sweep_rows(folder, gigabytes, "expiry", advance), *disturbance_rows(folder)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kinesisd-bench-") as name:
        for columns in all_rows(pathlib.Path(name), float(sys.argv[1]) if len(sys.argv) > 1 else 2.0):
            print(" | ".join("" if column is None else str(column) for column in columns), flush=True)
