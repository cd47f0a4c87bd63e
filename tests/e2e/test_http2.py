"""HTTP/2 with prior knowledge on the same port (A.9), and floods of it."""

import socket
import struct
import time

import h2.events
import pytest

from h2_client import (CONTINUATION, DATA, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Http2,
                       frame)
from kinesisd import JSON, PATIENCE, WAIT_S, b64, create_stream, datas, put, read_all


def alive(server):
    with Http2(server) as client:
        assert client.call("ListStreams", {}).status == 200
    assert server.process.poll() is None


def test_a_request(server):
    with Http2(server) as client:
        answer = client.call("ListStreams", {})
        assert answer.status == 200
        assert answer.headers["content-type"] == JSON
        assert answer.headers["content-length"] == str(len(answer.body))
        assert {"x-amzn-requestid", "x-amz-id-2", "date"} <= set(answer.headers)
        assert all(name == name.lower() for name in answer.headers)
        assert client.call("ListStreams", b"{").error() == (400, "SerializationException", None)


def test_records_over_http2(server, name):
    create_stream(server, name)
    with Http2(server) as client:
        for i in range(10):
            answer = client.call("PutRecord", {"StreamName": name, "Data": b64(str(i)), "PartitionKey": "k"})
            assert answer.status == 200
        assert datas(read_all(_Caller(client), name)) == [str(i).encode() for i in range(10)]


class _Caller:
    def __init__(self, client):
        self.client = client

    def ok(self, operation, request):
        answer = self.client.call(operation, request)
        assert answer.status == 200, answer
        return answer.json()


def test_a_thousand_streams_at_once(server, name):
    create_stream(server, name)
    with Http2(server) as client:
        alive(server)
        client.receive()
        assert client.h2.remote_settings.max_concurrent_streams >= 1000
        streams = [client.send("PutRecord", {"StreamName": name, "Data": b64(str(i)), "PartitionKey": "k"})
                   for i in range(1000)]
        assert all(client.wait(stream).status == 200 for stream in streams)
    assert sorted(map(int, datas(read_all(server, name)))) == list(range(1000))


def test_large_bodies_both_ways(server, name):
    create_stream(server, name)
    data = bytes(range(256)) * 4000
    request = {"StreamName": name, "Data": b64(data), "PartitionKey": "k"}
    with Http2(server) as client:
        for _ in range(3):
            assert client.call("PutRecord", request).status == 200
        assert datas(read_all(_Caller(client), name)) == [data] * 3


def test_a_small_window_is_honoured(server, name):
    create_stream(server, name)
    put(server, name, b"x" * 100_000)
    with Http2(server, window=10) as client:
        assert datas(read_all(_Caller(client), name)) == [b"x" * 100_000]


def test_a_body_that_is_too_large_is_answered_413(server):
    with Http2(server) as client:
        stream = client.h2.get_next_available_stream_id()
        client.h2.send_headers(stream, [
            (":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/"),
            ("content-length", str((16 << 20) + 1))], end_stream=False)
        client.flush()
        assert (client.wait(stream).status, client.wait(stream).body) == (413, b"")
        assert client.call("ListStreams", {}).status == 200


def test_a_ping_is_answered(server):
    with Http2(server) as client:
        client.ping()


def test_a_cancelled_stream_harms_no_other(server):
    with Http2(server) as client:
        half = client.send("ListStreams", {}, end=False)
        client.h2.reset_stream(half)
        client.flush()
        assert client.call("ListStreams", {}).status == 200


def test_upgrade_to_h2c(server):
    with socket.create_connection((server.host, server.port), timeout=WAIT_S) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                           b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        answer = connection.recv(65536)
        # Either is right: a server may ignore the wish.
        assert answer.startswith((b"HTTP/1.1 101 ", b"HTTP/1.1 403 "))


def test_the_server_says_goodbye(start):
    server = start()
    with Http2(server) as client:
        assert client.call("ListStreams", {}).status == 200
        half = client.send("ListStreams", {}, end=False)
        client.ping()  # the server has read the request so far
        server.process.terminate()
        while not client.saw(h2.events.ConnectionTerminated):
            assert client.receive()
        # h2 refuses to go on after GOAWAY, so the frame goes out by hand: what is in flight is answered.
        client.socket.sendall(frame(DATA, b"", flags=1, stream=half))
        raw = b""
        while more := client.socket.recv(65536):
            raw += more
        assert b"StreamNames" in raw
    server.stop()


def flood(server, data, seconds=3):
    """Sends `data` again and again without reading, until the server has had enough or time is up."""
    sent, deadline = 0, time.monotonic() + seconds
    with socket.create_connection((server.host, server.port), timeout=0.5) as connection:
        try:
            connection.sendall(PREFACE + frame(SETTINGS))
            while time.monotonic() < deadline and sent < 50_000_000:
                connection.sendall(data)
                sent += len(data)
        except OSError:
            pass  # closed, reset, or nobody reads any more
    return sent


REQUEST = b"\x83\x86\x84\x01\x01a"  # POST http / with authority a: indexed, one literal


def resets():
    streams = b""
    for stream in range(1, 20_001, 2):
        streams += frame(HEADERS, REQUEST, flags=4, stream=stream) + frame(
            RST_STREAM, struct.pack(">I", 8), stream=stream)
    return streams


@pytest.mark.parametrize("data", [
    frame(SETTINGS, b"\0\4\0\1\0\0") * 500,
    frame(PING, b"12345678") * 500,
    resets(),
    frame(WINDOW_UPDATE, struct.pack(">I", 1)) * 500,
    frame(HEADERS, REQUEST, flags=0, stream=1) + frame(CONTINUATION, b"", stream=1) * 10_000,
    frame(HEADERS, REQUEST, flags=4, stream=1) + frame(DATA, b"", stream=1) * 10_000,
    frame(HEADERS, REQUEST + b"\x00\x01x\x7f\xff\x7f" + b"a" * 16000, flags=0, stream=1),
], ids=["settings", "ping", "rapid reset", "window update", "continuation", "empty data", "large header"])
def test_floods(start, data):
    server = start()
    alive(server)
    before = server.resident_kib()
    flood(server, data)
    alive(server)
    if PATIENCE == 1:
        assert server.resident_kib() - before < 64 << 10


@pytest.mark.parametrize("garbage", [
    b"\xff" * 100, frame(99, b"?"), frame(DATA, b"x", stream=1), frame(SETTINGS, b"abc"), frame(PING, b"123"),
    frame(HEADERS, b"\xff\xff\xff\xff\xff", flags=4, stream=1), frame(HEADERS, REQUEST, flags=4, stream=2),
    frame(WINDOW_UPDATE, b"\0\0\0\0"), (1 << 24 - 1).to_bytes(3, "big") + b"\0" * 100,
], ids=repr)
def test_garbage_frames(server, garbage):
    with socket.create_connection((server.host, server.port), timeout=WAIT_S) as connection:
        connection.sendall(PREFACE + frame(SETTINGS) + garbage)
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass
    alive(server)
