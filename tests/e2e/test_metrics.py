"""GET /metrics, as Prometheus's own parser reads it, against what was done before."""

import http.client
import pathlib
import re
import socket
import ssl
import time

import boto3
import pytest
from botocore.config import Config
from prometheus_client.parser import text_string_to_metric_families

import faults
import kinesisd
from kinesisd import ACCOUNT, REGION, Connection, b64, create_stream, put, shard_id
from service_clock import move

ROOT = pathlib.Path(__file__).resolve().parents[2]


def page(server):
    with Connection(server) as connection:
        return connection.send("GET", "/metrics", {}, None)


class Metrics:
    """What a server tells now: families by name, samples by name and labels."""

    def __init__(self, server):
        self.text = page(server).body.decode()
        self.families = {family.name: family for family in text_string_to_metric_families(self.text)}
        self.samples = {(sample.name, frozenset(sample.labels.items())): sample.value
                        for family in self.families.values() for sample in family.samples}

    def value(self, metric, **labels):
        return self.samples.get((metric, frozenset(labels.items())))

    def of_stream(self, metric, stream, **labels):
        return self.value(metric, account=ACCOUNT, region=REGION, StreamName=stream, **labels)


def test_the_text_is_what_prometheus_reads(server, name):
    create_stream(server, name)
    answer = page(server)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    metrics = Metrics(server)
    for family in metrics.families.values():
        assert family.documentation.endswith("."), family.name
        assert family.type in ("counter", "gauge", "histogram", "summary"), family.name
    lines = metrics.text.splitlines()
    assert len(lines) == len(set(lines)), "a sample is told twice"
    assert metrics.value("kinesisd_build_info", version=re.search(
        r"project\(kinesisd VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]) == 1
    with Connection(server) as connection:
        head = connection.send("HEAD", "/metrics", {}, None)
    assert (head.status, head.body) == (200, b"")


def test_every_operation_is_told_of_and_every_error_counted(server, name):
    before = Metrics(server)
    create_stream(server, name)
    for _ in range(3):
        put(server, name, "x")
    server.call("PutRecord", {"StreamName": name + "-not", "Data": b64("x"), "PartitionKey": "k"})
    server.call("PutRecord", {"StreamName": name})
    after = Metrics(server)
    operations = {s.labels["operation"] for s in after.families["kinesisd_requests"].samples}
    assert len(operations) == 41 and {"PutRecord", "SubscribeToShard", "none"} < operations

    def grown(metric, **labels):
        return after.value(metric, operation="PutRecord", **labels) - (
            before.value(metric, operation="PutRecord", **labels) or 0)

    assert grown("kinesisd_requests_total", code="ok") == 3
    assert grown("kinesisd_requests_total", code="ResourceNotFoundException") == 1
    assert grown("kinesisd_requests_total", code="ValidationException") == 1
    assert grown("kinesisd_request_duration_seconds_count") == 5
    assert grown("kinesisd_request_duration_seconds_bucket", le="+Inf") == 5
    assert 0 < grown("kinesisd_request_duration_seconds_sum") < kinesisd.WAIT_S
    assert grown("kinesisd_request_bytes_total") > 100
    assert grown("kinesisd_response_bytes_total") > 100
    assert after.value("kinesisd_requests_in_flight", operation="PutRecord") == 0


@pytest.mark.parametrize("headers, body, operation, code", [
    ({"X-Amz-Target": "Kinesis_20131202.Nothing"}, b"{}", "none", "UnknownOperationException"),
    ({"Authorization": "AWS4-HMAC-SHA256 Credential=a"}, b"{}",
     "ListStreams", "IncompleteSignatureException"),
    ({}, b"{", "ListStreams", "SerializationException"),
])
def test_what_is_refused_is_counted_where_it_was_meant_for(server, headers, body, operation, code):
    def count():
        return Metrics(server).value("kinesisd_requests_total", operation=operation, code=code) or 0

    before = count()
    with Connection(server) as connection:
        assert connection.call("ListStreams", body, headers).status == 400
    assert count() == before + 1


def test_connections_and_commits(start):
    server = start()
    with Connection(server) as one:
        one.ok("ListStreams", {})
        create_stream(one, "s")
        record = {"Data": b64("x" * 1000), "PartitionKey": "k"}
        one.ok("PutRecords", {"StreamName": "s", "Records": [record] * 5})
        metrics = Metrics(server)
    assert metrics.value("kinesisd_connections") == 2
    assert metrics.value("kinesisd_connections_opened_total") == 2
    assert metrics.value("kinesisd_connections_refused_total") == 0
    assert metrics.value("kinesisd_http_requests_total", version="1.1", tls="no") >= 3
    assert metrics.value("kinesisd_commit_changes_count") >= 2
    assert metrics.value("kinesisd_commit_duration_seconds_count") >= 2
    assert metrics.value("kinesisd_commit_bytes_total") == 5 * 1001
    assert metrics.value("kinesisd_journal_waiting_changes") == 0
    assert metrics.value("kinesisd_streams") == 1
    assert metrics.value("kinesisd_open_shards") == 1
    assert metrics.value("kinesisd_memory_records") == 5
    assert metrics.value("process_resident_memory_bytes") > 1 << 20
    assert abs(metrics.value("process_start_time_seconds") - time.time()) < kinesisd.WAIT_S


def test_tls_handshakes_and_versions(start):
    server = start()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    https = http.client.HTTPSConnection(server.host, server.port, timeout=kinesisd.WAIT_S, context=context)
    https.request("GET", "/_kinesisd/health")
    assert https.getresponse().status == 200
    stranger = http.client.HTTPSConnection(server.host, server.port, timeout=kinesisd.WAIT_S)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/_kinesisd/health")
    server.wait_for_line("handshake failed")
    with socket.create_connection((server.host, server.port), kinesisd.WAIT_S) as old:
        old.sendall(b"GET /_kinesisd/health HTTP/1.0\r\n\r\n")
        while old.recv(4096):
            pass
    metrics = Metrics(server)
    assert metrics.value("kinesisd_tls_handshakes_total", result="ok") == 1
    assert metrics.value("kinesisd_tls_handshakes_total", result="failed") == 1
    assert metrics.value("kinesisd_http_requests_total", version="1.1", tls="yes") == 1
    assert metrics.value("kinesisd_http_requests_total", version="1.0", tls="no") == 1
    assert metrics.value("kinesisd_http_requests_total", version="2", tls="no") == 0
    https.close()


def test_what_is_too_large_is_counted(start):
    server = start()
    with socket.create_connection((server.host, server.port), kinesisd.WAIT_S) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in client.recv(4096)
    assert Metrics(server).value("kinesisd_requests_refused_total", reason="body_too_large") == 1


def test_records_read_from_the_disk(start, tmp_path):
    db = tmp_path / "data.db"
    server = start("--db", db)
    create_stream(server, "s")
    for data in ("one", "two"):
        put(server, "s", data)
    server.stop()
    server = start("--db", db)
    kinesisd.read_all(server, "s")
    metrics = Metrics(server)
    assert metrics.value("kinesisd_disk_reads_total") >= 1
    assert metrics.value("kinesisd_disk_read_records_total") == 2
    assert metrics.value("kinesisd_disk_read_bytes_total") == 2 * len("onek")
    assert metrics.of_stream("kinesis_IncomingRecords_total", "s") == 0  # counted since the process began


def client_of(server):
    return boto3.client("kinesis", endpoint_url=server.url, region_name=REGION, aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))


def test_cloudwatch_metrics_of_a_stream(start):
    server = start("--limits", "data", "--clock", "frozen")
    kinesis = client_of(server)
    create_stream(server, "orders")
    kinesis.put_record(StreamName="orders", Data=b"12345", PartitionKey="key")
    records = [{"Data": b"x" * 300_000, "PartitionKey": "k"}] * 5
    refused = kinesis.put_records(StreamName="orders", Records=records)["FailedRecordCount"]
    assert 0 < refused < 5
    iterator = kinesis.get_shard_iterator(StreamName="orders", ShardId=shard_id(0),
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    move(server, advance="2500ms")
    served = 0
    with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException):
        while True:
            kinesis.get_records(ShardIterator=iterator, Limit=1)
            served += 1
    metrics = Metrics(server)

    def value(metric):
        return metrics.of_stream("kinesis_" + metric, "orders")

    assert served == 5
    stored = 5 - refused
    assert value("IncomingRecords_total") == 1 + stored
    assert value("IncomingBytes_total") == 8 + stored * 300_001
    assert value("PutRecord_Bytes_total") == 8
    assert (value("PutRecord_Success_count"), value("PutRecord_Success_sum")) == (1, 1)
    assert value("PutRecord_Latency_count") == 1 and value("PutRecord_Latency_sum") > 0
    assert value("PutRecords_Bytes_total") == stored * 300_001
    assert value("PutRecords_TotalRecords_total") == 5
    assert value("PutRecords_SuccessfulRecords_total") == value("PutRecords_Records_total") == stored
    assert value("PutRecords_ThrottledRecords_total") == refused
    assert value("PutRecords_FailedRecords_total") == 0
    assert value("WriteProvisionedThroughputExceeded_total") == refused
    assert value("GetRecords_Records_total") == served
    assert value("GetRecords_Bytes_total") == 5 * served
    assert (value("GetRecords_Success_count"), value("GetRecords_Success_sum")) == (served + 1, served)
    assert value("GetRecords_Latency_count") == served
    assert value("GetRecords_IteratorAgeMilliseconds") == 2500
    assert value("ReadProvisionedThroughputExceeded_total") == 1

    # The end of the shard is no age.
    create_stream(server, "empty")
    latest = kinesis.get_shard_iterator(StreamName="empty", ShardId=shard_id(0), ShardIteratorType="LATEST")
    kinesis.get_records(ShardIterator=latest["ShardIterator"])
    assert Metrics(server).of_stream("kinesis_GetRecords_IteratorAgeMilliseconds", "empty") == 0
    kinesis.delete_stream(StreamName="orders")
    assert 'StreamName="orders"' not in Metrics(server).text


def test_failures_on_demand_count_as_what_they_stand_for(start):
    server = start("--limits", "off")
    create_stream(server, "orders")
    faults.add(server,
               {"operation": "PutRecord", "error": {"type": "ProvisionedThroughputExceededException"}},
               {"operation": "PutRecords", "records": {"indexes": [1]}})
    record = {"Data": b64("x"), "PartitionKey": "k"}
    assert server.call("PutRecord", {"StreamName": "orders", **record}).status == 400
    assert server.ok("PutRecords", {"StreamName": "orders", "Records": [record] * 3})["FailedRecordCount"] == 1
    metrics = Metrics(server)
    assert metrics.value("kinesisd_requests_total", operation="PutRecord",
                         code="ProvisionedThroughputExceededException") == 1
    assert metrics.of_stream("kinesis_PutRecords_ThrottledRecords_total", "orders") == 1
    assert metrics.of_stream("kinesis_PutRecords_SuccessfulRecords_total", "orders") == 2
    assert metrics.of_stream("kinesis_WriteProvisionedThroughputExceeded_total", "orders") == 1


def test_cloudwatch_metrics_of_a_consumer(start):
    server = start("--limits", "data", "--clock", "frozen")  # a subscription is too young for another all the time
    kinesis = client_of(server)
    create_stream(server, "orders")
    arn = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]
    registered = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")
    consumer = registered["Consumer"]["ConsumerARN"]
    kinesis.describe_stream_consumer(ConsumerARN=consumer)
    kinesis.put_record(StreamName="orders", Data=b"12345", PartitionKey="key")
    subscribe = {"ConsumerARN": consumer, "ShardId": shard_id(0),
                 "StartingPosition": {"Type": "TRIM_HORIZON"}}
    begun = time.monotonic()
    events = iter(kinesis.subscribe_to_shard(**subscribe)["EventStream"])
    assert next(events)["SubscribeToShardEvent"]["Records"][0]["Data"] == b"12345"
    with pytest.raises(kinesis.exceptions.ClientError):
        kinesis.subscribe_to_shard(**subscribe)
    metrics = Metrics(server)

    def value(metric):
        return metrics.of_stream("kinesis_" + metric, "orders", ConsumerName="reader")

    assert (value("SubscribeToShard_Success_count"), value("SubscribeToShard_Success_sum")) == (2, 1)
    assert value("SubscribeToShard_RateExceeded_total") == 1
    # One with the record, and one every five seconds to say that there are no others.
    assert 1 <= value("SubscribeToShardEvent_Success_total") <= 1 + (time.monotonic() - begun) // 5
    assert value("SubscribeToShardEvent_Records_total") == 1
    assert value("SubscribeToShardEvent_Bytes_total") == 5
    assert value("SubscribeToShardEvent_MillisBehindLatest") == 0
    assert metrics.value("kinesisd_subscriptions") == 1
    assert metrics.value("kinesisd_event_bytes_total") > 100
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    kinesis.list_stream_consumers(StreamARN=arn)
    assert 'ConsumerName="reader"' not in Metrics(server).text


