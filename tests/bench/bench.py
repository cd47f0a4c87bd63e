"""The benchmark: every row beside its ceiling, measured in turns in the same run; medians of the rounds."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support")]

import background  # noqa: E402
import cbor  # noqa: E402
import fan_out  # noqa: E402
import kinesisd  # noqa: E402
from kinesisd import Connection, Server, b64, create_stream, iterator  # noqa: E402

STREAM = "bench"
FLAGS = ("--durability", "process", "--limits", "off")
SHARDS = 10_000
DATA = b64(b"x" * 100)
PUT = json.dumps({"StreamName": STREAM, "PartitionKey": "k", "Data": DATA}).encode()
PUT_500 = json.dumps({"StreamName": STREAM, "Records": [{"PartitionKey": "k", "Data": DATA}] * 500}).encode()
# As Java's SDKs write it.
CBOR_500 = cbor.encode({"StreamName": STREAM,
                        "Records": [{"PartitionKey": "k", "Data": b"x" * 100}] * 500}, pieces=True)
CBOR = "application/x-amz-cbor-1.1"

NGINX = """
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  default_type {kind};
  add_header x-amzn-RequestId d576e1fc-22dc-c659-839d-1fbe02a45df7;
  add_header x-amz-id-2 {id2};
  server {{ listen 127.0.0.1:{h1}; location / {{ return 200 '{body}'; }} }}
  server {{ listen 127.0.0.1:{h2} http2; location / {{ return 200 '{body}'; }} }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    sys.exit(f"nothing listens on port {port}")


@contextlib.contextmanager
def nginx(folder, body):
    """Answers every request with `body`; yields the ports for HTTP/1.1 and h2c."""
    ports = free_port(), free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, kind=kinesisd.JSON, id2="A" * 96, body=body,
                                          h1=ports[0], h2=ports[1]))
    process = subprocess.Popen(["nginx", "-p", folder, "-c", configuration, "-e", folder / "error.log"],
                               stderr=subprocess.DEVNULL)
    try:
        wait_for(ports[0])
        yield ports
    finally:
        process.terminate()
        process.wait()


