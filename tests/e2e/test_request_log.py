"""One line about each request at --log-level debug, and none above it."""

import json
import re

import pytest

import faults
import kinesisd
from kinesisd import Connection, b64, create_stream, put


def ask(server, operation, request):
    with Connection(server) as connection:
        answer = connection.call(operation, request)
        client = "{}:{}".format(*connection.http.sock.getsockname())
    return answer, client


def test_a_line_has_everything_a_machine_looks_for(start):
    server = start("--log-level", "debug", "--log-format", "json")
    create_stream(server, "orders")
    request = {"StreamName": "orders", "Data": b64("x"), "PartitionKey": "k"}
    answer, client = ask(server, "PutRecord", request)
    line = json.loads(server.wait_for_line('"operation":"PutRecord"'))
    assert line.pop("time")
    assert 0 < line.pop("ms") < kinesisd.WAIT_S * 1000
    assert line == {
        "level": "debug", "message": "request", "operation": "PutRecord", "stream": "orders", "status": 200,
        "bytes_in": len(json.dumps(request)), "bytes_out": len(answer.body), "client": client,
        "request_id": answer.headers["x-amzn-RequestId"], "encoding": "json", "http": "1.1", "tls": "no"}

    answer, _ = ask(server, "PutRecord", {"StreamName": "orders-not", "Data": b64("x"), "PartitionKey": "k"})
    line = json.loads(server.wait_for_line('"stream":"orders-not"'))
    assert (line["status"], line["error"]) == (400, "ResourceNotFoundException")
    assert line["request_id"] == answer.headers["x-amzn-RequestId"]


def test_what_a_person_reads(start):
    server = start("--log-level", "debug")
    create_stream(server, "orders")
    put(server, "orders", "x")
    assert re.search(
        r"Z debug request operation=PutRecord stream=orders status=200 bytes_in=\d+ bytes_out=\d+ ms=[\d.]+ "
        r"request_id=[0-9a-f-]{36} client=127\.0\.0\.1:\d+ encoding=json http=1\.1 tls=no$",
        server.wait_for_line("operation=PutRecord"))
    # Every line of a refused request but this one says why, as at every level.
    server.call("PutRecord", {"StreamName": "orders-not", "Data": b64("x"), "PartitionKey": "k"})
    server.wait_for_line("stream=orders-not status=400 error=ResourceNotFoundException")
    server.stop()
    assert len([line for line in server.output if "orders-not" in line]) == 2


@pytest.mark.parametrize("method, path, wanted", [
    ("GET", "/_kinesisd/health", "request method=GET path=/_kinesisd/health status=200"),
    ("GET", "/a=b", 'request method=GET path="/a=b" status=403 error=AccessDeniedException'),
])
def test_requests_without_an_operation(start, method, path, wanted):
    server = start("--log-level", "debug")
    with Connection(server) as connection:
        connection.send(method, path, {}, None)
    server.wait_for_line(re.escape(wanted))


def test_a_connection_that_is_reset_on_demand_has_no_status(start):
    server = start("--log-level", "debug")
    faults.add(server, {"operation": "ListStreams", "reset": "before"})
    with pytest.raises(ConnectionError), Connection(server) as connection:
        connection.call("ListStreams", {})
    line = server.wait_for_line("operation=ListStreams")
    assert "status=" not in line and "error=InternalFailure" in line


def test_a_client_cannot_write_a_line_of_its_own(start):
    server = start("--log-level", "debug")
    with Connection(server) as connection:
        connection.call("ListStreams", {}, {"X-Amz-Target": 'Kinesis_20131202.Li"st status=200'})
    line = server.wait_for_line("debug request")
    assert r'operation="Li\"st status=200" status=400 error=UnknownOperationException' in line


def test_nothing_is_said_of_success_at_info(start):
    server = start()
    create_stream(server, "orders")
    put(server, "orders", "x")
    server.stop()
    assert "PutRecord" not in server.text() and "request" not in server.text().replace("requests", "")
