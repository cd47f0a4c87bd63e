"""The two families of tag operations (C.17): of streams by name, and of streams and consumers by ARN."""

import pytest

from kinesisd import ACCOUNT, arn, create_stream
from tables import (ARGUMENT, ARN_PATTERN, IN_USE, NAME_PATTERN, NOT_FOUND, VALIDATION, Row, check, max_value,
                    min_length, min_value, missing, pattern, table, violations)

STREAM = "tags"
RESOURCE_PATTERN = r"arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+"
INVALID = ("Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ "
           ". / = + - % @.")
ALLOWED = "The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'."
NOT_ADDED = (f"Failed to add tags to stream {STREAM} under account {ACCOUNT} because some tags contained "
             f"illegal characters. {ALLOWED}")
NOT_REMOVED = (f"Failed to remove tags from stream {STREAM} under account {ACCOUNT} because some tags "
               f"contained illegal characters. {ALLOWED}")
# The limit was 50 already when AWS was recorded to say 10.
TOO_MANY = (f"Failed to add tags to stream {STREAM} under account {ACCOUNT} because a given stream cannot "
            "have more than 10 tags associated with it.")
KEY_LENGTHS = ("[Member must have length less than or equal to 128, Member must have length greater than or "
               "equal to 1]")
VALUE_LENGTHS = ("[Member must have length less than or equal to 256, Member must have length greater than "
                 "or equal to 0]")
NO_STREAM = f"Stream nowhere under account {ACCOUNT} not found."
NO_CONSUMER_ARN = arn(STREAM) + "/consumer/nobody:1700000000"
NO_CONSUMER = f"Consumer {NO_CONSUMER_ARN}, account {ACCOUNT} not found."


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM, Tags={"kept": "as it was"})


@pytest.fixture(params=["stream", "consumer"])
def resource(request, server, name):
    """The ARN of a stream, and of a consumer, with the tag created=yes."""
    tags = {"Tags": {"created": "yes"}}
    stream_arn = create_stream(server, name, **(tags if request.param == "stream" else {}))["StreamARN"]
    if request.param == "stream":
        return stream_arn
    request = {"StreamARN": stream_arn, "ConsumerName": "reader", **tags}
    consumer_arn = server.ok("RegisterStreamConsumer", request)["Consumer"]["ConsumerARN"]
    server.ok("DescribeStreamConsumer", {"ConsumerARN": consumer_arn})  # ends CREATING
    return consumer_arn


def listed(server, stream):
    return server.ok("ListTagsForStream", {"StreamName": stream})


