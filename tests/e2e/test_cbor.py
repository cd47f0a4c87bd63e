"""CBOR over HTTP, as the Java SDKs speak it (A.8): every kind of member both ways, errors, and bodies that do
not parse."""

import random
import time

import pytest

import cbor
from h2_client import Http2
from kinesisd import ACCOUNT, Connection, arn, create_stream, datas, headers_for, read_all, shard_id

CBOR = "application/x-amz-cbor-1.1"


class Client:
    """Answers are checked to be CBOR; errors are (status, members)."""

    def __init__(self, connection, pieces=False):
        self.connection, self.pieces = connection, pieces

    def send(self, operation, body):
        answer = self.connection.call(operation, body, headers={"Content-Type": CBOR})
        assert answer.headers["Content-Type"] == CBOR
        assert answer.headers["Content-Length"] == str(len(answer.body))
        return answer

    def call(self, operation, request):
        return self.send(operation, cbor.encode(request, self.pieces))

    def ok(self, operation, request):
        answer = self.call(operation, request)
        assert answer.status == 200, answer
        return cbor.decode(answer.body) if answer.body else None

    def error(self, operation, request):
        answer = self.call(operation, request)
        return answer.status, cbor.decode(answer.body)


@pytest.fixture(params=["lengths", "pieces"])
def client(request, server):
    with Connection(server) as connection:
        yield Client(connection, request.param == "pieces")


def error(kind, message=None, key="message"):
    return 400, {"__type": kind, **({key: message} if message else {})}


def test_an_operation_without_output_has_an_empty_body(client, name):
    answer = client.call("CreateStream", {"StreamName": name, "ShardCount": 1})
    assert (answer.status, answer.body) == (200, b"")


def test_texts_maps_lists_integers_booleans_and_times(client, name):
    before_ms = int(time.time() * 1000)
    tags = {"a": "", "ü": "水"}
    assert client.ok("CreateStream", {"StreamName": name, "ShardCount": 3, "Tags": tags}) is None
    described = client.ok("DescribeStream", {"StreamName": name, "Limit": 2})["StreamDescription"]
    assert described["StreamName"] == name
    assert described["StreamARN"] == arn(name)
    assert described["HasMoreShards"] is True
    assert [shard["ShardId"] for shard in described["Shards"]] == [shard_id(0), shard_id(1)]
    assert described["RetentionPeriodHours"] == 24
    created = described["StreamCreationTimestamp"]
    assert isinstance(created, cbor.Time)
    assert before_ms - 1000 <= created <= time.time() * 1000
    listed = client.ok("ListTagsForStream", {"StreamName": name})
    assert listed == {"HasMoreTags": False,
                      "Tags": [{"Key": "a", "Value": ""}, {"Key": "ü", "Value": "水"}]}
    assert client.ok("RemoveTagsFromStream", {"StreamName": name, "TagKeys": ["a"]}) is None
    assert len(client.ok("ListTagsForStream", {"StreamName": name})["Tags"]) == 1
    assert client.error("DeleteStream", {"StreamName": "nowhere", "EnforceConsumerDeletion": True}) == error(
        "ResourceNotFoundException", f"Stream nowhere under account {ACCOUNT} not found.")


