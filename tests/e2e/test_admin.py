"""Who may administer the server: the setting --admin, the shape of the request, and no word to web pages."""

import socket

import pytest

import h2_client
from kinesisd import Connection, Server

JSON = {"Content-Type": "application/json"}
ENABLED = b'{"state":"enabled"}'


def send(server, method, path, headers=None, body=None):
    with Connection(server) as connection:
        return connection.send(method, path, headers or {}, body)


@pytest.mark.parametrize("headers, status", [
    ({}, 200),
    ({"Host": "evil.example:4567"}, 403),
    ({"Host": "kinesisd:4567"}, 200),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
])
@pytest.mark.parametrize("method, body", [("GET", None), ("PUT", ENABLED)])
def test_web_pages_of_strangers_neither_read_nor_change(server, method, body, headers, status):
    answer = send(server, method, "/_kinesisd/kms/guarded", {**JSON, **headers}, body)
    assert answer.status == status
    if status == 403:
        assert list(answer.json()) == ["error"]


def test_there_are_no_cors_headers(server):
    origin = {"Origin": f"http://{server.host}:{server.port}"}
    asks = {**origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    answers = [send(server, "GET", "/_kinesisd/kms", origin),
               send(server, "PUT", "/_kinesisd/kms/k", {**JSON, **origin}, ENABLED),
               send(server, "OPTIONS", "/_kinesisd/kms/k", asks),
               send(server, "OPTIONS", "/_kinesisd/health", asks)]
    assert [answer.status for answer in answers] == [200, 200, 405, 405]
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    # The paths of the API keep theirs.
    assert "Access-Control-Allow-Origin" in send(server, "OPTIONS", "/", asks).headers


def test_a_host_that_was_named_may_be_called_by(start):
    server = start("--admin-host", "kinesis.test", "--admin-host", "KINESIS.example.")
    for host in ("kinesis.test", "Kinesis.Example:4567"):
        assert send(server, "GET", "/_kinesisd/kms", {"Host": host}).status == 200
    assert send(server, "GET", "/_kinesisd/kms", {"Host": "other.test"}).status == 403


def test_nobody_administers_when_it_is_off(start):
    server = start("--admin", "off")
    for method, body in (("GET", None), ("PUT", ENABLED), ("DELETE", None)):
        answer = send(server, method, "/_kinesisd/kms/k", JSON, body)
        assert (answer.status, answer.json()) == (403, {
            "error": "Administration is off (--admin off); start the server with --admin loopback or any."})
    assert send(server, "GET", "/_kinesisd/health").status == 200
    assert send(server, "GET", "/_kinesisd/").status == 200


def h2_status(server, path):
    with h2_client.Http2(server) as client:
        return client.call("ListStreams", b"", headers={":method": "GET", ":path": path}).status


def address_of_this_machine():
    """An address that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


@pytest.mark.parametrize("admin, status", [("loopback", 403), ("any", 200)])
def test_callers_from_elsewhere(start, admin, status):
    elsewhere = address_of_this_machine()
    if elsewhere is None:
        pytest.skip("this machine has no address but loopback")
    server = start("--admin", admin, "--limits", "off", listen="0.0.0.0:0")
    for host, expected in ((elsewhere, status), ("127.0.0.1", 200)):
        server.host = host
        answer = send(server, "GET", "/_kinesisd/kms")
        assert answer.status == expected
        if expected == 403:
            assert "--admin any" in answer.json()["error"]
        assert h2_status(server, "/_kinesisd/kms") == expected
        assert send(server, "GET", "/_kinesisd/health").status == 200


def test_loopback_is_known_through_ipv6_sockets(start):
    server = start(listen="[::]:0")
    with socket.create_connection(("::1", server.port)) as connection:
        connection.sendall(b"GET /_kinesisd/kms HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("flags, sentence", [
    (("--admin", "yes"), "--admin yes: choose loopback, any or off."),
    (("--admin-host", "kinesis.test:4567"),
     "--admin-host kinesis.test:4567: choose a host name without a port, such as kinesis.test."),
])
def test_bad_settings_are_refused(flags, sentence):
    with pytest.raises(AssertionError, match="no line") as refused:
        Server(*flags)
    assert sentence in str(refused.value)
