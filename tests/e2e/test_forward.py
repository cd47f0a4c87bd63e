"""Calls for other services passed on as they are (--forward), to a small server that stands for an emulator."""

import concurrent.futures
import contextlib
import http.server
import json
import socket
import threading

import boto3
import botocore.config
import botocore.exceptions
import pytest

from h2_client import Http2
from kinesisd import WAIT_S, Connection, authorization
from test_other_services import MESSAGE, advice
from test_restart import check_refused, refusal

JSON_1_0 = "application/x-amz-json-1.0"
TARGET = "DynamoDB_20120810.ListTables"


class Emulator:
    """Remembers what it is asked, byte for byte, and answers what it is told."""

    def __init__(self):
        emulator = self
        self.requests, self.answers = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                emulator.requests.append((self.command, self.path, self.headers.items(), body))
                status, headers, answer = emulator.answers.pop(0) if emulator.answers else (
                    200, {"Content-Type": JSON_1_0}, b'{"TableNames":["t"]}')
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def emulator():
    with contextlib.closing(Emulator()) as running:
        yield running


def client(server, service, **config):
    return boto3.client(service, endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test",
                        config=botocore.config.Config(retries={"total_max_attempts": 1}, **config))


def signed(service, **headers):
    return {"X-Amz-Date": "20260101T000000Z", "Authorization": authorization().replace("kinesis", service),
            **{name.replace("_", "-"): value for name, value in headers.items()}}


def dynamodb(target=TARGET):
    return signed("dynamodb", X_Amz_Target=target, Content_Type=JSON_1_0)


def send(server, method, path, headers, body=None):
    with Connection(server) as connection:
        return connection.send(method, path, headers, body)


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
def test_botocore_reaches_the_other_service(start, emulator, tmp_path, how):
    value = f"dynamodb={emulator.url}"
    (tmp_path / "k.toml").write_text(f'forward = ["{value}"]\n')
    server = {"flag": lambda: start("--forward", value),
              "variable": lambda: start(env={"KINESISD_FORWARD": f"{value},sqs=http://127.0.0.1:1"}),
              "file": lambda: start("--config", tmp_path / "k.toml")}[how]()
    assert client(server, "dynamodb").list_tables()["TableNames"] == ["t"]
    assert client(server, "kinesis").list_streams()["StreamNames"] == []
    (method, path, headers, body), = emulator.requests
    headers = {name.lower(): value for name, value in headers}
    assert (method, path, json.loads(body)) == ("POST", "/", {})
    assert headers["x-amz-target"] == TARGET
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert "/dynamodb/aws4_request" in headers["authorization"]


def check_passed_on(emulator, method, path, sent, body):
    got = emulator.requests.pop()
    assert (got[0], got[1], got[3]) == (method, path, body)
    headers = [(name.lower(), value) for name, value in got[2]]
    for name, value in sent.items():
        assert (name.lower(), value) in headers
    assert ("connection", "close") in headers


@pytest.mark.parametrize("method, body", [("POST", b"\x00\xff" * 1000), ("PUT", b""), ("DELETE", b""), ("GET", b"")])
def test_a_call_is_passed_on_as_it_is(start, emulator, method, body):
    server = start("--forward", f"s3={emulator.url}")
    path = "/bucket//a%2Fb%20c?acl&list-type=2&x=%41"
    headers = signed("s3", X_Custom="A  b", Content_Type="text/plain; x=y", Host="bucket.localhost:4567")
    emulator.answers.append((207, {"X-Answer": "yes", "ETag": '"1"', "Connection": "keep-alive"}, b"\xfe" * 100))
    answer = send(server, method, path, headers, body)
    assert (answer.status, answer.body) == (207, b"\xfe" * 100)
    assert (answer.headers["X-Answer"], answer.headers["ETag"]) == ("yes", '"1"')
    assert answer.headers.get_all("Content-Length") == ["100"]
    check_passed_on(emulator, method, path, headers, body)