class Load:
    """What h2load measured: requests per second, all answered with 2xx."""

    def __init__(self, port, operation, body, *options, seconds=None, count=None, content_type=kinesisd.JSON,
                 scheme="http"):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(body)
            file.flush()
            span = ["-n", count] if count else ["-D", f"{seconds * 1000:.0f}ms", "--warm-up-time", "500ms"]
            headers = [word for key, value in {**kinesisd.headers_for(operation),
                                               "Content-Type": content_type}.items()
                       for word in ("-H", f"{key}: {value}")]
            command = ["h2load", *options, *span, *headers, "-d", file.name, f"{scheme}://127.0.0.1:{port}/"]
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
        self.rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", done.stdout)[1])
        bad = sum(int(n) for n in re.search(r"(\d+) 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout).groups())
        if bad or self.rate == 0:
            sys.exit(f"{operation}: not every answer was 2xx\n{done.stdout}")


def median(values):
    return statistics.median(values)


def rounds_of(settings, *measures):
    """Each measure once per round, in turns; the median of each."""
    found = [[measure() for measure in measures] for _ in range(settings.rounds)]
    return [median(column) for column in zip(*found)]


def requests_rows(settings, folder):
    with Server("--db", folder / "requests.db", *FLAGS) as server:
        create_stream(server, STREAM)
        with Connection(server) as connection:
            answer = connection.call("PutRecord", PUT).body.decode()
        with nginx(folder, answer) as (h1, h2):
            rows = []
            for name, options, port, target in (
                    ("PutRecord 100 B, 16 connections, HTTP/1.1", ("--h1", "-c", 16), h1, 0.6),
                    ("PutRecord 100 B, 16 connections × 4 streams, h2c", ("-c", 16, "-m", 4), h2, 0.8)):
                ceiling, ours = rounds_of(
                    settings,
                    lambda: Load(port, "PutRecord", PUT, *options, seconds=settings.seconds).rate,
                    lambda: Load(server.port, "PutRecord", PUT, *options, seconds=settings.seconds).rate)
                rows.append((name, f"{ours:,.0f} req/s", f"nginx {ceiling:,.0f} req/s", ours / ceiling,
                             f"≥ {target}", ours / ceiling >= target))
    return rows


def tls_row(settings, folder):
    with Server("--db", folder / "tls.db", *FLAGS) as server:
        create_stream(server, STREAM)
        plain, ours = rounds_of(settings, *(
            lambda scheme=scheme: Load(server.port, "PutRecord", PUT, "--h1", "-c", 16, seconds=settings.seconds,
                                       scheme=scheme).rate for scheme in ("http", "https")))
    return ("PutRecord over TLS HTTP/1.1", f"{ours:,.0f} req/s", f"plain {plain:,.0f} req/s", ours / plain, "≥ 0.7",
            ours / plain >= 0.7)


def records_row(settings, folder):
    def raw():
        file = folder / "raw.db"
        for path in folder.glob("raw.db*"):
            path.unlink()
        done = subprocess.run([ROOT / "build/release/raw_sqlite", file, str(settings.seconds)], check=True,
                              capture_output=True, text=True)
        return float(done.stdout)

    def ours():
        for path in folder.glob("records.db*"):
            path.unlink()
        with Server("--db", folder / "records.db", *FLAGS) as server:
            create_stream(server, STREAM)
            load = Load(server.port, "PutRecords", PUT_500, "--h1", "-c", 4, seconds=settings.seconds)
            return 500 * load.rate

    ceiling, rate = rounds_of(settings, raw, ours)
    return ("PutRecords 500 × 100 B, 4 connections", f"{rate:,.0f} rows/s", f"SQLite {ceiling:,.0f} rows/s",
            rate / ceiling, "≥ 0.5", rate / ceiling >= 0.5)


def cbor_row(settings, folder):
    """The same records in both encodings, each time to an empty database."""
    def rate(body, content_type):
        for path in folder.glob("cbor.db*"):
            path.unlink()
        with Server("--db", folder / "cbor.db", *FLAGS) as server:
            create_stream(server, STREAM)
            return Load(server.port, "PutRecords", body, "--h1", "-c", 4, seconds=settings.seconds,
                        content_type=content_type).rate

    in_json, in_cbor = rounds_of(settings, lambda: rate(PUT_500, kinesisd.JSON), lambda: rate(CBOR_500, CBOR))
    return ("PutRecords CBOR 500 × 100 B, 4 connections", f"{500 * in_cbor:,.0f} rows/s",
            f"JSON {500 * in_json:,.0f} rows/s", in_cbor / in_json, "≥ 1.2", in_cbor / in_json >= 1.2)


def reads_row(settings, folder):
    with Server("--db", folder / "reads.db", *FLAGS) as server:
        create_stream(server, STREAM)
        Load(server.port, "PutRecords", PUT_500, "--h1", "-c", 1, count=20)

        def ours():
            request = json.dumps({"ShardIterator": iterator(server, STREAM)}).encode()
            answer = server.call("GetRecords", request)
            assert len(answer.json()["Records"]) == 10_000
            load = Load(server.port, "GetRecords", request, "--h1", "-c", 4, seconds=settings.seconds)
            return load.rate * len(answer.body) / 1e6

        [rate] = rounds_of(settings, ours)
    return ("GetRecords 10,000 × 100 B a call", f"{rate:,.0f} MB/s", "", None, "≥ 150 MB/s", rate >= 150)


def start_row(folder):
    """From the spawn to the answer, again and again on an empty database."""
    body, headers = b"{}", kinesisd.headers_for("ListStreams")
    took = []
    for i in range(20):
        port = free_port()
        command = [kinesisd.EXECUTABLE, "--listen", f"127.0.0.1:{port}", "--db", folder / f"start-{i}.db"]
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("POST", "/", body, headers)
                assert connection.getresponse().read()
                break
            time.sleep(0.0002)  # the server needs the processor more
        took.append((time.perf_counter() - begun) * 1000)
        process.terminate()
        process.wait()
    return ("start to first ListStreams answered, empty database", f"{median(took):.1f} ms", "", None,
            "≤ 15 ms", median(took) <= 15)


def memory_row(folder):
    with Server("--db", folder / "memory.db", *FLAGS) as server:
        server.ok("ListStreams", {})
        idle = server.resident_kib() / 1024
        create_stream(server, STREAM)
        Load(server.port, "PutRecords", PUT_500, "--h1", "-c", 4, count=200)
        loaded = server.resident_kib() / 1024
    return ("resident memory idle / after 100,000 records of 100 B", f"{idle:.1f} / {loaded:.1f} MB", "",
            None, "≤ 12 / ≤ 60 MB", idle <= 12 and loaded <= 60)


def retained_row(settings, folder):
    def rate(server):
        return Load(server.port, "PutRecord", PUT, "--h1", "-c", 16, seconds=settings.seconds).rate

    def empty():
        for path in folder.glob("empty.db*"):
            path.unlink()
        with Server("--db", folder / "empty.db", *FLAGS) as server:
            create_stream(server, STREAM)
            return rate(server)

    with Server("--db", folder / "full.db", *FLAGS) as full:
        create_stream(full, STREAM)
        Load(full.port, "PutRecords", PUT_500, "--h1", "-c", 4, count=2000)
        ceiling, ours = rounds_of(settings, empty, lambda: rate(full))
    return ("PutRecord rate with 1 M records retained ÷ with none", f"{ours:,.0f} req/s",
            f"none {ceiling:,.0f} req/s", ours / ceiling, "≥ 0.9", ours / ceiling >= 0.9)


def shards_row(settings, folder):
    """The same puts to the same stream of one shard, beside 9,999 other shards and beside none."""
    with Server("--db", folder / "one.db", *FLAGS) as alone, \
            Server("--db", folder / "shards.db", *FLAGS) as among:
        create_stream(alone, STREAM)
        create_stream(among, "others", shards=SHARDS - 1)
        create_stream(among, STREAM)
        ceiling, ours = rounds_of(settings, *(
            lambda server=server: Load(server.port, "PutRecord", PUT, "--h1", "-c", 16,
                                       seconds=settings.seconds).rate for server in (alone, among)))
    return (f"PutRecord rate with {SHARDS:,} shards in the account ÷ with one", f"{ours:,.0f} req/s",
            f"one {ceiling:,.0f} req/s", ours / ceiling, "≥ 0.9", ours / ceiling >= 0.9)


def milliseconds(measure):
    begun = time.perf_counter()
    answer = measure()
    return (time.perf_counter() - begun) * 1000, answer


def list_row(folder):
    """Without the time this program takes to read the pages' JSON."""
    def all_pages(connection):
        request, took, seen = {"StreamName": STREAM}, 0, 0
        while request:
            page_ms, answer = milliseconds(lambda: connection.call("ListShards", request))
            page = answer.json()
            took, seen = took + page_ms, seen + len(page["Shards"])
            request = {"NextToken": page["NextToken"]} if "NextToken" in page else None
        assert seen == SHARDS
        return took

    with Server("--db", folder / "list.db", *FLAGS) as server, Connection(server) as connection:
        create_stream(connection, STREAM, shards=SHARDS)
        took = median([all_pages(connection) for _ in range(10)])
    return (f"ListShards of {SHARDS:,} shards, all pages", f"{took:.1f} ms", "", None, "≤ 50 ms",
            took <= 50)


def large_row(folder):
    data = b64(b"x" * ((10 << 20) - 1))
    put = json.dumps({"StreamName": STREAM, "PartitionKey": "k", "Data": data}).encode()
    with Server("--db", folder / "large.db", *FLAGS) as server, Connection(server) as connection:
        create_stream(connection, STREAM, MaxRecordSizeInKiB=10240)
        puts, reads = [], []
        for _ in range(10):
            read = json.dumps({"ShardIterator": iterator(connection, STREAM, "LATEST")}).encode()
            took, answer = milliseconds(lambda: connection.call("PutRecord", put))
            assert answer.status == 200, answer
            puts.append(took)
            took, answer = milliseconds(lambda: connection.call("GetRecords", read))
            assert len(answer.body) > len(data), answer
            reads.append(took)
    return ("a record of 10 MiB put / read", f"{median(puts):.0f} / {median(reads):.0f} ms", "", None, "",
            None)


def create_row(folder):
    """From CreateStream sent to ACTIVE seen."""
    with Server("--db", folder / "create.db", *FLAGS) as server, Connection(server) as connection:
        took = median([milliseconds(lambda: create_stream(connection, f"wide-{i}", shards=1000))[0]
                       for i in range(10)])
    return ("a stream of 1,000 shards created", f"{took:.1f} ms", "", None, "≤ 50 ms", took <= 50)


MARKS = {True: "ok", False: "miss", None: ""}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kinesisd-bench-") as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        steps = (lambda: requests_rows(settings, folder), lambda: [records_row(settings, folder)],
                 lambda: [tls_row(settings, folder)], lambda: [cbor_row(settings, folder)],
                 lambda: [reads_row(settings, folder)], lambda: [start_row(folder)],
                 lambda: [memory_row(folder)], lambda: [retained_row(settings, folder)],
                 lambda: [shards_row(settings, folder)], lambda: [list_row(folder)],
                 lambda: [large_row(folder)], lambda: [create_row(folder)],
                 lambda: [fan_out.latency_row(folder)], lambda: [fan_out.fan_out_row(folder)],
                 lambda: [fan_out.waiting_row(folder)], lambda: background.all_rows(folder))
        rows = []
        for step in steps:
            rows += step()
            print(f"measured: {rows[-1][0]}", file=sys.stderr, flush=True)
    print("| Row | kinesisd | Ceiling | Ratio | Target | |")
    print("|---|---|---|---|---|---|")
    for what, ours, ceiling, ratio, target, reached in rows:
        shown = "" if ratio is None else f"{ratio:.2f}"
        print(f"| {what} | {ours} | {ceiling} | {shown} | {target} | {MARKS[reached]} |")


if __name__ == "__main__":
    main()
