"""TLS on the port of plain text: certificates, protocols, handshakes that fail, and what remains of them."""

import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import stat
import subprocess
import time
import urllib.request

import h2.config
import h2.connection
import h2.events
import pytest

import kinesisd
from h2_client import Http2
from kinesisd import WAIT_S, Connection, Server, arn, b64, create_stream, datas, iterator, put, read_all
from test_restart import check_refused, refusal

CA_LINE = r"Also https:// for clients with AWS_CA_BUNDLE=(\S+)$"


def ca_file(server):
    return re.search(CA_LINE, server.wait_for_line(CA_LINE))[1]


def trusting(server, *protocols):
    """A context as strict as Python has them, which trusts the server's CA alone."""
    context = ssl.create_default_context(cafile=ca_file(server))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def connect(server, context, name="localhost"):
    plain = socket.create_connection((server.host, server.port), timeout=WAIT_S)
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


class Https(Connection):
    def __init__(self, server, context=None, name="localhost", **how):
        super().__init__(server, **how)
        self.http = http.client.HTTPSConnection(server.host, server.port, timeout=WAIT_S)
        self.http.sock = connect(server, context or trusting(server), name)


class Http2Tls(Http2):
    """HTTP/2 as ALPN agrees on it."""

    def __init__(self, server):
        self.socket = connect(server, trusting(server, "h2", "http/1.1"))
        assert self.socket.selected_alpn_protocol() == "h2"
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.answers, self.bodies, self.statuses, self.events = {}, {}, {}, []
        self.flush()


def get(server, path):
    with Connection(server) as connection:
        return connection.send("GET", path, {}, None)


def leaf_names(server, name):
    """The names on the certificate that a client asking for `name` is shown."""
    context = trusting(server)
    context.check_hostname = False
    with connect(server, context, name) as connection:
        found = connection.getpeercert()["subjectAltName"]
    return {value for _, value in found}


def descriptors(server):
    """How many there are once the connection that asks is the only one: the server sees a client go a moment after
    the client knows."""
    deadline = time.monotonic() + WAIT_S
    with Connection(server) as connection:
        while b"\nkinesisd_connections 1\n" not in connection.send("GET", "/metrics", {}, None).body:
            assert time.monotonic() < deadline, "a connection stays open"
        return len(os.listdir(f"/proc/{server.pid}/fd"))


@contextlib.contextmanager
def no_leak(server):
    """What is open before is open after, and nothing else."""
    before, deadline = descriptors(server), time.monotonic() + WAIT_S
    yield
    while descriptors(server) > before:
        assert time.monotonic() < deadline, "something stays open"


@pytest.fixture(scope="module")
def tls():
    with Server("--limits", "off", "--tls-name", "kinesis.test", "--tls-name", "192.0.2.9") as running:
        yield running


# What works

@pytest.mark.parametrize("protocols, agreed", [
    ((), None), (("http/1.1",), "http/1.1"), (("spdy/3", "http/1.1"), "http/1.1")])
def test_http1(tls, name, protocols, agreed):
    context = trusting(tls, *protocols)
    with Https(tls, context) as connection:
        assert connection.http.sock.selected_alpn_protocol() == agreed
        create_stream(connection, name)
        put(connection, name, "through TLS")
        assert datas(read_all(tls, name)) == [b"through TLS"]


def test_http2(tls, name):
    create_stream(tls, name)
    with Http2Tls(tls) as connection:
        record = {"StreamName": name, "Data": b64("d"), "PartitionKey": "k"}
        streams = [connection.send("PutRecord", record) for _ in range(50)]
        assert all(connection.wait(stream).status == 200 for stream in streams)
    assert len(read_all(tls, name)) == 50


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(tls, version):
    context = trusting(tls)
    context.minimum_version = context.maximum_version = version
    with Https(tls, context) as connection:
        assert connection.ok("ListStreams", {"Limit": 1})
        assert connection.http.sock.version() == version.name.replace("_", ".")


def test_large_bodies_and_answers(tls, name):
    create_stream(tls, name)
    tls.ok("UpdateMaxRecordSize", {"StreamARN": arn(name), "MaxRecordSizeInKiB": 10240})
    data = os.urandom(10 * 1000 * 1000)
    for connect_to in (Https, Http2Tls):
        with connect_to(tls) as connection:
            answer = connection.call("PutRecord", {"StreamName": name, "PartitionKey": "k", "Data": b64(data)})
            assert answer.status == 200
            page = connection.call("GetRecords", {"ShardIterator": iterator(tls, name)}).json()
            assert datas(page["Records"]) == [data]