def test_a_path_of_ours_is_passed_on_but_not_those_of_administration(start, emulator):
    server = start("--forward", f"s3={emulator.url}")
    assert send(server, "GET", "/metrics", signed("s3")).body == b'{"TableNames":["t"]}'
    assert send(server, "GET", "/_kinesisd/health", signed("s3")).status == 200
    assert len(emulator.requests) == 1


def test_a_signed_url_is_passed_on(start, emulator):
    server = start("--forward", f"s3={emulator.url}")
    url = client(server, "s3", signature_version="s3v4").generate_presigned_url(
        "get_object", {"Bucket": "b", "Key": "k"})
    assert send(server, "GET", url[len(server.url):], {}).status == 200
    assert emulator.requests[0][1] == url[len(server.url):]


@pytest.mark.parametrize("http2", [False, True])
def test_the_length_that_a_head_tells(start, emulator, http2):
    server = start("--forward", f"s3={emulator.url}")
    emulator.answers.append((200, {"Content-Length": "12345"}, b""))
    if http2:
        with Http2(server) as connection:
            stream = connection.h2.get_next_available_stream_id()
            connection.h2.send_headers(stream, [
                (":method", "HEAD"), (":scheme", "http"), (":authority", "localhost"), (":path", "/b/k"),
                *((name.lower(), value) for name, value in signed("s3").items())], end_stream=True)
            connection.flush()
            answer = connection.wait(stream)
        assert answer.headers["content-length"] == "12345"
    else:
        answer = send(server, "HEAD", "/b/k", signed("s3"))
        assert answer.headers.get_all("Content-Length") == ["12345"]
    assert (answer.status, answer.body) == (200, b"")


def test_over_http2(start, emulator):
    server = start("--forward", f"dynamodb={emulator.url}")
    with Http2(server) as connection:
        streams = [connection.send("ListTables", b'{"Limit":1}', headers=dynamodb()) for _ in range(20)]
        answers = [connection.wait(stream) for stream in streams]
    assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"TableNames":["t"]}')}
    assert len(emulator.requests) == 20
    check_passed_on(emulator, "POST", "/", {**dynamodb(), "host": "localhost", "content-length": "11"},
                    b'{"Limit":1}')


