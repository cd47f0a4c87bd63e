"""HTTP/2 over a real socket where little room is given, and where one side leaves early."""

import json
import os

import h2.events
import pytest

import cbor
from h2_client import GOAWAY, RST_STREAM, WINDOW_UPDATE, Http2, frame
from kinesisd import b64, create_stream, iterator, put

CBOR = {"Content-Type": "application/x-amz-cbor-1.1"}
MIB = 1 << 20


def receive_until(client, done):
    while not done():
        assert client.receive(), f"closed; {client.events[-3:]}"


def test_bodies_of_16_mebibytes(server):
    """The largest there may be, whatever is in them."""
    with Http2(server) as client:
        body = b'{"Unknown":"' + b"x" * (16 * MIB - 14) + b'"}'
        assert len(body) == 16 * MIB
        assert client.call("ListStreams", body).status == 200
        body = cbor.encode({"Unknown": b"x" * (16 * MIB - 14)})
        assert len(body) == 16 * MIB
        answer = client.call("ListStreams", body, headers=CBOR)
        assert answer.status == 200
        assert "StreamNames" in cbor.decode(answer.body)


@pytest.mark.parametrize("window, size", [(1, 1000), (1000, 1_000_000)])
def test_a_large_answer_through_a_small_window(server, name, window, size):
    create_stream(server, name)
    data = os.urandom(size)
    put(server, name, data)
    at = iterator(server, name)
    with Http2(server, window=window) as client:
        # The window of the connection is large: only the stream's holds the answer back.
        answer = client.call("GetRecords", cbor.encode({"ShardIterator": at}), headers=CBOR)
        assert [record["Data"] for record in cbor.decode(answer.body)["Records"]] == [data]


def test_an_answer_that_is_given_up_in_the_middle(server, name):
    create_stream(server, name)
    for _ in range(4):
        put(server, name, os.urandom(MIB - 100))
    at = iterator(server, name)
    with Http2(server, window=1000) as client:
        stream = client.send("GetRecords", {"ShardIterator": at})
        receive_until(client, lambda: client.bodies.get(stream))
        client.h2.reset_stream(stream)
        client.flush()
        assert client.call("ListStreams", {}).status == 200
        assert stream not in client.answers


def test_a_client_that_says_goodbye_is_answered_and_closes_itself(server, name):
    create_stream(server, name)
    put(server, name, os.urandom(200_000))
    with Http2(server, window=MIB) as client:
        stream = client.send("GetRecords", {"ShardIterator": iterator(server, name)})
        client.socket.sendall(frame(GOAWAY, bytes(8)))
        answer = client.wait(stream)
        assert answer.status == 200
        assert len(json.loads(answer.body)["Records"]) == 1
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            while client.receive():
                pass
        assert not any(event.error_code for event in client.events
                       if isinstance(event, h2.events.ConnectionTerminated))


def test_lengths_that_do_not_match(server):
    with Http2(server) as client:
        streams = [client.send("ListStreams", {}, headers={"content-length": length}) for length in ("1", "3")]
        for stream in streams:
            receive_until(client, lambda s=stream: any(
                isinstance(event, h2.events.StreamReset) and event.stream_id == s for event in client.events))
        assert client.call("ListStreams", {}).status == 200


@pytest.mark.parametrize("wrong", [
    frame(WINDOW_UPDATE, bytes(4)), frame(WINDOW_UPDATE, b"\x7f\xff\xff\xff"),
    frame(RST_STREAM, bytes(4), stream=99), frame(GOAWAY, bytes(8), stream=1),
], ids=["no room", "too much room", "reset of nothing", "goodbye of a stream"])
def test_a_client_that_breaks_the_rules_is_told_so(server, wrong):
    with Http2(server) as client:
        assert client.call("ListStreams", {}).status == 200
        client.socket.sendall(wrong)
        receive_until(client, lambda: client.saw(h2.events.ConnectionTerminated))
        assert [event.error_code for event in client.events
                if isinstance(event, h2.events.ConnectionTerminated)][0] != 0
