"""Members of the wrong JSON type (A.6)."""

import pytest

from kinesisd import shard_id

NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to "
BOOLEAN = "class java.lang.Boolean can not be converted to "
STRING = "class java.lang.String can not be converted to "
LIST = "Start of list found where not expected"
MAP = "Start of structure or map found where not expected."
SINCE_EPOCH = "milliseconds since epoch"


def blob(text, why):
    return text, f"'{text}' can not be converted to a Blob: {why}"


ROWS = {
    ("DescribeStream", "StreamName"): [
        (True, BOOLEAN + "an String"), (False, BOOLEAN + "an String"), (1, NUMBER + "an String"),
        (1.5, NUMBER + "an String"), ([], LIST), ({}, MAP)],
    ("DescribeStream", "Limit"): [
        ("1", STRING + "an Integer"), (True, BOOLEAN + "an Integer"), ([], LIST), ({}, MAP)],
    ("DeleteStream", "EnforceConsumerDeletion"): [
        ("hello", "'HELLO' can not be converted to an Boolean"), (1, NUMBER + "an Boolean"), ([], LIST),
        ({}, MAP)],
    ("PutRecord", "Data"): [
        (True, BOOLEAN + "a Blob"), (1, NUMBER + "a Blob"), ([], LIST), ({}, MAP),
        blob("23456", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        blob("=+/=", "Invalid Base64 character: '='"),
        blob("a~bc", "Invalid Base64 character: '~'"),
        blob("+/+=", "Invalid last non-pad Base64 character dectected")],
    ("ListShards", "StreamCreationTimestamp"): [
        ("1", STRING + SINCE_EPOCH), (True, BOOLEAN + SINCE_EPOCH), ([], LIST), ({}, MAP)],
    ("PutRecords", "Records"): [
        ("x", "Expected list or null"), (1, "Expected list or null"), (True, "Expected list or null"),
        ({}, MAP)],
    ("CreateStream", "Tags"): [
        ("x", "Expected map or null"), (1, "Expected map or null"), (True, "Expected map or null"),
        ([], LIST)],
    ("CreateStream", "StreamModeDetails"): [
        ("x", "Expected null"), (1, "Expected null"), (True, "Expected null"), ([], LIST)],
}


@pytest.mark.parametrize("operation, member, value, text", [
    (operation, member, *row) for (operation, member), rows in ROWS.items() for row in rows])
def test_wrong_types(server, operation, member, value, text):
    answer = server.call(operation, {member: value})
    assert answer.status == 400
    assert answer.json() == {"__type": "SerializationException", "Message": text}
    assert answer.body.startswith(b'{"__type"')


@pytest.mark.parametrize("request_, text", [
    ({"Records": ["x"]}, "Expected null"),
    ({"Records": [[]]}, LIST),
    ({"Records": [{"PartitionKey": 1}]}, NUMBER + "an String"),
    ({"Records": [{"Data": 1, "PartitionKey": []}]}, LIST),  # the service's order, not the request's
    ({"StreamName": 1, "Records": 1}, "Expected list or null"),
])
def test_wrong_types_inside(server, request_, text):
    assert server.call("PutRecords", request_).error() == (400, "SerializationException", text)


def test_a_wrong_type_is_told_before_a_violated_constraint(server):
    answer = server.call("DescribeStream", {"StreamName": "", "Limit": "x"})
    assert answer.error() == (400, "SerializationException", STRING + "an Integer")


def test_null_is_absent_and_unknown_members_are_ignored(server):
    request = {"Limit": None, "ExclusiveStartStreamName": None, "Unknown": {"a": [1, {"b": None}]}, "": 1}
    assert server.call("ListStreams", request).status == 200


def test_integers_are_rounded_down_and_clamped(server):
    for limit in (1.9, 1e0, "1E0"):
        body = f'{{"Limit":{limit}}}'.encode()
        assert server.call("ListStreams", body).status == 200
    for limit in (0.9, 1e300):
        status, kind, text = server.call("ListStreams", {"Limit": limit}).error()
        assert (status, kind) == (400, "ValidationException")
        assert f"Value '{0 if limit < 1 else 2147483647}' at 'limit'" in text


def test_booleans_may_be_words(server):
    for word in ("true", "false", "1", "0", "yes", "no"):
        answer = server.call("DeleteStream", {"StreamName": "nowhere", "EnforceConsumerDeletion": word})
        assert answer.error()[1] == "ResourceNotFoundException"


def test_timestamps_may_have_fractions(server):
    for at in (1, 1.5, 1.441215410867e9, -1):
        answer = server.call("GetShardIterator", {"StreamName": "nowhere", "ShardId": shard_id(0),
                                                  "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": at})
        assert answer.error()[1] == "ResourceNotFoundException"