def test_many_at_once(tls, name):
    create_stream(tls, name)
    context = trusting(tls)

    def one(i):
        with Https(tls, context) as connection:
            for _ in range(5):
                put(connection, name, str(i))

    with no_leak(tls):
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            list(pool.map(one, range(100)))
    assert len(read_all(tls, name)) == 500


def test_a_client_that_comes_again_need_not_start_anew(tls):
    context = trusting(tls)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with connect(tls, context) as first:
        session = first.session
    plain = socket.create_connection((tls.host, tls.port), timeout=WAIT_S)
    with context.wrap_socket(plain, server_hostname="localhost", session=session) as again:
        assert again.session_reused
        again.sendall(b"GET /_kinesisd/health HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert again.recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_an_answer_ends_in_order(tls):
    """Python raises when the server closes without a close_notify."""
    with connect(tls, trusting(tls)) as connection:
        connection.sendall(b"GET /_kinesisd/health HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = b""
        while more := connection.recv(1000):
            answer += more
        assert answer.endswith(b"}\n")


# Certificates

DEFAULT_NAMES = {"localhost", "*.localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "host.docker.internal",
                 "localhost.localstack.cloud", "*.localhost.localstack.cloud", "kinesisd", "kinesis", "localstack",
                 "kinesis-mock", "kinesalite", "kinesis.test", "192.0.2.9"}


@pytest.mark.parametrize("asked, more", [
    (None, set()),
    ("127.0.0.1", set()),
    ("localhost", set()),
    ("kinesis.us-east-1.amazonaws.com", {"kinesis.us-east-1.amazonaws.com"}),
    ("my_service.orders.svc", {"my_service.orders.svc"}),
])
def test_names_on_the_certificate(tls, asked, more):
    names = leaf_names(tls, asked)
    assert DEFAULT_NAMES | more <= names
    for name in more:
        assert name not in leaf_names(tls, None)


@pytest.mark.parametrize("name", ["localhost", "a.localhost", "127.0.0.1", "::1", "kinesis.test", "192.0.2.9",
                                  "anything.example", socket.gethostname()])
def test_a_strict_client_is_content(tls, name):
    with Https(tls, name=name) as connection:
        assert connection.ok("ListStreams", {"Limit": 1})


def test_more_names_than_are_kept(tls):
    context = trusting(tls)
    for i in [*range(300), 0]:
        with connect(tls, context, f"host-{i}.example"):
            pass


def test_the_ca_is_served_and_written(tls):
    answer = get(tls, "/_kinesisd/ca.pem")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-pem-file")
    with open(ca_file(tls), "rb") as file:
        assert file.read() == answer.body
    with Https(tls) as connection:
        assert connection.send("GET", "/_kinesisd/ca.pem", {}, None).body == answer.body


def test_the_ca_of_a_kept_database_is_kept(start, tmp_path):
    db = tmp_path / "data.db"
    first = start("--db", db)
    certificate = get(first, "/_kinesisd/ca.pem").body
    context = trusting(first)
    first.kill()
    second = start("--db", db)
    assert get(second, "/_kinesisd/ca.pem").body == certificate
    with Https(second, context) as connection:
        connection.ok("ListStreams", {})
    assert ca_file(second) == str(db) + "-ca.pem"
    key = tmp_path / "data.db-ca.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    second.stop()
    key.write_text("garbage")
    check_refused(refusal("--listen", "127.0.0.1:0", "--db", db),
                  f"{key} is not what was written there; restore a copy of it, or move it away for a new CA")


def test_the_ca_of_no_database_goes_with_it(start):
    server = start()
    file = ca_file(server)
    assert os.path.exists(file)
    server.stop()
    assert not os.path.exists(os.path.dirname(file))


def test_without_a_disk_the_ca_is_only_served(start):
    server = start("--db", ":memory:")
    server.wait_for_line("Also https:// for clients that trust the CA at /_kinesisd/ca.pem.")
    context = ssl.create_default_context(cadata=get(server, "/_kinesisd/ca.pem").body.decode())
    with Https(server, context) as connection:
        connection.ok("ListStreams", {})


# One's own certificate

@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder with ca.pem, cert.pem (mine.test), key.pem and others.pem, a key of something else."""
    folder = tmp_path_factory.mktemp("own")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    (folder / "names").write_text("subjectAltName=DNS:mine.test\nauthorityKeyIdentifier=keyid\n")
    for key in ("ca", "key", "others"):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{key}.key")
    openssl("req", "-x509", "-key", "ca.key", "-subj", "/CN=mine", "-days", "2", "-out", "ca.pem",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-new", "-key", "key.key", "-subj", "/CN=mine.test", "-out", "request")
    openssl("x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "1", "-extfile", "names",
            "-out", "cert.pem")
    return folder


def test_an_own_certificate(start, own, tmp_path):
    flags = ("--tls-cert", own / "cert.pem", "--tls-key", own / "key.key")
    server = start(*flags, "--db", tmp_path / "data.db")
    server.wait_for_line(rf"Also https:// with the certificate of {own}/cert.pem\.")
    context = ssl.create_default_context(cafile=own / "ca.pem")
    with Https(server, context, "mine.test") as connection:
        connection.ok("ListStreams", {})
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(server, context, "localhost")
    answer = get(server, "/_kinesisd/ca.pem")
    assert (answer.status, answer.json()) == (
        404, {"error": f"The certificate is that of --tls-cert {own}/cert.pem; trust whoever signed it."})
    assert sorted(os.listdir(tmp_path)) == ["data.db", "data.db-shm", "data.db-wal"]


@pytest.mark.parametrize("cert, key, said", [
    ("cert.pem", None, "--tls-cert needs --tls-key beside it: name the file of the private key."),
    (None, "key.key", "--tls-key needs --tls-cert beside it: name the file of the certificate."),
    ("none.pem", "key.key", "--tls-cert {own}/none.pem cannot be read: No such file or directory; name a file in PEM "
                            "form."),
    ("cert.pem", "none.key", "--tls-key {own}/none.key cannot be read: No such file or directory; name a file in PEM "
                             "form."),
    ("names", "key.key", "--tls-cert {own}/names has no certificate in PEM form; name a file that begins with the "
                         "server's own."),
    ("cert.pem", "names", "--tls-key {own}/names has no key in PEM form; name a file with the private key, without a "
                          "passphrase."),
    ("cert.pem", "others.key", "--tls-key {own}/others.key is not the key of the first certificate in --tls-cert "
                               "{own}/cert.pem; name two files that belong together."),
])
def test_own_certificates_that_do_not_fit(own, cert, key, said):
    flags = [word for flag, file in (("--tls-cert", cert), ("--tls-key", key)) if file
             for word in (flag, own / file)]
    assert refusal("--listen", "127.0.0.1:0", *flags) == (2, said.format(own=own), "")


# --tls

def test_tls_off(start):
    server = start("--tls", "off")
    assert get(server, "/_kinesisd/ca.pem").json() == {
        "error": "TLS is off, so there is no CA to be trusted; --tls on starts it."}
    with pytest.raises((ssl.SSLError, OSError)):
        connect(server, ssl.create_default_context())
    server.wait_for_line("A client speaks TLS, which is off; use http:// instead of https://, or leave out --tls off.")
    assert "https" not in "\n".join(server.output[:2])
    assert server.call("ListStreams", {}).status == 200


def test_tls_only(start):
    server = start("--tls", "only")
    server.wait_for_line(r"Listening at https://127.0.0.1:\d+$")
    said = {"message": "Only TLS is served here (--tls only); use https:// instead of http://."}
    refused = server.call("ListStreams", {})
    assert (refused.status, refused.json()) == (400, said)
    with Http2(server) as connection:
        refused = connection.call("ListStreams", {})
        assert (refused.status, refused.json()) == (400, said)
    assert get(server, "/_kinesisd/kms").status == 400
    assert get(server, "/_kinesisd/health").status == 200
    assert get(server, "/_kinesisd/ca.pem").status == 200
    server.wait_for_line("ListStreams: refused, because it came without TLS")
    with Https(server) as connection:
        assert connection.call("ListStreams", {}).status == 200


# Handshakes that fail

def hello(version=None, protocols=()):
    """The first bytes of a client of OpenSSL's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if version:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    if protocols:
        context.set_alpn_protocols(list(protocols))
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()


def last_words(server, sent):
    """What the server says to these bytes before it closes."""
    with socket.create_connection((server.host, server.port), timeout=WAIT_S) as connection:
        connection.sendall(sent)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while more := connection.recv(1000):
                answer += more
        return answer


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("why, sent, alert, said", [
    ("TLS 1.0", lambda: hello(ssl.TLSVersion.TLSv1), 70, "it speaks TLS 1.1 or older, and TLS 1.2 and 1.3 are "
     "served: use a newer client, or http://"),
    ("TLS 1.1", lambda: hello(ssl.TLSVersion.TLSv1_1), 70, "it speaks TLS 1.1 or older, and TLS 1.2 and 1.3 are "
     "served: use a newer client, or http://"),
    ("ALPN", lambda: hello(protocols=["spdy/3"]), 120, "it offers neither h2 nor http/1.1 (ALPN): let it offer one of "
     "them, or nothing"),
])
def test_a_handshake_that_cannot_succeed(tls, why, sent, alert, said):
    with no_leak(tls):
        answer = last_words(tls, sent())
    assert answer[:2] == b"\x15\x03" and answer[5:] == bytes([2, alert]), why
    tls.wait_for_line(re.escape(f"warn  A client's TLS handshake failed: {said}."))


def test_clients_that_do_not_trust_us_are_told_how(tls):
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(tls, ssl.create_default_context())
    tls.wait_for_line(re.escape(
        "A client's TLS handshake failed: it does not trust the certificate: let it trust the CA at "
        f"/_kinesisd/ca.pem, for example with AWS_CA_BUNDLE={ca_file(tls)}."))


@pytest.mark.parametrize("garbage", [b"\x16", b"\x16\x03\x01", b"\x16" * 1000, b"\x16\x03\x01\xff\xff" + b"x" * 70000,
                                     b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", bytes(range(22, 256))])
def test_garbage_that_begins_like_tls(tls, garbage):
    with no_leak(tls):
        with socket.create_connection((tls.host, tls.port), timeout=WAIT_S) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1000):
                    pass
    assert tls.call("ListStreams", {"Limit": 1}).status == 200


def test_a_hello_cut_anywhere(tls):
    whole = hello(protocols=["h2"])
    with no_leak(tls):
        for size in range(1, len(whole), 7):
            with socket.create_connection((tls.host, tls.port), timeout=WAIT_S) as connection:
                connection.sendall(whole[:size])
    tls.wait_for_line("A client's TLS handshake failed: the client closed the connection before the end.")


def test_cut_within_requests_and_answers(tls, name):
    create_stream(tls, name)
    for _ in range(5):
        put(tls, name, b"x" * 1_000_000)
    request = json.dumps({"ShardIterator": iterator(tls, name)}).encode()
    head = "".join(f"{k}: {v}\r\n" for k, v in kinesisd.headers_for("GetRecords").items())
    sent = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(request)}\r\n\r\n".encode() + request
    context = trusting(tls)
    with no_leak(tls):
        for size in (1, 50, len(sent) - 1, len(sent)):
            for _ in range(5):
                connection = connect(tls, context)
                connection.sendall(sent[:size])
                if size == len(sent):
                    assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
                connection.close()  # without goodbye


# Policies

@pytest.mark.parametrize("deny", ["false", "true"])
def test_secure_transport(tls, name, deny):
    stream = create_stream(tls, name)["StreamARN"]
    tls.ok("PutResourcePolicy", {"ResourceARN": stream, "Policy": json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "kinesis:PutRecord", "Resource": stream,
            "Condition": {"Bool": {"aws:SecureTransport": deny}}}]})})
    record = {"StreamName": name, "Data": b64("d"), "PartitionKey": "k"}
    statuses = [tls.call("PutRecord", record).status]
    for connect_to in (Https, Http2Tls):
        with connect_to(tls) as connection:
            statuses.append(connection.call("PutRecord", record).status)
    assert statuses == ([400, 200, 200] if deny == "false" else [200, 400, 400])


# Upgrade: h2c

@pytest.mark.parametrize("body", [None, b"{}", b" " * 3_000_000 + b"{}"])
def test_curl_changes_to_http2_on_its_first_request(tls, tmp_path, body):
    command = ["curl", "--silent", "--http2", "--write-out", "%{http_version}", "--output", tmp_path / "answer"]
    if body is None:
        command += [tls.url + "/_kinesisd/health"]
    else:
        (tmp_path / "body").write_bytes(body)
        command += ["--data-binary", f"@{tmp_path}/body", tls.url]
        for header in kinesisd.headers_for("ListStreams").items():
            command += ["-H", ": ".join(header)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=True)
    assert done.stdout == "2"
    assert json.loads((tmp_path / "answer").read_bytes())[("StreamNames" if body else "status")] is not None


def test_an_upgrade_is_ignored_over_tls(tls):
    context = trusting(tls)
    request = urllib.request.Request(f"https://localhost:{tls.port}/_kinesisd/health", headers={
        "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"})
    with urllib.request.urlopen(request, context=context, timeout=WAIT_S) as answer:
        assert answer.status == 200
