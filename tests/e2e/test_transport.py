"""What is checked before an operation is looked at: methods, CORS, content types, bodies, targets and the
shape of the authentication (A.3 to A.5), and how AWS answers each."""

import base64
import email.utils
import json
import re
import socket

import pytest

from kinesisd import JSON, WAIT_S, Connection, authorization, headers_for

CBOR = "application/x-amz-cbor-1.1"
REQUEST_ID = re.compile(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$")
DENIED = (b"<AccessDeniedException>\n"
          b"  <Message>Unable to determine service/operation name to be authorized</Message>\n"
          b"</AccessDeniedException>\n")
UNKNOWN = b"<UnknownOperationException/>\n"
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"


def send(server, method="POST", path="/", body=b"{}", **headers):
    """Only the headers given, with _ for -."""
    with Connection(server) as connection:
        return connection.send(method, path, {k.replace("_", "-"): v for k, v in headers.items()}, body)


def signed(operation="ListStreams", **changed):
    """The headers an SDK sends; None leaves one out."""
    headers = {k.replace("-", "_"): v for k, v in headers_for(operation).items()}
    return {k: v for k, v in {**headers, **changed}.items() if v is not None}


def check_ids(answer):
    assert REQUEST_ID.match(answer.headers["x-amzn-RequestId"])
    assert 64 <= len(base64.b64decode(answer.headers["x-amz-id-2"], validate=True)) <= 80
    assert email.utils.parsedate_to_datetime(answer.headers["Date"])


def cbor_error(kind):
    """{"__type": kind} as CBOR."""
    text = kind.encode()
    head = bytes([0x60 + len(text)]) if len(text) < 24 else bytes([0x78, len(text)])
    return b"\xa1\x66__type" + head + text


def test_an_answer_has_aws_headers(server):
    answer = send(server, **signed())
    check_ids(answer)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == JSON
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["x-amzn-RequestId"] != send(server, **signed()).headers["x-amzn-RequestId"]


@pytest.mark.parametrize("path", ["/", "/some/path", "/?", "/?a=b", "//", "/%zz", "/stream/_kinesisd/health"])
def test_the_path_is_ignored(server, path):
    assert send(server, path=path, **signed()).status == 200


@pytest.mark.parametrize("kind", [JSON, JSON + "; charset=utf-8", JSON + " ;x", " " + JSON])
def test_content_type_ends_at_the_semicolon(server, kind):
    assert send(server, **signed(Content_Type=kind)).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_denied_in_xml(server, method):
    answer = send(server, method, body=None, **signed())
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (403, DENIED, None)
    check_ids(answer)


def test_head_is_denied_without_a_body(server):
    answer = send(server, "HEAD", body=None, **signed())
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize("asked, echoed", [
    ({}, {}),
    ({"Access_Control_Request_Headers": "x-a, x-b"}, {"Access-Control-Allow-Headers": "x-a, x-b"}),
    ({"Access_Control_Request_Headers": "x-a", "Access_Control_Request_Method": "POST"},
     {"Access-Control-Allow-Headers": "x-a", "Access-Control-Allow-Methods": "POST"}),
    (signed(), {}),
])
def test_preflight(server, asked, echoed):
    answer = send(server, "OPTIONS", body=None, Origin="http://localhost:3000", **asked)
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Max-Age"] == "172800"
    for header in ("Access-Control-Allow-Headers", "Access-Control-Allow-Methods"):
        assert answer.headers[header] == echoed.get(header)
    assert answer.headers["x-amz-id-2"] is None and answer.headers["Content-Type"] is None
    assert REQUEST_ID.match(answer.headers["x-amzn-RequestId"])


@pytest.mark.parametrize("method, status", [("POST", 200), ("GET", 403)])
def test_answers_to_another_origin_say_what_it_may_see(server, method, status):
    answer = send(server, method, Origin="http://localhost:3000", **signed())
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == EXPOSED


# A.3, 6: the type follows the target, the encoding the content type.
@pytest.mark.parametrize("target, kind", [
    ("Kinesis_20131202.ListStreams", "SerializationException"),
    ("Kinesis_20131202.ListStream", "UnknownOperationException"),
    ("kinesis_20131202.ListStreams", "UnknownOperationException"),
    (None, "UnknownOperationException"),
])
@pytest.mark.parametrize("content_type", [JSON, CBOR, "application/json", "text/plain", None])
def test_an_empty_body(server, target, kind, content_type):
    answer = send(server, body=b"", **signed(X_Amz_Target=target, Content_Type=content_type))
    json_asked = content_type == JSON
    assert answer.status == 400
    assert answer.body == (json.dumps({"__type": kind}, separators=(",", ":")).encode() if json_asked
                           else cbor_error(kind))
    assert answer.headers["Content-Type"] == (JSON if json_asked else CBOR)
    check_ids(answer)


# A.3, 7
@pytest.mark.parametrize("target, status, body", [
    (None, 403, DENIED), ("", 403, DENIED), ("Kinesis_20131202", 403, DENIED),
    ("Kinesis_20131202.", 403, DENIED), (".ListStreams", 403, DENIED),
    ("Kinesis_20131202.ListStreams", 404, UNKNOWN), ("a.b", 404, UNKNOWN),
])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-amz-json-1.0", ""])
def test_a_body_of_another_content_type(server, target, status, body, content_type):
    answer = send(server, **signed(X_Amz_Target=target, Content_Type=content_type))
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (status, body, None)
    check_ids(answer)


UNREADABLE = [b"{", b"[", b"}", b'{"a"', b'{"a":}', b"{}{}", b"nothing", b'"text"', b"1", b"true", b"null",
              b" ", b"\xff\xfe", b"{'a':1}"]


# A.3, 8
@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_that_is_no_object(server, body):
    answer = send(server, body=body, **signed())
    assert (answer.status, answer.body) == (400, b'{"__type":"SerializationException"}')
    answer = send(server, body=body, **signed(Content_Type="application/json"))
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "Output": {"__type": "com.amazon.coral.service#SerializationException"}, "Version": "1.0"}


