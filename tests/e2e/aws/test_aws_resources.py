"""What belongs to a stream: tags and consumers."""

import pytest

from target import account_of, not_found, refused, summary_of, wait_consumer


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    return make_shared_stream(Tags={"made": "by a test"})


def tags_of(kinesis, stream, **members):
    answer = kinesis.list_tags_for_stream(StreamName=stream.name, **members)
    return [(tag["Key"], tag["Value"]) for tag in answer["Tags"]], answer["HasMoreTags"]


def absent_arn(stream):
    return stream.arn + "-absent"


# C.17
def test_both_families_of_tag_calls(kinesis, make_stream):
    stream = make_stream(Tags={"b": "created"})
    assert tags_of(kinesis, stream) == ([("b", "created")], False)
    kinesis.add_tags_to_stream(StreamName=stream.name, Tags={"a": "added", "empty": "", "ü_./=+-@": "1 2"})
    kinesis.tag_resource(ResourceARN=stream.arn, Tags={"c": "tagged", "b": "changed"})
    expected = [("a", "added"), ("b", "changed"), ("c", "tagged"), ("empty", ""), ("ü_./=+-@", "1 2")]
    assert tags_of(kinesis, stream) == (expected, False)
    listed = kinesis.list_tags_for_resource(ResourceARN=stream.arn)["Tags"]
    assert sorted((tag["Key"], tag["Value"]) for tag in listed) == expected
    assert tags_of(kinesis, stream, Limit=2) == (expected[:2], True)
    assert tags_of(kinesis, stream, ExclusiveStartTagKey="b", Limit=3) == (expected[2:], False)
    assert tags_of(kinesis, stream, ExclusiveStartTagKey="bb", Limit=1) == (expected[2:3], True)
    kinesis.remove_tags_from_stream(StreamName=stream.name, TagKeys=["a", "never there"])
    kinesis.untag_resource(ResourceARN=stream.arn, TagKeys=["b", "empty"])
    assert tags_of(kinesis, stream) == ([("c", "tagged"), ("ü_./=+-@", "1 2")], False)


def test_tags_that_are_refused(kinesis, stream):
    invalid = ("Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
               "space, _ . / = + - % @.")
    for tags in ({"semi;colon": "x"}, {"key": "semi;colon"}):
        refused("InvalidArgumentException", invalid, kinesis.add_tags_to_stream, StreamName=stream.name,
                Tags=tags)
    refused("InvalidArgumentException", invalid, kinesis.remove_tags_from_stream, StreamName=stream.name,
            TagKeys=["semi;colon"])
    refused("InvalidArgumentException",
            f"Failed to add tags to stream {stream.name} under account {stream.account} because some tags "
            "contained illegal characters. The allowed characters are Unicode letters, white-spaces, "
            "'_',',','/','=','+','-','@'.", kinesis.add_tags_to_stream, StreamName=stream.name,
            Tags={"per%cent": "x"})
    refused("InvalidArgumentException", None, kinesis.add_tags_to_stream, StreamName=stream.name,
            Tags={f"key {i}": "x" for i in range(50)})  # the stream has one already
    absent = absent_arn(stream)
    name = absent.rsplit("/", 1)[1]
    refused("ResourceNotFoundException", not_found(absent), kinesis.add_tags_to_stream, StreamName=name,
            Tags={"a": "b"})
    refused("ResourceNotFoundException", not_found(absent), kinesis.list_tags_for_stream, StreamName=name)
    assert tags_of(kinesis, stream) == ([("made", "by a test")], False)


# C.19
def test_the_life_of_a_consumer(kinesis, make_stream):
    stream = make_stream()
    answer = kinesis.register_stream_consumer(StreamARN=stream.arn, ConsumerName="first")["Consumer"]
    consumer = answer["ConsumerARN"]
    created = answer["ConsumerCreationTimestamp"]
    assert (answer["ConsumerName"], answer["ConsumerStatus"]) == ("first", "CREATING")
    assert consumer == f"{stream.arn}/consumer/first:{int(created.timestamp())}"
    wait_consumer(kinesis, "ConsumerActive", consumer)
    described = kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]
    assert described == {"ConsumerName": "first", "ConsumerARN": consumer, "ConsumerStatus": "ACTIVE",
                         "ConsumerCreationTimestamp": created, "StreamARN": stream.arn}
    by_name = kinesis.describe_stream_consumer(StreamARN=stream.arn, ConsumerName="first")
    assert by_name["ConsumerDescription"] == described
    assert summary_of(kinesis, stream.name)["ConsumerCount"] == 1
    refused("ResourceInUseException", None, kinesis.register_stream_consumer, StreamARN=stream.arn,
            ConsumerName="first")
    second = kinesis.register_stream_consumer(StreamARN=stream.arn, ConsumerName="second")["Consumer"]
    wait_consumer(kinesis, "ConsumerActive", second["ConsumerARN"])
    pages = kinesis.get_paginator("list_stream_consumers").paginate(StreamARN=stream.arn,
                                                                    PaginationConfig={"PageSize": 1})
    listed = [one for page in pages for one in page["Consumers"]]
    assert sorted(one["ConsumerName"] for one in listed) == ["first", "second"]
    assert all("StreamARN" not in one and one["ConsumerStatus"] == "ACTIVE" for one in listed)

    account, name = account_of(stream.arn), stream.name
    refused("ResourceInUseException",
            f"DeleteStream can't delete {account}:{name} because there are consumers associated with this "
            f"data stream. To delete {name} anyway, set the EnforceConsumerDeletion parameter to true to "
            "force the deletion of all the consumers that are associated with it.", kinesis.delete_stream,
            StreamName=name)
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    wait_consumer(kinesis, "ConsumerGone", consumer)
    refused("ResourceNotFoundException", None, kinesis.deregister_stream_consumer, StreamARN=stream.arn,
            ConsumerName="first")
    again = kinesis.register_stream_consumer(StreamARN=stream.arn, ConsumerName="first")["Consumer"]
    assert again["ConsumerARN"].startswith(f"{stream.arn}/consumer/first:")
    wait_consumer(kinesis, "ConsumerActive", again["ConsumerARN"])


def test_consumers_of_what_does_not_exist(kinesis, stream):
    absent = absent_arn(stream)
    refused("ResourceNotFoundException", not_found(absent), kinesis.register_stream_consumer,
            StreamARN=absent, ConsumerName="c")
    refused("ResourceNotFoundException", None, kinesis.describe_stream_consumer, StreamARN=stream.arn,
            ConsumerName="never")