def test_shard_level_metrics_are_told_when_they_are_on(server, name):
    kinesis = client_of(server)
    create_stream(server, name, 2)
    put(server, name, "12345")

    def active():
        return kinesis.describe_stream_summary(StreamName=name)  # which ends UPDATING

    assert f'StreamName="{name}",ShardId' not in Metrics(server).text
    kinesis.enable_enhanced_monitoring(StreamName=name,
                                       ShardLevelMetrics=["IncomingBytes", "OutgoingRecords"])
    for shard in range(2):
        kinesisd.read_all(server, name, shard)
    metrics = Metrics(server)

    def told(metric):
        return [metrics.of_stream("kinesis_shard_" + metric, name, ShardId=shard_id(i)) for i in range(2)]

    assert sum(told("IncomingBytes_total")) == 6
    assert sum(told("OutgoingRecords_total")) == 1
    assert told("IncomingRecords_total") == [None, None]
    active()
    kinesis.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])
    metrics = Metrics(server)
    for metric in ("IncomingRecords_total", "OutgoingBytes_total", "WriteProvisionedThroughputExceeded_total",
                   "ReadProvisionedThroughputExceeded_total", "IteratorAgeMilliseconds"):
        assert None not in told(metric), metric
    active()
    kinesis.disable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])
    metrics = Metrics(server)
    assert told("IncomingBytes_total") == [None, None]


def test_what_is_told_is_bounded(start):
    server = start("--limits", "off", "--shard-limit", "unlimited")
    with Connection(server) as connection:
        for i in range(3):
            create_stream(connection, f"s{i}", 500)
            connection.ok("EnableEnhancedMonitoring", {"StreamName": f"s{i}", "ShardLevelMetrics": ["ALL"]})
    metrics = Metrics(server)
    # The third stream and the last shards of the second; a stream that is left out counts once.
    assert metrics.value("kinesisd_metrics_left_out") == 3
    assert len(metrics.families["kinesis_shard_IncomingBytes"].samples) == 1000 - 2
    assert metrics.value("kinesisd_streams") == 3
    assert metrics.value("kinesisd_open_shards") == 1500


def test_the_manual_lists_all_metrics(server):
    rows = re.findall(r"^\| (`kines.*?|`process.*?) \|", (ROOT / "config/metrics.md").read_text(), re.M)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    told = set(re.findall(r"^# TYPE (\S+)", page(server).body.decode(), re.M))
    assert listed == told
