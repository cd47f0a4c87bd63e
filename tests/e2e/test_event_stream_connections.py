"""Event streams as connections see them: their framing, slow, vanished and many clients, and their end."""

import json
import os
import socket
import time

import pytest

from h2_client import GOAWAY, Http2, frame
from kinesisd import PATIENCE, SHUTDOWN_S, WAIT_S, Connection, b64, create_stream, datas, headers_for, put, shard_id
from subscription import Http2Subscription, Subscription, register, request

HALF = "170141183460469231731687303715884105728"
OVER = pytest.mark.parametrize("over", [Subscription, Http2Subscription])


@pytest.fixture
def own(server, name):
    """A stream of the test's own with one shard."""
    create_stream(server, name)
    return name


def test_headers_over_http1(server, own):
    with Subscription(server, request(register(server, own))) as subscription:
        headers = subscription.response.headers
        assert headers["Content-Type"] == "application/vnd.amazon.eventstream"
        assert headers["Transfer-Encoding"] == "chunked"
        assert headers["x-amzn-RequestId"] and headers["x-amz-id-2"]
        assert "Content-Length" not in headers


def test_headers_over_http2(server, own):
    with Http2Subscription(server, request(register(server, own))) as subscription:
        headers = subscription.connection.statuses[subscription.id]
        assert headers["content-type"] == "application/vnd.amazon.eventstream"
        assert "content-length" not in headers


def test_http10_gets_the_stream_without_chunks(server, own):
    put(server, own, "a")
    with Subscription(server, request(register(server, own)), version="HTTP/1.0") as subscription:
        assert "Transfer-Encoding" not in subscription.response.headers
        assert subscription.opened().records(1)[0] == [b"a"]


def test_the_connection_serves_on_after_the_end(server, own):
    server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
    server.ok("DescribeStreamSummary", {"StreamName": own})
    with Subscription(server, request(register(server, own))) as subscription:
        subscription.opened().event()
        assert subscription.next() is None
        connection = Connection(server)
        connection.http = subscription.http
        assert connection.call("ListStreams", {}).status == 200


def test_a_slow_reader_is_held_back_with_bounded_memory_and_loses_nothing(start, name):
    server = start("--limits", "off", "--memory-mb", "8")
    create_stream(server, name)
    consumer = register(server, name)
    with Http2Subscription(server, request(consumer), window=65535) as slow:
        slow.opened()
        before = server.resident_kib()
        with Connection(server) as writer:
            for i in range(80):
                put(writer, name, f"{i:02}" + "x" * 1_000_000)
        # The client reads nothing: 80 MB wait on the disk and not in memory. Sanitizers keep what is freed.
        assert PATIENCE > 1 or server.resident_kib() - before < 40 << 10
        seen = []
        while len(seen) < 80:
            seen += [data[:2] for data in datas(slow.event()["Records"])]
    assert seen == [f"{i:02}".encode() for i in range(80)]


def test_a_cancelled_stream_leaves_the_connection_and_the_others_alone(server, name):
    create_stream(server, name, 2)
    consumer = register(server, name)
    with Http2(server) as connection:
        one = Http2Subscription(server, request(consumer, shard=0), connection)
        other = Http2Subscription(server, request(consumer, shard=1), connection)
        one.opened(), other.opened()
        one.cancel()
        connection.ping()
        put(server, name, "a", ExplicitHashKey=HALF)
        assert other.records(1)[0] == [b"a"]
        assert connection.call("ListStreams", {}).status == 200


def test_a_client_that_says_goodbye_gets_the_rest_and_closes_first(server, own):
    with Http2Subscription(server, request(register(server, own))) as subscription:
        client = subscription.opened().connection
        client.socket.sendall(frame(GOAWAY, bytes(8)))
        put(server, own, "a")
        assert subscription.records(1)[0] == [b"a"]
        server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
        assert len(subscription.news().payload["ChildShards"]) == 2
        assert subscription.next() is None
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            while client.receive():
                pass


def open_files(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def test_cut_connections_leave_nothing_behind(start, name):
    server = start()
    create_stream(server, name, 100)
    consumer = register(server, name)
    server.ok("ListStreams", {})
    before = open_files(server)
    for shard in range(0, 100, 2):
        Subscription(server, request(consumer, shard=shard)).opened().close()
        cut = Subscription(server, request(consumer, shard=shard + 1)).opened()
        cut.http.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
        cut.close()
    deadline = time.monotonic() + WAIT_S
    while open_files(server) > before and time.monotonic() < deadline:
        server.ok("ListStreams", {})
    assert open_files(server) <= before


def test_a_thousand_subscriptions_at_a_time(start, name):
    server = start("--limits", "off")
    create_stream(server, name, 1000)
    consumer = register(server, name)
    with Http2(server) as connection:
        subscriptions = [Http2Subscription(server, request(consumer, "LATEST", shard=i), connection).opened()
                         for i in range(1000)]
        width = (1 << 128) // 1000
        for i in range(1000):
            put(server, name, str(i), ExplicitHashKey=str(i * width + width // 2))
        for i, subscription in enumerate(subscriptions):
            assert subscription.records(1)[0] == [str(i).encode()]


@OVER
def test_the_server_stops_though_there_are_subscriptions(start, name, over):
    server = start()
    create_stream(server, name)
    with over(server, request(register(server, name))) as subscription:
        subscription.opened()
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < SHUTDOWN_S
        if over is Subscription:  # Python's h2 cannot read on after a GOAWAY
            assert subscription.next() is None


def test_a_client_that_wants_the_connection_closed_sees_it_closed(server, own):
    server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
    server.ok("DescribeStreamSummary", {"StreamName": own})
    body = json.dumps(request(register(server, own)))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers_for("SubscribeToShard").items())
    with socket.create_connection((server.host, server.port), WAIT_S) as client:
        client.sendall(f"POST / HTTP/1.1\r\n{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
                       f"{body}".encode())
        seen = b"".join(iter(lambda: client.recv(65536), b""))
    assert b"Connection: close\r\n" in seen and seen.endswith(b"0\r\n\r\n")


def test_a_request_sent_while_events_come_is_answered_after_them(server, own):
    body = json.dumps(request(register(server, own)))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers_for("SubscribeToShard").items())
    with socket.create_connection((server.host, server.port), WAIT_S) as client:
        client.sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        seen = b""

        def read_until(wanted):
            nonlocal seen
            while wanted not in seen:
                data = client.recv(65536)
                assert data, seen
                seen += data

        read_until(b"initial-response")
        client.sendall(b"GET /_kinesisd/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        put(server, own, "a")
        read_until(b64("a").encode())
        server.ok("SplitShard", {"StreamName": own, "ShardToSplit": shard_id(0), "NewStartingHashKey": HALF})
        read_until(b'"status":"ok"')
        assert seen.index(b"ChildShards") < seen.index(b"0\r\n\r\nHTTP/1.1 200 OK\r\n")
