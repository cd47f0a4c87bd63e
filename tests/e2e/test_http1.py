"""HTTP/1.1 as clients really speak it, and what arrives when something is wrong with them."""

import http.client
import json
import socket
import threading
import time

import pytest

from kinesisd import WAIT_S, Connection, b64, create_stream, datas, headers_for, iterator, put, read_all

HEAD = "".join(f"{k}: {v}\r\n" for k, v in headers_for("ListStreams").items())


def request(body=b"{}", line="POST / HTTP/1.1", extra=""):
    return f"{line}\r\nHost: a\r\n{HEAD}Content-Length: {len(body)}\r\n{extra}\r\n".encode() + body


def connect(server):
    connection = socket.create_connection((server.host, server.port), timeout=WAIT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def answers(connection, count):
    """(status, headers, body) of the next `count` answers."""
    found = []
    stream = connection.makefile("rb")
    for _ in range(count):
        line = stream.readline()
        assert line, f"closed after {len(found)} answers"
        headers = http.client.parse_headers(stream)
        found.append((int(line.split()[1]), headers, stream.read(int(headers["Content-Length"]))))
    return found


def closed(connection):
    """Whether the other side ends the connection, after whatever it still has to say."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def alive(server):
    assert server.call("ListStreams", {}).status == 200
    assert server.process.poll() is None


def test_a_connection_is_kept(server):
    with connect(server) as connection:
        for _ in range(3):
            connection.sendall(request())
            (status, headers, _), = answers(connection, 1)
            assert status == 200 and "close" not in (headers["Connection"] or "").lower()


def test_pipelined_requests_are_answered_in_order(server):
    with connect(server) as connection:
        bodies = [b'{"Limit":0}' if i % 3 else b"{}" for i in range(60)]
        connection.sendall(b"".join(map(request, bodies)))
        assert [status for status, _, _ in answers(connection, 60)] == [
            400 if i % 3 else 200 for i in range(60)]


def test_expect_100_continue(server):
    with connect(server) as connection:
        whole = request(extra="Expect: 100-continue\r\n")
        connection.sendall(whole[:-2])
        assert connection.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(whole[-2:])
        assert answers(connection, 1)[0][0] == 200


def test_chunked_bodies(server):
    with connect(server) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: a\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
        for chunk in (b"{", b'"Limit"', b":", b"1}"):
            connection.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        assert answers(connection, 1)[0][0] == 200


def test_absolute_form_as_through_a_proxy(server):
    with connect(server) as connection:
        connection.sendall(request(line="POST http://kinesis.us-east-1.amazonaws.com/ HTTP/1.1"))
        connection.sendall(request(line=f"POST http://a:{server.port}/x?X-Amz-Algorithm= HTTP/1.1"))
        first, second = answers(connection, 2)
        assert first[0] == 200
        assert json.loads(second[2])["__type"] == "InvalidSignatureException"


def test_connection_close_is_obeyed(server):
    with connect(server) as connection:
        connection.sendall(request(extra="Connection: close\r\n"))
        (status, headers, _), = answers(connection, 1)
        assert status == 200 and headers["Connection"].lower() == "close"
        assert closed(connection)


def test_http_1_0_is_answered_and_closed(server):
    with connect(server) as connection:
        connection.sendall(request(line="POST / HTTP/1.0"))
        assert connection.recv(65536).split()[1] == b"200"
        assert closed(connection)


def test_a_client_that_closes_its_half_gets_its_answer(server):
    with connect(server) as connection:
        connection.sendall(request())
        connection.shutdown(socket.SHUT_WR)
        assert answers(connection, 1)[0][0] == 200
        assert closed(connection)


@pytest.mark.parametrize("garbage", [
    b"\r\n\r\n", b"GET\r\n\r\n", b"\x00" * 100,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 200,
    b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", b"PRI * HTTP/1.1\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"\xff\xfe\xfd",
    b"POST / HTTP/1.1\r\n: \r\n\r\n",
    b"A" * 100_000, b"POST / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
], ids=lambda garbage: repr(garbage[:30]))
def test_garbage_on_the_port(server, garbage):
    with connect(server) as connection:
        try:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert closed(connection)
    alive(server)


def test_half_a_request_and_a_closed_socket(server):
    whole = request()
    for cut in (1, 4, 20, len(whole) // 2, len(whole) - 1):
        with connect(server) as connection:
            connection.sendall(whole[:cut])
    for cut in (1, len(whole) - 1):
        with connect(server) as connection:
            connection.sendall(whole[:cut])
            # A reset instead of a goodbye.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    alive(server)


def test_slow_senders_hold_up_nobody(server):
    whole = request()
    slow = [connect(server) for _ in range(50)]
    for position in range(0, len(whole), len(whole) // 5):
        for connection in slow:
            connection.sendall(whole[position:position + len(whole) // 5])
        begun = time.monotonic()
        alive(server)
        assert time.monotonic() - begun < WAIT_S / 2  # the slow ones get a minute
    for connection in slow:
        assert answers(connection, 1)[0][0] == 200
        connection.close()


def test_byte_by_byte(server):
    with connect(server) as connection:
        for byte in request():
            connection.sendall(bytes([byte]))
        assert answers(connection, 1)[0][0] == 200


def test_a_client_that_does_not_read_holds_up_nobody(server, name):
    create_stream(server, name)
    for _ in range(8):
        put(server, name, b"x" * 1_000_000)
    body = json.dumps({"ShardIterator": iterator(server, name)}).encode()
    one = request(body).replace(b"ListStreams", b"GetRecords")
    deaf = [connect(server) for _ in range(3)]
    for connection in deaf:
        connection.sendall(one * 3)
    for _ in range(20):
        alive(server)
    for connection in deaf:
        connection.close()
    alive(server)


def test_many_connections(server):
    many = [connect(server) for _ in range(300)]
    for connection in many:
        connection.sendall(request())
    for connection in many:
        assert answers(connection, 1)[0][0] == 200
        connection.close()


def nested(depth):
    return b'{"A":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("body", [
    nested(200), nested(400_000), b'{"A":' + b"[" * 1_000_000, b'{"A":' * 100_000,
    b"[" * 100_000 + b"]" * 100_000, b'{"StreamName":"s","Records":[', b'{"a":"\xff"}', b'{"a":"\xc3',
    b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b'{"a":"\\u12"}', b'{"a":1e}', b'{"a":01}', b'{"a":+1}',
    b'{"a":NaN}', b'{"a":"\n"}', b'{"a":1,}', b"\xef\xbb\xbf{}",
    b'{"a":"' + b"\\" * 99_999, b"{" + b'"a":1,' * 200_000 + b'"a":1',
], ids=lambda body: repr(body[:25]))
@pytest.mark.parametrize("operation", ["ListStreams", "PutRecords"])
def test_hostile_json_is_answered_as_an_error(server, operation, body):
    answer = server.call(operation, body)
    # Invalid UTF-8 and lone surrogates in members nobody knows may pass as unknown members do.
    assert answer.status in (200, 400), answer
    if answer.status == 400:
        assert answer.json()["__type"] in ("SerializationException", "ValidationException")
    alive(server)


@pytest.mark.parametrize("key", [b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"])
def test_invalid_utf_8_never_gets_into_a_record(server, name, key):
    create_stream(server, name)
    put(server, name, "before")
    body = b'{"StreamName":"%s","Data":"","PartitionKey":"%s"}' % (name.encode(), key)
    answer = server.call("PutRecord", body)
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")
    assert datas(read_all(server, name)) == [b"before"]


def test_bad_input_on_one_connection_harms_no_other(start):
    """Bad requests from one client while another writes: all that was acknowledged is there."""
    server = start("--limits", "off")
    create_stream(server, "s")
    sent = []

    def write():
        with Connection(server) as connection:
            for i in range(300):
                connection.ok("PutRecord", {"StreamName": "s", "Data": b64(str(i)), "PartitionKey": "k"})
                sent.append(str(i).encode())

    writer = threading.Thread(target=write)
    writer.start()
    bad = [nested(5000), b"{", b'{"StreamName":"s","Data":"x","PartitionKey":"k"}', b'{"StreamName":1}']
    with Connection(server) as connection:
        for i in range(200):
            assert connection.call("PutRecord", bad[i % 4]).status == 400
    for garbage in (b"\0" * 50, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 50):
        with connect(server) as connection:
            connection.sendall(garbage)
    writer.join()
    assert len(sent) == 300
    assert datas(read_all(server, "s")) == sent
