"""--credentials: signatures made by botocore hold, others are refused as AWS does it (A.3, step 12)."""

import datetime
import hashlib
import json

import boto3
import botocore.auth
import botocore.config
import botocore.exceptions
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import h2_client
from kinesisd import JSON, REGION, TARGET_PREFIX, WAIT_S, Connection, Server
from test_restart import check_refused, refusal

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_KEY, SESSION_SECRET, TOKEN = "ASIAEXAMPLE", "another/secret", "IQoJ//token+=="
ACCOUNT_KEY = "123456789012"
FILE = f"""# for tests
[default]
aws_access_key_id = {KEY}
aws_secret_access_key = {SECRET}

[session]
aws_access_key_id={SESSION_KEY}
aws_secret_access_key={SESSION_SECRET}
aws_session_token={TOKEN}

[account]
aws_access_key_id = {ACCOUNT_KEY}
aws_secret_access_key = {SECRET}
region = eu-west-1
"""

MISMATCH = (400, "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS "
            "Secret Access Key and signing method. Consult the service documentation for details.")
UNRECOGNIZED = (400, "UnrecognizedClientException", "The security token included in the request is invalid.")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    file = tmp_path_factory.mktemp("aws") / "credentials"
    file.write_text(FILE)
    with Server("--credentials", file) as server:
        yield server


class Presigner(botocore.auth.SigV4QueryAuth):
    """botocore moves a JSON body into the query unless it is kept from it."""

    body = b"{}"

    def payload(self, request):
        return hashlib.sha256(self.body).hexdigest()


def signed(server, operation="ListStreams", body=b"{}", key=KEY, secret=SECRET, token=None, query=False,
           host=None, headers=None):
    """(path, headers) of a request that holds."""
    request = AWSRequest("POST", f"http://{host}/" if host else server.url + "/", data=None if query else body,
                         headers={"X-Amz-Target": TARGET_PREFIX + operation, "Content-Type": JSON,
                                  **(headers or {})})
    signer = Presigner if query else botocore.auth.SigV4Auth
    signer(Credentials(key, secret, token), "kinesis", REGION).add_auth(request)
    return request.url[request.url.index("/", len("http://")):], dict(request.headers.items())


def send(server, path, headers, body=b"{}"):
    with Connection(server) as connection:
        return connection.send("POST", path, headers, body)


def client(server, key=KEY, secret=SECRET, token=None):
    return boto3.client("kinesis", endpoint_url=server.url, region_name=REGION, aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token,
                        config=botocore.config.Config(retries={"total_max_attempts": 1}))