def test_an_unreadable_body_is_told_before_missing_authentication(server):
    answer = send(server, body=b"{", **signed(Authorization=None))
    assert answer.error() == (400, "SerializationException", None)


# A.3, 9
def test_plain_json_reaches_no_operation(server):
    answer = send(server, **signed(Content_Type="application/json"))
    assert answer.status == 404
    assert json.loads(answer.body) == {
        "Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}, "Version": "1.0"}


# A.3, 10
@pytest.mark.parametrize("target", [
    "Kinesis_20131202.ListStream", "Kinesis_20131202.listStreams", "Kinesis_20131203.ListStreams",
    "Kinesis_20131202", "Kinesis_20131202.ListStreams.", "Kinesis_20131202.A.ListStreams", "", None])
def test_an_unknown_target(server, target):
    answer = send(server, **signed(X_Amz_Target=target))
    assert (answer.status, answer.body) == (400, b'{"__type":"UnknownOperationException"}')
    assert answer.headers["Content-Type"] == JSON


CREDENTIAL = "Authorization header requires 'Credential' parameter. "
SIGNATURE = "Authorization header requires 'Signature' parameter. "
SIGNED_HEADERS = "Authorization header requires 'SignedHeaders' parameter. "
DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
MISSING = (400, "MissingAuthenticationTokenException", "Missing Authentication Token")


# A.4
@pytest.mark.parametrize("header, date, text", [
    ("a", {}, CREDENTIAL + SIGNATURE + SIGNED_HEADERS + DATE),
    ("a", {"X_Amz_Date": "b"}, CREDENTIAL + SIGNATURE + SIGNED_HEADERS),
    ("a", {"Date": "b"}, CREDENTIAL + SIGNATURE + SIGNED_HEADERS),
    ("AWS4-HMAC-SHA256 Credential=a", {"Date": "b"}, SIGNATURE + SIGNED_HEADERS),
    ("AWS4-HMAC-SHA256 Signature=b Credential=a", {}, SIGNED_HEADERS + DATE),
    ("AWS4-HMAC-SHA256 SignedHeaders=a,Signature=b", {"Date": "b"}, CREDENTIAL),
    ("Credential=a, SignedHeaders=a, Signature=b", {"Date": "b"}, CREDENTIAL),
    ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=a, Signature=b", {}, DATE),
])
def test_an_incomplete_authorization_header(server, header, date, text):
    answer = send(server, **signed(Authorization=header, **{"X_Amz_Date": None, **date}))
    assert answer.error() == (400, "IncompleteSignatureException", text + "Authorization=" + header)
    assert '"message"' in answer.body.decode()


def test_complete_nonsense_passes(server):
    header = "x Credential=a,SignedHeaders=b Signature=c"
    assert send(server, **signed(Authorization=header, X_Amz_Date="d")).status == 200


QUERY = {"X-Amz-Algorithm": "a", "X-Amz-Credential": "b", "X-Amz-Signature": "c", "X-Amz-SignedHeaders": "d",
         "X-Amz-Date": "e"}


def query_text(*names):
    return "".join(f"AWS query-string parameters must include '{n}'. " for n in names) + (
        "Re-examine the query-string parameters.")


def query(**changed):
    parts = {**QUERY, **{k.replace("_", "-"): v for k, v in changed.items()}}
    return "/?" + "&".join(f"{k}={v}" for k, v in parts.items() if v is not None)


@pytest.mark.parametrize("path, text", [
    ("/?X-Amz-Algorithm=a", query_text(*list(QUERY)[1:])),
    ("/?X-Amz-Algorithm=", query_text(*QUERY)),
    (query(X_Amz_Date=None), query_text("X-Amz-Date")),
    (query(X_Amz_Credential="", X_Amz_SignedHeaders=None),
     query_text("X-Amz-Credential", "X-Amz-SignedHeaders")),
])
def test_an_incomplete_query_signature(server, path, text):
    answer = send(server, path=path, **signed(Authorization=None))
    assert answer.error() == (400, "IncompleteSignatureException", text)


def test_query_signatures(server):
    unsigned = signed(Authorization=None, X_Amz_Date=None)
    assert send(server, path=query(), **unsigned).status == 200
    assert send(server, **unsigned).error() == MISSING
    assert send(server, path=query(X_Amz_Algorithm=None), **unsigned).error() == MISSING


@pytest.mark.parametrize("path", ["/?X-Amz-Algorithm=", "/?X-Amz-Algorithm", query()])
def test_two_signatures(server, path):
    assert send(server, path=path, **signed()).error() == (
        400, "InvalidSignatureException",
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")


def test_missing_authentication_is_told_before_a_wrong_type(server):
    assert send(server, body=b'{"Limit":"x"}', **signed(Authorization=None)).error() == MISSING


# A.3, 1
def padded(size):
    return b'{"Limit":1' + b" " * (size - 11) + b"}"


def test_16_mebibytes_are_accepted(server):
    assert send(server, body=padded(16 << 20), **signed()).status == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_larger_body_is_refused(server, announced):
    head = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in signed().items())
    with socket.create_connection((server.host, server.port), timeout=WAIT_S) as connection:
        body = padded((16 << 20) + 1)
        length = f"Content-Length: {len(body)}" if announced else "Transfer-Encoding: chunked"
        try:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: a\r\n{head}{length}\r\n\r\n".encode())
            connection.sendall(body if announced else f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer may come first
        answer = b""
        while not answer.endswith(b"\r\n0\r\n\r\n"):
            more = connection.recv(65536)
            assert more, answer
            answer += more
    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 413 ") and body == b"0\r\n\r\n"
    assert b"transfer-encoding: chunked" in head.lower() and b"x-amzn-requestid" not in head.lower()


def test_health(server):
    answer = send(server, "GET", "/_kinesisd/health", body=None)
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert isinstance(answer.json(), dict)


def test_the_default_credentials_are_enough(server):
    assert send(server, **signed(Authorization=authorization("test"))).status == 200
