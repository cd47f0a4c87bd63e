"""What the log suggests when a call names nearly what there is."""

import pytest

from kinesisd import ACCOUNT, JSON, Connection, b64, create_stream


def log_of(server, operation, request, **how):
    """The line about the refused call, without its time."""
    answer = server.call(operation, request, **how)
    assert answer.status == 400
    return server.wait_for_line(f" info  .*{operation}").split(" info  ")[1]


@pytest.mark.parametrize("wrong", ["oders", "roders", "Orders", "orders-"])
def test_a_stream(start, wrong):
    server = start()
    create_stream(server, "orders")
    create_stream(server, "payments")
    request = {"StreamName": wrong, "Data": b64("x"), "PartitionKey": "k"}
    assert log_of(server, "PutRecord", request) == (
        f"PutRecord {wrong}: ResourceNotFoundException: Stream {wrong} under account {ACCOUNT} not found. "
        "Did you mean orders?")


def test_a_stream_that_is_like_none_of_the_callers(start):
    server = start()
    create_stream(server, "orders")
    not_found = "ResourceNotFoundException: Stream clicks under account 000000000000 not found."
    assert log_of(server, "DescribeStream", {"StreamName": "clicks"}) == f"DescribeStream clicks: {not_found}"
    # Streams of others are not suggested, and one of the very name is told of as before.
    elsewhere = log_of(server, "DescribeStreamSummary", {"StreamName": "oders"}, access_key="123456789012")
    assert elsewhere.endswith("Stream oders under account 123456789012 not found.")
    there = log_of(server, "ListTagsForStream", {"StreamName": "orders"}, access_key="123456789012")
    assert there.endswith("a stream of this name exists for account 000000000000 in us-east-1.")


@pytest.mark.parametrize("target, said", [
    ("Kinesis_20131202.PutRecrod", "; did you mean Kinesis_20131202.PutRecord?"),
    ("Kinesis_20131202.putrecords", "; did you mean Kinesis_20131202.PutRecords?"),
    ("Kinesis_20131201.ListStreams", "; did you mean Kinesis_20131202.ListStreams?"),
    ("ListStreams", "; did you mean Kinesis_20131202.ListStreams?"),
    ("Kinesis_20131202.Frobnicate", ""),
])
def test_an_operation(start, target, said):
    server = start()
    with Connection(server) as connection:
        answer = connection.send("POST", "/", {"Content-Type": JSON, "X-Amz-Target": target}, b"{}")
    assert answer.json() == {"__type": "UnknownOperationException"}
    line = server.wait_for_line("UnknownOperationException").split(" info  ")[1]
    assert line == f"{target}: UnknownOperationException{said}"


WAY = ("a call of Kinesis is a POST with content type application/x-amz-json-1.1 and a header such as "
       "X-Amz-Target: Kinesis_20131202.ListStreams")


@pytest.mark.parametrize("headers, body, said", [
    ({"Content-Type": "application/x-www-form-urlencoded"}, b"{}",
     f"POST /: 403 for POST with content type 'application/x-www-form-urlencoded'; {WAY}"),
    ({"Content-Type": "application/json", "X-Amz-Target": "Kinesis_20131202.ListStreams"}, b"{}",
     "Kinesis_20131202.ListStreams: UnknownOperationException: content type application/json is not the Kinesis "
     "protocol's, which is application/x-amz-json-1.1"),
    ({"Content-Type": JSON, "X-Amz-Target": "Kinesis_20131202.ListStreams"}, b"{}",
     "Kinesis_20131202.ListStreams: MissingAuthenticationTokenException: Missing Authentication Token; sign the "
     "request (any credentials will do unless --credentials names them)"),
    ({"Content-Type": JSON, "X-Amz-Target": "Kinesis_20131202.ListStreams"}, b"{a",
     "Kinesis_20131202.ListStreams: SerializationException; the body is no JSON"),
    ({"Content-Type": JSON, "X-Amz-Target": "Kinesis_20131202.ListStreams"}, b"",
     "Kinesis_20131202.ListStreams: SerializationException; the request has no body: send {} at least"),
])
def test_a_request_by_hand(start, headers, body, said):
    server = start()
    with Connection(server) as connection:
        connection.send("POST", "/", headers, body)
    assert server.wait_for_line(" info  ").split(" info  ")[1] == said
