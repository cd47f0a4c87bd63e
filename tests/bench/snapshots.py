"""How long snapshots take: python tests/bench/snapshots.py [RECORDS]. Saves, restores and resets a stream of that
many records of 100 bytes, on a disk and without one, and prints milliseconds as the client sees them."""

import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support")]

from kinesisd import Connection, Server, b64, create_stream  # noqa: E402

ROUNDS = 5
CHANGES = 1_000  # records that come between two restores
JSON = {"Content-Type": "application/json"}


def fill(connection, count):
    entry = {"PartitionKey": "k", "Data": b64(b"x" * 100)}
    for at in range(0, count, 500):
        records = [entry] * min(500, count - at)
        connection.ok("PutRecords", {"StreamName": "s", "Records": records})


def timed(connection, method, path):
    start = time.perf_counter()
    answer = connection.send(method, f"/_kinesisd/{path}", JSON, b"{}")
    assert answer.status == 200, answer
    return 1000 * (time.perf_counter() - start)


def measure(count, *flags):
    result = {}

    def note(name, milliseconds):
        result.setdefault(name, []).append(milliseconds)

    with Server("--limits", "off", *flags) as server, Connection(server, timeout_s=120) as connection:
        create_stream(server, "s")
        fill(connection, count)
        for _ in range(ROUNDS):
            note("save", timed(connection, "PUT", "snapshots/base"))
            note("restore, nothing changed", timed(connection, "POST", "snapshots/base"))
            fill(connection, CHANGES)
            note(f"restore, {CHANGES:,} records came", timed(connection, "POST", "snapshots/base"))
            connection.ok("DeleteStream", {"StreamName": "s"})
            note("restore, stream deleted", timed(connection, "POST", "snapshots/base"))
            note("reset", timed(connection, "POST", "reset"))
            note("restore after reset", timed(connection, "POST", "snapshots/base"))
            fill(connection, count)
            note(f"restore, {count:,} records came", timed(connection, "POST", "snapshots/base"))
    return {name: statistics.median(values) for name, values in result.items()}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        on_disk = measure(count, "--db", f"{folder}/data.db")
    in_memory = measure(count, "--db", ":memory:")
    print(f"{count:,} records; medians of {ROUNDS} in ms: on a disk, :memory:")
    for name, milliseconds in on_disk.items():
        print(f"{name:32} {milliseconds:8.1f} {in_memory[name]:8.1f}")


if __name__ == "__main__":
    main()