@pytest.mark.parametrize("who", [(KEY, SECRET), (SESSION_KEY, SESSION_SECRET, TOKEN)], ids=["key", "session"])
def test_boto3_works_with_a_profile_of_the_file(guarded, name, who):
    kinesis = client(guarded, *who)
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name)
    data = bytes(range(256))
    kinesis.put_records(StreamName=name, Records=[{"Data": data, "PartitionKey": "schlüssel"}] * 3)
    iterator = kinesis.get_shard_iterator(StreamName=name, ShardId="shardId-000000000000",
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert [r["Data"] for r in kinesis.get_records(ShardIterator=iterator)["Records"]] == [data] * 3


def test_a_key_of_12_digits_is_still_the_account(guarded, name):
    kinesis = client(guarded, ACCOUNT_KEY)
    kinesis.create_stream(StreamName=name, ShardCount=1)
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["StreamARN"].split(":")[4] == ACCOUNT_KEY


@pytest.mark.parametrize("query", [False, True], ids=["header", "query"])
@pytest.mark.parametrize("body", [b"{}", b'{ "Limit" : 1, "ExclusiveStartStreamName": "\\u0061" }'])
def test_a_signature_that_holds(guarded, query, body, monkeypatch):
    monkeypatch.setattr(Presigner, "body", body)
    path, headers = signed(guarded, body=body, query=query)
    assert ("X-Amz-Signature=" in path) == query
    assert send(guarded, path, headers, body).status == 200


@pytest.mark.parametrize("query", [False, True], ids=["header", "query"])
@pytest.mark.parametrize("changed, expected", [
    ({"secret": "wrong"}, MISMATCH),
    ({"key": "AKIDOTHER"}, UNRECOGNIZED),
    ({"token": TOKEN}, UNRECOGNIZED),
    ({"key": SESSION_KEY, "secret": SESSION_SECRET}, UNRECOGNIZED),
    ({"key": SESSION_KEY, "secret": SESSION_SECRET, "token": "other"}, UNRECOGNIZED),
], ids=["secret", "key", "token for none", "no token", "token"])
def test_credentials_that_do_not_hold(guarded, query, changed, expected):
    assert send(guarded, *signed(guarded, query=query, **changed)).error() == expected


@pytest.mark.parametrize("query", [False, True], ids=["header", "query"])
def test_a_tampered_request(guarded, query):
    path, headers = signed(guarded, query=query, headers={"X-Note": "a  b"})
    assert send(guarded, path, headers).status == 200
    assert send(guarded, path, headers, b"{ }").error() == MISMATCH
    assert send(guarded, path, {**headers, "X-Note": "a c"}).error() == MISMATCH
    assert send(guarded, path, {**headers, "X-Amz-Target": TARGET_PREFIX + "DescribeLimits"}).status == 400
    assert send(guarded, path + ("&" if query else "?") + "a=b", headers).error() == MISMATCH
    assert send(guarded, path, {**headers, "X-Other": "not signed"}).status == 200


@pytest.mark.parametrize("off_s, text", [(-301, "Signature expired: "),
                                         # What a test takes brings it closer.
                                         (300 + 2 * WAIT_S, "Signature not yet current: ")])
def test_a_clock_that_is_off(guarded, monkeypatch, off_s, text):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=off_s)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: at)
    status, kind, message = send(guarded, *signed(guarded)).error()
    assert (status, kind) == (400, "InvalidSignatureException")
    assert message.startswith(text + at.strftime("%Y%m%dT%H%M%SZ")) and message.endswith(" 5 min.)")


def test_what_comes_before_the_signature(guarded):
    path, headers = signed(guarded, secret="wrong")
    assert send(guarded, path, headers, b"{").error() == (400, "SerializationException", None)
    assert send(guarded, path, {**headers, "X-Amz-Target": "Kinesis_20131202.Nothing"}).error() == (
        400, "UnknownOperationException", None)
    del headers["Authorization"]
    assert send(guarded, path, headers).error()[1] == "MissingAuthenticationTokenException"


def test_the_signature_comes_before_the_types_of_members(guarded):
    body = b'{"StreamName": 1}'
    wrong = signed(guarded, "DescribeStream", body=body, secret="wrong")
    assert send(guarded, *wrong, body).error() == MISMATCH
    right = signed(guarded, "DescribeStream", body=body)
    assert send(guarded, *right, body).error()[1] == "SerializationException"


def test_http2(guarded):
    body = json.dumps({"Limit": 1}).encode()
    _, headers = signed(guarded, body=body, host="localhost", headers={"X-Note": "n"})
    with h2_client.Http2(guarded) as http2:
        assert http2.call("ListStreams", body, headers=headers).status == 200
        assert http2.call("ListStreams", b"{}", headers=headers).error() == MISMATCH
        assert http2.call("ListStreams", body, headers={**headers, "X-Note": "m"}).error() == MISMATCH


def test_own_endpoints_need_no_signature(guarded):
    with Connection(guarded) as connection:
        assert connection.send("GET", "/_kinesisd/health", {}, None).status == 200


def test_the_log_names_the_access_key(guarded):
    send(guarded, *signed(guarded, key="AKIDWHOEVER"))
    guarded.wait_for_line("UnrecognizedClientException: .*The access key id is AKIDWHOEVER.")


@pytest.mark.parametrize("text, words", [
    ("", ["no profile"]),
    ("[a]\naws_access_key_id = K\n", ["line 2", "[a]", "aws_secret_access_key"]),
    (FILE + f"[b]\naws_access_key_id = {KEY}\naws_secret_access_key = x\n", ["line 16", KEY]),
])
def test_a_file_that_cannot_be_meant(tmp_path, text, words):
    file = tmp_path / "credentials"
    file.write_text(text)
    check_refused(refusal("--credentials", file), file, *words)


def test_a_file_that_is_not_there():
    check_refused(refusal("--credentials", "/no/such/file"), "/no/such/file")
    check_refused(refusal(env={"KINESISD_CREDENTIALS": "/"}), "/ cannot be read")
