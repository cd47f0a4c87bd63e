"""The benchmark's rows about subscriptions: how soon a record is pushed, to how many, and what waiting costs."""

import contextlib
import json
import selectors
import socket
import statistics
import time

import kinesisd
from h2_client import Http2
from kinesisd import Connection, Server, arn, create_stream
from subscription import Http2Subscription, Subscription, request

STREAM = "fan-out"
CONSUMERS = 20
WAITING = 1000
RECORD = b'"PartitionKey"'  # once in each record of an event


def register(server, consumer):
    made = server.ok("RegisterStreamConsumer", {"StreamARN": arn(STREAM), "ConsumerName": consumer})["Consumer"]
    server.ok("DescribeStreamConsumer", {"ConsumerARN": made["ConsumerARN"]})
    return made["ConsumerARN"]


class Reader:
    """A subscription over a plain socket: what it received, and when each record was there."""

    def __init__(self, server, consumer_arn):
        body = json.dumps(request(consumer_arn, "LATEST"))
        head = "".join(f"{name}: {value}\r\n" for name, value in
                       kinesisd.headers_for("SubscribeToShard").items())
        self.socket = socket.create_connection((server.host, server.port), timeout=30)
        self.socket.sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self.tail, self.bytes, self.seen = b"", 0, []
        while b"initial-response" not in self.tail:
            self.tail += self.socket.recv(65536)
        self.tail = b""

    def read(self):
        data = self.socket.recv(1 << 20)
        now = time.perf_counter()
        self.bytes += len(data)
        both = self.tail + data
        self.seen += [now] * both.count(RECORD)
        self.tail = both[-len(RECORD) + 1:]  # too short for a whole one


def paced_puts(server, readers, records, per_second, data):
    """When each record was sent; returns when every reader has all of them. One thread for all, so that the
    clients' threads do not wait for each other."""
    body = json.dumps({"StreamName": STREAM, "PartitionKey": "k", "Data": kinesisd.b64(data)})
    head = "".join(f"{name}: {value}\r\n" for name, value in kinesisd.headers_for("PutRecord").items())
    put = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    writer = socket.create_connection((server.host, server.port), timeout=30)
    writer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sent, begun = [], time.perf_counter()
    with selectors.DefaultSelector() as ready, contextlib.closing(writer):
        for reader in readers:
            ready.register(reader.socket, selectors.EVENT_READ, reader.read)
        ready.register(writer, selectors.EVENT_READ, lambda: writer.recv(1 << 20))
        while len(sent) < records or any(len(reader.seen) < records for reader in readers):
            due = begun + len(sent) / per_second - time.perf_counter()
            if len(sent) < records and due <= 0:
                sent.append(time.perf_counter())
                writer.sendall(put)
                continue
            for key, _ in ready.select(due if len(sent) < records else 30):
                key.data()
    return sent


def latency_row(folder):
    with Server("--db", folder / "push.db", "--limits", "off") as server:
        create_stream(server, STREAM)
        reader = Reader(server, register(server, "only"))
        sent = paced_puts(server, [reader], 1000, 100, b"x" * 100)
        took = [(there - begun) * 1000 for begun, there in zip(sent, reader.seen)][100:]
    p50, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    return ("put to event at an idle consumer, 100 puts/s, p50 / p99", f"{p50:.2f} / {p99:.2f} ms", "", None,
            "≤ 1 / 5 ms", p50 <= 1 and p99 <= 5)


def fan_out_row(folder):
    """A shard written to as fast as it takes: 1,000 records and 1 MB a second."""
    with Server("--db", folder / "fan.db", "--limits", "data") as server:
        create_stream(server, STREAM)
        readers = [Reader(server, register(server, f"reader-{i}")) for i in range(CONSUMERS)]
        begun = time.perf_counter()
        sent = paced_puts(server, readers, 5000, 990, b"x" * 1000)
        seconds = time.perf_counter() - begun
        assert all(len(reader.seen) == 5000 for reader in readers)
        late = [(there - then) * 1000 for reader in readers for then, there in zip(sent, reader.seen)]
        rate = sum(reader.bytes for reader in readers) / seconds / 1e6
    p99 = statistics.quantiles(late, n=100)[98]
    return (f"one shard at 1 MB/s to {CONSUMERS} consumers, p99 from put to event",
            f"{rate:.0f} MB/s, {p99:.1f} ms", "", None, "all of it", True)


def waiting_row(folder):
    """Resident memory of one more subscription that waits: streams of one connection, and connections."""
    with Server("--db", folder / "waiting.db", "--limits", "off") as server, contextlib.ExitStack() as open_ones:
        create_stream(server, STREAM, WAITING)
        one, other = register(server, "one"), register(server, "other")
        with Connection(server) as warm:
            warm.ok("ListShards", {"StreamName": STREAM})
        connection = open_ones.enter_context(Http2(server))

        def cost(subscribe):
            before = server.resident_kib()
            for shard in range(WAITING):
                open_ones.enter_context(subscribe(shard))
            return (server.resident_kib() - before) / WAITING

        streams = cost(lambda shard: Http2Subscription(
            server, request(one, "LATEST", shard=shard), connection).opened())
        connections = cost(lambda shard: Subscription(
            server, request(other, "LATEST", shard=shard)).opened())
    return ("memory of a waiting subscription, HTTP/2 stream / HTTP/1.1 connection",
            f"{streams:.1f} / {connections:.1f} KB", "", None, "≤ 16 KB", max(streams, connections) <= 16)