def test_blobs_are_bytes_both_ways(client, server, name):
    create_stream(server, name)
    data = [b"", b"\x00\xff\xf3\x89\x9a\xc2", bytes(range(256)), b"x" * 70_000]
    for blob in data[:2]:
        answer = client.ok("PutRecord", {"StreamName": name, "Data": blob, "PartitionKey": "k"})
        assert answer["ShardId"] == shard_id(0)
        assert answer["SequenceNumber"].isdigit()
    answer = client.ok("PutRecords", {"StreamName": name, "Records": [
        {"Data": blob, "PartitionKey": "ü"} for blob in data[2:]]})
    assert answer["FailedRecordCount"] == 0
    assert len(answer["Records"]) == 2
    iterator = client.ok("GetShardIterator", {"StreamName": name, "ShardId": shard_id(0),
                                              "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
    page = client.ok("GetRecords", {"ShardIterator": iterator, "Limit": 10})
    assert [record["Data"] for record in page["Records"]] == data
    assert [record["PartitionKey"] for record in page["Records"]] == ["k", "k", "ü", "ü"]
    assert all(isinstance(record["ApproximateArrivalTimestamp"], cbor.Time) for record in page["Records"])
    assert page["MillisBehindLatest"] == 0
    assert datas(read_all(server, name)) == data


def test_times_in_requests_are_milliseconds(client, server, name):
    create_stream(server, name)
    for data in (b"0", b"1"):
        client.ok("PutRecord", {"StreamName": name, "Data": data, "PartitionKey": "k"})
        time.sleep(0.02)
    second = client.ok("GetRecords", {"ShardIterator": at(client, name, "TRIM_HORIZON")})["Records"][1]
    ms = second["ApproximateArrivalTimestamp"]
    tagged_float = cbor.Raw(b"\xc1" + cbor.encode(float(ms)))
    for timestamp in (ms, int(ms), float(ms), tagged_float):
        iterator = at(client, name, "AT_TIMESTAMP", Timestamp=timestamp)
        records = client.ok("GetRecords", {"ShardIterator": iterator})["Records"]
        assert [record["Data"] for record in records] == [b"1"]


def at(client, stream, kind, **members):
    return client.ok("GetShardIterator", {"StreamName": stream, "ShardId": shard_id(0),
                                          "ShardIteratorType": kind, **members})["ShardIterator"]


def test_500_records_of_16_kib(client, server, name):
    create_stream(server, name, shards=2)
    noise = random.Random(3)
    data = [noise.randbytes(16 * 1024) for _ in range(500)]
    answer = client.ok("PutRecords", {"StreamName": name, "Records": [
        {"Data": blob, "PartitionKey": str(i)} for i, blob in enumerate(data)]})
    assert answer["FailedRecordCount"] == 0
    assert sorted(datas(read_all(server, name, 0) + read_all(server, name, 1))) == sorted(data)


def test_null_is_absent_and_unknown_members_are_ignored(client):
    request = {"Limit": None, "ExclusiveStartStreamName": cbor.Raw(b"\xf7"),
               "Unknown": {"a": [1, {"b": None}]}, "": 1}
    assert "StreamNames" in client.ok("ListStreams", request)


def test_every_violation_is_told(client):
    assert client.error("DescribeStream", {"StreamName": "a b", "Limit": 0}) == error(
        "ValidationException", "2 validation errors detected: Value '0' at 'limit' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1; Value 'a b' at 'streamName' failed "
        "to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")


NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "


@pytest.mark.parametrize("request_, text", [
    ({"StreamName": 1}, NUMBER + "String"),
    ({"StreamName": 1.5}, NUMBER + "String"),
    ({"StreamName": b"s"}, "class java.nio.HeapByteBuffer can not be converted to an String"),
    ({"StreamName": ["s"]}, "Start of list found where not expected"),
    ({"Limit": "1"}, "class java.lang.String can not be converted to an Integer"),
    ({"Limit": {}}, "Start of structure or map found where not expected."),
    ([], "Start of list found where not expected"),
])
def test_wrong_types(client, request_, text):
    assert client.error("DescribeStream", request_) == error("SerializationException", text, "Message")


def test_errors_of_operations_and_of_the_front_end(client, server):
    assert client.error("DescribeStream", {"StreamName": "wrong-stream-name"}) == error(
        "ResourceNotFoundException", f"Stream wrong-stream-name under account {ACCOUNT} not found.")
    assert client.error("ListStream", {}) == error("UnknownOperationException")
    headers = {**headers_for("ListStreams"), "Content-Type": CBOR}
    del headers["Authorization"]
    answer = client.connection.send("POST", "/", headers, cbor.encode({}, client.pieces))
    assert (answer.status, cbor.decode(answer.body)) == error(
        "MissingAuthenticationTokenException", "Missing Authentication Token")
    assert answer.headers["Content-Type"] == CBOR


@pytest.mark.parametrize("body", [
    pytest.param(b"{}", id="JSON"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xa0\xa0", id="a second map"),
    pytest.param(b"\xf6", id="null"),
    pytest.param(b"\xbf", id="a map that does not end"),
    pytest.param(b"\xbb" + b"\xff" * 8, id="a map as long as memory"),
    pytest.param(b"\xa1\x61a\x9b" + b"\xff" * 8, id="a list as long as memory"),
    pytest.param(b"\xa1\x61a\x5b\x7f" + b"\xff" * 7, id="bytes as long as memory"),
    pytest.param(b"\xa1\x61a" + b"\x81" * 1_000_000 + b"\x01", id="a million lists in each other"),
    pytest.param(b"\x9f" * 8_000_000, id="8 million lists that do not end"),
    pytest.param(b"\xa1\x61a\x9f" + b"\xf6" * 8_000_000 + b"\xff", id="8 million values"),
    pytest.param(b"\xa1\x61a" + b"\xc1" * 8_000_000, id="8 million tags"),
    pytest.param(b"\xa1\x61a\x7f" + b"\x60" * 8_000_000, id="8 million empty pieces"),
])
def test_what_does_not_parse(server, body):
    with Connection(server) as connection:
        answer = Client(connection).send("ListStreams", body)
        assert (answer.status, cbor.decode(answer.body)) == error("SerializationException")
        assert Client(connection).call("ListStreams", {}).status == 200


def test_over_http2(server, name):
    create_stream(server, name)
    with Http2(server) as connection:
        def call(operation, request):
            body = cbor.encode(request, pieces=True)
            answer = connection.call(operation, body, headers={"Content-Type": CBOR})
            assert answer.headers["content-type"] == CBOR
            return answer.status, cbor.decode(answer.body)

        status, _ = call("PutRecord", {"StreamName": name, "Data": b"\xff", "PartitionKey": "k"})
        assert status == 200
        assert call("DescribeStream", {"StreamName": "nowhere"})[1]["__type"] == "ResourceNotFoundException"
    assert datas(read_all(server, name)) == [b"\xff"]