def as_list(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def both(rows, by_name, by_arn):
    """The same rows for the operation that takes a name, and for the one that takes an ARN."""
    return table(*(row._replace(why=f"{operation}: {row.why}", request=(operation, {**row.request, **where}))
                   for operation, where in (by_name, by_arn) for row in rows))


def check_both(server, row):
    operation, request = row.request
    check(server, operation, row._replace(request=request))


# C.17 [V]; the reserved prefix [I]
@both([
    Row("no tags", {}, VALIDATION, violations(missing("tags"))),
    Row("no tags in the tags", {"Tags": {}}, VALIDATION, violations(min_length("tags", "'{}'", 1))),
    Row("an empty key", {"Tags": {"": "a"}}, VALIDATION,
        violations(("tags", "'{=a}'", f"Map keys must satisfy constraint: {KEY_LENGTHS}"))),
    Row("a key too long", {"Tags": {"a" * 129: ""}}, VALIDATION,
        violations(("tags", f"'{{{'a' * 129}=}}'", f"Map keys must satisfy constraint: {KEY_LENGTHS}"))),
    Row("a value too long", {"Tags": {"a": "b" * 257}}, VALIDATION,
        violations(("tags", f"'{{a={'b' * 257}}}'", f"Map value must satisfy constraint: {VALUE_LENGTHS}"))),
    Row("a semicolon in a key", {"Tags": {"a;b": ""}}, ARGUMENT, INVALID),
    Row("a comma in a value", {"Tags": {"a": "a,b"}}, ARGUMENT, INVALID),
    Row("a tab", {"Tags": {"a\tb": ""}}, ARGUMENT, INVALID),
    Row("a newline", {"Tags": {"a": "\n"}}, ARGUMENT, INVALID),
    Row("a character beyond the plane of letters", {"Tags": {"\U0001f600": ""}}, ARGUMENT, INVALID),
    Row("a percent sign in a key", {"Tags": {"100%": ""}}, ARGUMENT, NOT_ADDED),
    Row("a percent sign in a value", {"Tags": {"a": "100%"}}, ARGUMENT, NOT_ADDED),
    Row("AWS's prefix", {"Tags": {"aws:a": ""}}, ARGUMENT,
        "Tag key aws:a is not allowed because the prefix aws: is reserved for use by AWS."),
    Row("50 more than there are", {"Tags": {f"key-{i}": "" for i in range(50)}}, ARGUMENT, TOO_MANY),
], ("AddTagsToStream", {"StreamName": STREAM}), ("TagResource", {"ResourceARN": arn(STREAM)}))
def test_adding_tags_errors(server, row):
    check_both(server, row)
    assert listed(server, STREAM)["Tags"] == [{"Key": "kept", "Value": "as it was"}]


# C.17 [V]
@both([
    Row("no keys", {}, VALIDATION, violations(missing("tagKeys"))),
    Row("no keys in the list", {"TagKeys": []}, VALIDATION, violations(min_length("tagKeys", "'[]'", 1))),
    Row("an empty key", {"TagKeys": ["a", ""]}, VALIDATION,
        violations(("tagKeys", "'[a, ]'", f"Member must satisfy constraint: {KEY_LENGTHS}"))),
    Row("a semicolon", {"TagKeys": ["a;b"]}, ARGUMENT, INVALID),
    Row("a percent sign", {"TagKeys": ["kept", "100%"]}, ARGUMENT, NOT_REMOVED),
], ("RemoveTagsFromStream", {"StreamName": STREAM}), ("UntagResource", {"ResourceARN": arn(STREAM)}))
def test_removing_tags_errors(server, row):
    check_both(server, row)
    assert listed(server, STREAM)["Tags"] == [{"Key": "kept", "Value": "as it was"}]


# The stream is looked for before the tags are looked at (B.2).
ADDED = {"Tags": {"a;b": "%"}}
REMOVED = {"TagKeys": ["a;b"]}


@pytest.mark.parametrize("operation, rest", [
    ("AddTagsToStream", ADDED), ("RemoveTagsFromStream", REMOVED), ("ListTagsForStream", {})])
def test_errors_of_naming_a_stream(server, operation, rest):
    for row in (
            Row("stream absent", {"StreamName": "nowhere"}, NOT_FOUND, NO_STREAM),
            Row("stream absent, by ARN", {"StreamARN": arn("nowhere")}, NOT_FOUND, NO_STREAM),
            Row("neither name nor ARN", {}, ARGUMENT, "Either StreamName or StreamARN should be provided."),
            Row("name and ARN of different streams", {"StreamName": "a", "StreamARN": arn("b")}, ARGUMENT,
                f"StreamName a and StreamARN {arn('b')} do not name the same stream."),
            Row("a name that is none", {"StreamName": "a/b"}, VALIDATION,
                violations(pattern("streamName", "a/b", NAME_PATTERN))),
            Row("an ARN that is none", {"StreamARN": "a"}, VALIDATION,
                violations(pattern("streamARN", "a", ARN_PATTERN)))):
        check(server, operation, row._replace(request={**row.request, **rest}))


@pytest.mark.parametrize("operation, rest", [
    ("TagResource", ADDED), ("UntagResource", REMOVED), ("ListTagsForResource", {})])
def test_errors_of_naming_a_resource(server, operation, rest):
    for row in (
            Row("stream absent", {"ResourceARN": arn("nowhere")}, NOT_FOUND, NO_STREAM),
            Row("consumer absent", {"ResourceARN": NO_CONSUMER_ARN}, NOT_FOUND, NO_CONSUMER),
            Row("a stream of another region", {"ResourceARN": arn("nowhere", region="eu-west-1")}, NOT_FOUND,
                NO_STREAM),
            Row("nothing given", {}, VALIDATION, violations(missing("resourceARN"))),
            Row("an ARN that is none", {"ResourceARN": "a"}, VALIDATION,
                violations(pattern("resourceARN", "a", RESOURCE_PATTERN)))):
        check(server, operation, row._replace(request={**row.request, **rest}))


@table(
    Row("no tags on a page", {"StreamName": STREAM, "Limit": 0}, VALIDATION,
        violations(min_value("limit", 0, 1))),
    Row("too many tags on a page", {"StreamName": STREAM, "Limit": 51}, VALIDATION,
        violations(max_value("limit", 51, 50))),
    Row("an empty start", {"StreamName": STREAM, "ExclusiveStartTagKey": ""}, VALIDATION,
        violations(min_length("exclusiveStartTagKey", "''", 1))),
)
def test_list_tags_for_stream_errors(server, row):
    check(server, "ListTagsForStream", row)


def test_tags_come_with_the_stream_or_consumer_and_are_added_changed_and_removed(server, resource):
    def tags():
        return server.ok("ListTagsForResource", {"ResourceARN": resource})["Tags"]

    assert tags() == as_list(created="yes")
    added = server.call("TagResource", {"ResourceARN": resource, "Tags": {"team": "blue", "a": ""}})
    assert (added.status, added.body) == (200, b"")
    assert tags() == as_list(a="", created="yes", team="blue")
    server.ok("TagResource", {"ResourceARN": resource, "Tags": {"team": "green"}})
    keys = ["a", "created", "never there"]
    removed = server.call("UntagResource", {"ResourceARN": resource, "TagKeys": keys})
    assert (removed.status, removed.body) == (200, b"")
    assert tags() == as_list(team="green")


def test_a_stream_and_its_consumer_have_tags_of_their_own(server, name):
    stream_arn = create_stream(server, name, Tags={"of": "stream"})["StreamARN"]
    consumer = server.ok("RegisterStreamConsumer", {
        "StreamARN": stream_arn, "ConsumerName": "reader", "Tags": {"of": "consumer"}})["Consumer"]
    for resource, of in ((stream_arn, "stream"), (consumer["ConsumerARN"], "consumer")):
        assert server.ok("ListTagsForResource", {"ResourceARN": resource})["Tags"] == as_list(of=of)


def test_both_families_see_the_same_tags_of_a_stream(server, name):
    stream_arn = create_stream(server, name)["StreamARN"]
    server.ok("AddTagsToStream", {"StreamARN": stream_arn, "Tags": {"a": "1", "b": "2"}})
    server.ok("UntagResource", {"ResourceARN": stream_arn, "TagKeys": ["a"]})
    server.ok("TagResource", {"ResourceARN": stream_arn, "Tags": {"c": "3"}})
    server.ok("RemoveTagsFromStream", {"StreamName": name, "TagKeys": ["b"]})
    assert listed(server, name) == {"Tags": as_list(c="3"), "HasMoreTags": False}


# C.17 [V]: sorted by key in code-point order; any start will do.
def test_tags_are_listed_in_pages(server, name):
    create_stream(server, name)
    keys = ["B", "a", "a b", "b", "ä", "日本", "한국"]
    assert keys == sorted(keys)
    server.ok("AddTagsToStream", {"StreamName": name, "Tags": {key: key for key in reversed(keys)}})

    def page(**members):
        answer = server.ok("ListTagsForStream", {"StreamName": name, **members})
        assert all(tag["Key"] == tag["Value"] for tag in answer["Tags"])
        return [tag["Key"] for tag in answer["Tags"]], answer["HasMoreTags"]

    for members, expected in (
            ({}, (keys, False)),
            ({"Limit": 3}, (keys[:3], True)),
            ({"Limit": 3, "ExclusiveStartTagKey": "a b"}, (keys[3:6], True)),
            ({"Limit": 3, "ExclusiveStartTagKey": "日本"}, (keys[6:], False)),
            ({"Limit": 7}, (keys, False)),
            ({"ExclusiveStartTagKey": "no; such% key"}, (keys[4:], False)),
            ({"ExclusiveStartTagKey": "힣"}, ([], False))):
        assert page(**members) == expected, members


def test_a_stream_may_have_50_tags(server, name):
    create_stream(server, name, Tags={f"key-{i:02}": "" for i in range(50)})
    answer = listed(server, name)
    assert (len(answer["Tags"]), answer["HasMoreTags"]) == (50, False)
    # Changing what is there adds nothing.
    server.ok("AddTagsToStream", {"StreamName": name, "Tags": {"key-00": "changed"}})
    more = server.call("AddTagsToStream", {"StreamName": name, "Tags": {"key-50": ""}})
    assert more.error() == (400, ARGUMENT, TOO_MANY.replace(f"stream {STREAM} ", f"stream {name} "))


# C.1: while CREATING, UPDATING changes nothing.
def test_a_stream_takes_tags_when_it_is_there(start):
    server = start("--transition-ms", 600_000)
    server.ok("CreateStream", {"StreamName": STREAM, "ShardCount": 1})
    for operation, request in (
            ("AddTagsToStream", {"StreamName": STREAM, "Tags": {"a": ""}}),
            ("RemoveTagsFromStream", {"StreamName": STREAM, "TagKeys": ["a"]}),
            ("TagResource", {"ResourceARN": arn(STREAM), "Tags": {"a": ""}}),
            ("UntagResource", {"ResourceARN": arn(STREAM), "TagKeys": ["a"]})):
        check(server, operation, Row("creating", request, IN_USE, (
            f"Stream {STREAM} under account {ACCOUNT} not ACTIVE, instead in state CREATING")))


def test_tags_survive_a_restart_and_go_with_their_stream(start, tmp_path):
    flags = ("--db", tmp_path / "streams.db")
    server = start(*flags)
    create_stream(server, "s", Tags={"team": "blue"})
    server.ok("AddTagsToStream", {"StreamName": "s", "Tags": {"ключ": "значение"}})
    server.stop()
    server = start(*flags)
    assert listed(server, "s")["Tags"] == as_list(team="blue", ключ="значение")
    server.ok("DeleteStream", {"StreamName": "s"})
    server.call("DescribeStreamSummary", {"StreamName": "s"})  # ends DELETING
    create_stream(server, "s")
    assert listed(server, "s") == {"Tags": [], "HasMoreTags": False}