def test_an_answer_in_chunks_and_one_that_ends_with_the_connection(start, emulator):
    server = start("--forward", f"dynamodb={emulator.url}")
    emulator.answers.append((200, {"Transfer-Encoding": "chunked"}, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    answer = send(server, "POST", "/", dynamodb(), b"{}")
    assert (answer.body, answer.headers.get_all("Content-Length")) == (b"abcde", ["5"])
    with concurrent.futures.ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as bare:
        server = start("--forward", f"dynamodb=http://127.0.0.1:{bare.getsockname()[1]}")
        asked = pool.submit(send, server, "POST", "/", dynamodb(), b"{}")
        with bare.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nto the end")
        assert asked.result(WAIT_S).body == b"to the end"


def problem(port, reason):
    return (f"dynamodb at http://127.0.0.1:{port} does not answer: {reason}; see what runs there, or change "
            f"--forward dynamodb=http://127.0.0.1:{port}.")


def test_where_nobody_listens(start):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        server = start("--forward", f"dynamodb=http://127.0.0.1:{port}", "--forward", f"s3=http://127.0.0.1:{port}")
        answer = send(server, "POST", "/", dynamodb(), b"{}")
        said = problem(port, "Connection refused")
        assert (answer.status, answer.json()) == (502, {"__type": "ServiceUnavailable", "message": said})
        server.wait_for_line(f"warn  {TARGET}: {said}$".replace("(", r"\("))
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            client(server, "dynamodb").list_tables()
        assert said in str(caught.value)
        answer = send(server, "GET", "/b/k", signed("s3"))
        assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
        assert answer.body == (f"<html><body><p>{said.replace('dynamodb', 's3')}</p></body></html>\n").encode()


def test_a_host_that_does_not_exist(start):
    server = start("--forward", "dynamodb=http://no-such-host.invalid:8000")
    answer = send(server, "POST", "/", dynamodb(), b"{}")
    assert answer.status == 502
    server.wait_for_line("change --forward dynamodb=http://no-such-host.invalid:8000")


@pytest.mark.parametrize("sent, reason", [
    (b"", "it closed the connection before its answer was complete"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "it closed the connection before its answer was complete"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n", "its answer is larger than 64 MiB"),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "its answer is none of HTTP/1.1 (bad version)"),
    (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "its answer is none of HTTP/1.1"),
])
def test_an_answer_that_is_none(start, sent, reason):
    with concurrent.futures.ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as bare:
        port = bare.getsockname()[1]
        server = start("--forward", f"dynamodb=http://127.0.0.1:{port}")
        asked = pool.submit(send, server, "POST", "/", dynamodb(), b"{}")
        with bare.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(sent)
        answer = asked.result(WAIT_S)
        assert (answer.status, answer.json()["message"]) == (502, problem(port, reason))


def test_one_that_is_slow_holds_up_nobody_and_there_is_a_bound(start):
    with contextlib.ExitStack() as open_ones:
        bare = open_ones.enter_context(socket.create_server(("127.0.0.1", 0), backlog=300))
        port = bare.getsockname()[1]
        server = start("--forward", f"dynamodb=http://127.0.0.1:{port}", "--threads", "1")
        with Http2(server) as connection:
            waiting = [connection.send("ListTables", b"{}", headers=dynamodb()) for _ in range(256)]
            refused = connection.wait(connection.send("ListTables", b"{}", headers=dynamodb()))
            assert (refused.status, refused.json()["message"]) == (503, problem(
                port, "256 calls are under way already"))
            assert server.ok("ListStreams", {})["StreamNames"] == []
            for _ in waiting:
                one = open_ones.enter_context(bare.accept()[0])
                one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            assert {connection.wait(stream).status for stream in waiting} == {200}


def test_what_is_not_passed_on_is_refused(start, emulator):
    server = start("--forward", f"dynamodb={emulator.url}")
    answer = send(server, "POST", "/", signed("sqs", X_Amz_Target="AmazonSQS.ListQueues", Content_Type=JSON_1_0), b"{}")
    assert answer.status == 403 and MESSAGE.encode() in answer.body
    server.wait_for_line(advice("AmazonSQS.ListQueues", "sqs") + "$")
    assert client(server, "sts").get_caller_identity()["Account"] == "000000000000"
    assert emulator.requests == []


def test_it_takes_precedence_over_the_answers_for_sts_and_cloudwatch(start, emulator):
    server = start("--forward", f"sts={emulator.url}", "--forward", f"monitoring={emulator.url}")
    emulator.answers.append((200, {"Content-Type": "text/xml"}, b"<Response><GetCallerIdentityResult>"
                             b"<Account>1</Account></GetCallerIdentityResult></Response>"))
    assert client(server, "sts").get_caller_identity()["Account"] == "1"
    client(server, "cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])
    assert len(emulator.requests) == 2


def test_also_where_signatures_are_verified(start, emulator, tmp_path):
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n")
    server = start("--forward", f"dynamodb={emulator.url}", "--credentials", file)
    assert client(server, "dynamodb").list_tables()["TableNames"] == ["t"]


CHOOSE = "choose SERVICE=http://HOST:PORT, such as dynamodb=http://localhost:8000"


@pytest.mark.parametrize("values, said", [
    (["dynamodb"], CHOOSE),
    (["=http://localhost:8000"], CHOOSE),
    (["dynamodb=localhost:8000"], CHOOSE),
    (["dynamodb=https://localhost:8000"], CHOOSE),
    (["dynamodb=http://localhost:0"], CHOOSE),
    (["dynamodb=http://localhost:8000/path"], CHOOSE),
    (["Dynamo DB=http://localhost:8000"], CHOOSE),
    (["kinesis=http://localhost:8000"], "Kinesis is served here; name another service"),
    (["s3=http://a:1", "s3=http://b:1"], "name s3 once"),
])
def test_a_bad_value_is_refused(values, said):
    flags = [word for value in values for word in ("--forward", value)]
    check_refused(refusal(*flags), f"--forward {' '.join(values)}: {said}.")
