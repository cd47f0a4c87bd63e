"""Calls for other services, which come from one AWS_ENDPOINT_URL for everything: refused as AWS does (A.4), and the
log says for whom they were and what to set."""

import contextlib
import json

import boto3
import botocore.config
import botocore.exceptions
import pytest

from kinesisd import Connection, Server, authorization

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MESSAGE = "Credential should be scoped to correct service: 'kinesis'. "
XML = ("<InvalidSignatureException>\n"
       f"  <Message>{MESSAGE}</Message>\n"
       "</InvalidSignatureException>\n").encode()
JSON_1_0, JSON_1_1 = "application/x-amz-json-1.0", "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def advice(subject, service):
    return (f"{subject}: it is meant for {service}, and this is Kinesis: set AWS_ENDPOINT_URL_KINESIS instead of "
            f"AWS_ENDPOINT_URL, or have such calls passed on with --forward {service}=http://HOST:PORT")


def send(server, service, method="POST", path="/", headers=None, body=b"{}"):
    signed = {"X-Amz-Date": "20260101T000000Z", "Authorization": authorization().replace("kinesis", service)}
    with Connection(server) as connection:
        return connection.send(method, path, {**signed, **(headers or {})}, body)


ROWS = [
    pytest.param("dynamodb", "POST", "DynamoDB_20120810.ListTables", JSON_1_0, b"{}", id="DynamoDB"),
    pytest.param("sqs", "POST", "AmazonSQS.ReceiveMessage", JSON_1_0, b"{}", id="SQS"),
    pytest.param("s3", "GET", None, None, None, id="S3"),
    pytest.param("s3", "PUT", None, None, b"object", id="S3 put"),
    pytest.param("s3", "POST", None, None, b"", id="nothing in it"),
    pytest.param("cloudformation", "POST", None, FORM, b"Action=ListStacks&Version=2010-05-15", id="CloudFormation"),
    pytest.param("lambda", "POST", None, "application/json", b"{}", id="Lambda"),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    file = tmp_path_factory.mktemp("other") / "credentials"
    file.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    with Server("--credentials", file) as server:
        yield server


@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize("service, method, target, kind, body", ROWS)
def test_a_call_for_another_service(server, guarded, verified, service, method, target, kind, body):
    asked = guarded if verified else server
    headers = {**({"X-Amz-Target": target} if target else {}), **({"Content-Type": kind} if kind else {})}
    answer = send(asked, service, method, "/", headers, body)
    assert (answer.status, answer.body) == (403, XML)
    assert answer.headers["Content-Type"] is None
    asked.wait_for_line(advice(target or f"{method} /", service).replace("(", r"\(") + "$")


@pytest.mark.parametrize("verified", [False, True])
def test_one_that_speaks_our_json(server, guarded, verified):
    """AWS's answer in this form was never seen; it is the same in JSON."""
    asked = guarded if verified else server
    target = "Firehose_20150804.ListDeliveryStreams"
    answer = send(asked, "firehose", headers={"X-Amz-Target": target, "Content-Type": JSON_1_1})
    assert answer.error() == (400, "InvalidSignatureException", MESSAGE)
    asked.wait_for_line(advice(target, "firehose") + "$")
    answer = send(asked, "firehose", headers={"X-Amz-Target": target, "Content-Type": JSON_1_1}, body=b"{")
    assert (answer.status, answer.json()) == (400, {"__type": "SerializationException"})


def test_a_signature_without_a_region(server):
    answer = send(server, "s3", "GET", "/bucket", {
        "Authorization": "AWS4-ECDSA-P256-SHA256 Credential=test/20260101/s3/aws4_request, SignedHeaders=host, "
                         "Signature=00"}, None)
    assert answer.body == XML
    server.wait_for_line(advice("GET /bucket", "s3") + "$")


def test_a_call_of_kinesis_with_another_scope_is_served_where_signatures_are_not_verified(server):
    headers = {"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": JSON_1_1}
    assert send(server, "dynamodb", headers=headers).status == 200


def test_as_botocore_sees_it(server):
    client = boto3.client("dynamodb", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="test",
                          aws_secret_access_key="test",
                          config=botocore.config.Config(retries={"total_max_attempts": 1}))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.list_tables()
    assert MESSAGE.strip() in str(caught.value)
