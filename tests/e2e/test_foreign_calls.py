"""The two calls to other services that clients make at their start, with boto3 and in each of the forms that
SDKs write: STS GetCallerIdentity, and CloudWatch PutMetricData, which is discarded."""

import datetime
import gzip
import json

import boto3
import botocore.config
import botocore.exceptions
import pytest

import cbor
from h2_client import Http2
from kinesisd import ACCOUNT, Connection, Server, authorization

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
METRIC_TARGET = "GraniteServiceVersion20100801"
METRIC_PATH = f"/service/{METRIC_TARGET}/operation/PutMetricData"


def client(server, service, key="test", secret="test", **config):
    return boto3.client(service, endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=key,
                        aws_secret_access_key=secret,
                        config=botocore.config.Config(retries={"total_max_attempts": 1}, **config))


def post(server, service, headers, body, path="/"):
    signed = {"X-Amz-Date": "20260101T000000Z",
              "Authorization": authorization().replace("/kinesis/", f"/{service}/")}
    with Connection(server) as connection:
        return connection.send("POST", path, {**signed, **headers}, body)


def metrics(count):
    now = datetime.datetime.now(datetime.timezone.utc)
    return [{"MetricName": f"Metric{i}", "Timestamp": now, "Value": i, "Unit": "Count",
             "Dimensions": [{"Name": "StreamName", "Value": "s" * 50}]} for i in range(count)]


@pytest.mark.parametrize("key, account", [("test", ACCOUNT), ("123456789012", "123456789012")])
def test_who_the_caller_is(server, key, account):
    identity = client(server, "sts", key).get_caller_identity()
    assert identity["Account"] == identity["UserId"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:root"
    assert identity["ResponseMetadata"]["RequestId"] == identity["ResponseMetadata"]["HTTPHeaders"][
        "x-amzn-requestid"]


def test_who_the_caller_is_by_a_signed_url(server):
    url = client(server, "sts", "123456789012").generate_presigned_url("get_caller_identity")
    assert url.startswith(server.url)
    with Connection(server) as connection:
        answer = connection.send("GET", url[len(server.url):], {}, None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml")
    assert b"<Account>123456789012</Account>" in answer.body


@pytest.mark.parametrize("count", [1, 1000])
@pytest.mark.parametrize("compress", [False, True])
def test_metrics_are_taken(server, count, compress):
    cloudwatch = client(server, "cloudwatch", disable_request_compression=not compress)
    answer = cloudwatch.put_metric_data(Namespace="n", MetricData=metrics(count))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("headers, path, body, content_type, answered", [
    pytest.param({"Content-Type": FORM}, "/", b"Action=PutMetricData&Version=2010-08-01&Namespace=n",
                 "text/xml", None, id="form"),
    pytest.param({"Content-Type": "application/x-amz-json-1.0",
                  "X-Amz-Target": METRIC_TARGET + ".PutMetricData"}, "/", b'{"Namespace":"n"}',
                 "application/x-amz-json-1.0", b"{}", id="JSON"),
    pytest.param({"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor"}, METRIC_PATH,
                 cbor.encode({"Namespace": "n"}), "application/cbor", b"\xa0", id="CBOR"),
])
def test_metrics_in_each_form(server, zipped, headers, path, body, content_type, answered):
    if zipped:
        headers, body = {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
    answer = post(server, "monitoring", headers, body, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    if answered is None:
        assert answer.body.startswith(b"<PutMetricDataResponse ")
    else:
        assert answer.body == answered


def test_over_http2(server):
    with Http2(server) as connection:
        stream = connection.h2.get_next_available_stream_id()
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        connection.h2.send_headers(stream, [
            (":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", "/"),
            ("content-type", FORM), ("x-amz-date", "20260101T000000Z"),
            ("authorization", authorization("123456789012").replace("/kinesis/", "/sts/"))])
        connection.h2.send_data(stream, body, end_stream=True)
        connection.flush()
        answer = connection.wait(stream)
    assert answer.status == 200
    assert b"<Account>123456789012</Account>" in answer.body


def refusal(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    return error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"], error["Error"]["Message"]


def test_everything_else_of_these_services_is_refused(server):
    sts, cloudwatch = client(server, "sts"), client(server, "cloudwatch")
    assert refusal(sts.get_session_token) == (
        400, "InvalidAction", "Of STS, kinesisd answers GetCallerIdentity only, not GetSessionToken.")
    assert refusal(cloudwatch.list_metrics) == (
        400, "InvalidAction", "Of CloudWatch, kinesisd answers PutMetricData only, not ListMetrics.")
    answer = post(server, "monitoring", {"X-Amz-Target": METRIC_TARGET + ".ListMetrics"}, b"{}")
    assert (answer.status, json.loads(answer.body)["__type"]) == (400, "InvalidAction")


def test_without_authentication(server):
    unsigned = botocore.UNSIGNED
    assert refusal(client(server, "sts", signature_version=unsigned).get_caller_identity) == (
        403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    assert refusal(client(server, "cloudwatch", signature_version=unsigned).put_metric_data, Namespace="n",
                   MetricData=metrics(1)) == (
        400, "MissingAuthenticationToken", "Missing Authentication Token")


def test_signatures_are_verified_where_credentials_are_given(tmp_path):
    file = tmp_path / "credentials"
    file.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    with Server("--credentials", file) as server:
        assert client(server, "sts", KEY, SECRET).get_caller_identity()["Account"] == ACCOUNT
        cloudwatch = client(server, "cloudwatch", KEY, SECRET)
        for count in (1, 1000):
            assert cloudwatch.put_metric_data(Namespace="n", MetricData=metrics(count))
        status, code, _ = refusal(client(server, "sts", KEY, "wrong").get_caller_identity)
        assert (status, code) == (403, "SignatureDoesNotMatch")
        status, code, _ = refusal(client(server, "sts", "AKIDNOBODY", SECRET).get_caller_identity)
        assert (status, code) == (403, "InvalidClientTokenId")
        status, code, _ = refusal(client(server, "cloudwatch", KEY, "wrong").put_metric_data, Namespace="n",
                                  MetricData=metrics(1))
        assert (status, code) == (400, "SignatureDoesNotMatch")
