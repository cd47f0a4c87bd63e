"""RegisterStreamConsumer, DeregisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers (C.19), and
what consumers mean to DeleteStream (C.5)."""

import time

import pytest

from kinesisd import ACCOUNT, arn, create_stream
from tables import (ARGUMENT, ARN_PATTERN, IN_USE, LIMIT, NAME_PATTERN, NOT_FOUND, UNKNOWN, VALIDATION, Row,
                    check, empty_name, max_length, max_value, min_length, min_value, missing, pattern, table,
                    violations)

STREAM = "consumers"
CONSUMER_ARN_PATTERN = (r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer"
                        r"\/[a-zA-Z0-9_.-]+:[0-9]+")
NOWHERE = arn("nowhere") + "/consumer/reader:1700000000"
HERE = arn(STREAM) + "/consumer/nobody:1700000000"


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM)


@pytest.fixture
def own(server, name):
    """A stream of the test's own, by ARN."""
    return create_stream(server, name)["StreamARN"]


def register(server, stream_arn, consumer, **members):
    request = {"StreamARN": stream_arn, "ConsumerName": consumer, **members}
    return server.ok("RegisterStreamConsumer", request)["Consumer"]


def describe(server, consumer_arn):
    return server.ok("DescribeStreamConsumer", {"ConsumerARN": consumer_arn})["ConsumerDescription"]


def no_stream(name="nowhere"):
    return f"Stream {name} under account {ACCOUNT} not found."


def no_consumer(given):
    return f"Consumer {given}, account {ACCOUNT} not found."


def bad_arn(path, value):
    return pattern(path, value, ARN_PATTERN)


# B.1, C.19 [?] for the order of members
@table(
    Row("nothing given", {}, VALIDATION, violations(missing("streamARN"), missing("consumerName"))),
    Row("no name", {"StreamARN": arn(STREAM)}, VALIDATION, violations(missing("consumerName"))),
    Row("a name that is none", {"StreamARN": arn(STREAM), "ConsumerName": "a/b"}, VALIDATION,
        violations(pattern("consumerName", "a/b", NAME_PATTERN))),
    Row("an empty name", {"StreamARN": arn(STREAM), "ConsumerName": ""}, VALIDATION,
        violations(*empty_name("consumerName"))),
    Row("a name too long", {"StreamARN": arn(STREAM), "ConsumerName": "a" * 129}, VALIDATION,
        violations(max_length("consumerName", f"'{'a' * 129}'", 128))),
    Row("an ARN that is none", {"StreamARN": "here", "ConsumerName": "a"}, VALIDATION,
        violations(bad_arn("streamARN", "here"))),
    Row("no tags in the tags", {"StreamARN": arn(STREAM), "ConsumerName": "a", "Tags": {}}, VALIDATION,
        violations(min_length("tags", "'{}'", 1))),
    Row("stream absent", {"StreamARN": arn("nowhere"), "ConsumerName": "a"}, NOT_FOUND, no_stream()),
    Row("the stream of another region",
        {"StreamARN": arn(STREAM, region="eu-west-1"), "ConsumerName": "a"}, NOT_FOUND, no_stream(STREAM)),
    Row("tags with a character that none may have",
        {"StreamARN": arn(STREAM), "ConsumerName": "a", "Tags": {"a;": ""}}, ARGUMENT,
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / "
        "= + - % @."),
)
def test_register_stream_consumer_errors(server, row):
    check(server, "RegisterStreamConsumer", row)
    listed = server.ok("ListStreamConsumers", {"StreamARN": arn(STREAM)})
    assert listed == {"Consumers": []}


# C.19: [E] for the text of one that is absent, [?] for those of naming none or two.
NAMING_ERRORS = [
    Row("a name that is none", {"StreamARN": arn(STREAM), "ConsumerName": "a/b"}, VALIDATION,
        violations(pattern("consumerName", "a/b", NAME_PATTERN))),
    Row("an ARN that is no consumer's", {"ConsumerARN": arn(STREAM)}, VALIDATION,
        violations(pattern("consumerARN", arn(STREAM), CONSUMER_ARN_PATTERN))),
    Row("stream absent, by ARN", {"ConsumerARN": NOWHERE}, NOT_FOUND, no_consumer(NOWHERE)),
    Row("consumer absent, by ARN", {"ConsumerARN": HERE}, NOT_FOUND, no_consumer(HERE)),
    Row("consumer absent, by name", {"StreamARN": arn(STREAM), "ConsumerName": "nobody"}, NOT_FOUND,
        no_consumer("nobody")),
    Row("stream absent, by name", {"StreamARN": arn("nowhere"), "ConsumerName": "a"}, NOT_FOUND,
        no_consumer("a")),
    Row("consumer absent, by all", {"StreamARN": arn(STREAM), "ConsumerName": "nobody", "ConsumerARN": HERE},
        NOT_FOUND, no_consumer(HERE)),
    Row("the consumer of another region",
        {"ConsumerARN": HERE.replace("us-east-1", "eu-west-1")}, NOT_FOUND,
        no_consumer(HERE.replace("us-east-1", "eu-west-1"))),
    Row("a time no clock shows", {"ConsumerARN": HERE + "0" * 20}, NOT_FOUND, no_consumer(HERE + "0" * 20)),
    Row("nothing given", {}, ARGUMENT,
        "Both streamARN and consumer name must be provided if consumerARN is not provied."),
    Row("a stream only", {"StreamARN": arn(STREAM)}, ARGUMENT,
        "Both streamARN and consumer name must be provided if consumerARN is not provied."),
    Row("a name only", {"ConsumerName": "a"}, ARGUMENT,
        "Both streamARN and consumer name must be provided if consumerARN is not provied."),
    Row("another stream beside the ARN", {"StreamARN": arn("other"), "ConsumerARN": HERE}, ARGUMENT,
        "ConsumerARN, StreamARN and ConsumerName do not name the same consumer."),
    Row("another name beside the ARN", {"ConsumerName": "other", "ConsumerARN": HERE}, ARGUMENT,
        "ConsumerARN, StreamARN and ConsumerName do not name the same consumer."),
]


@table(*NAMING_ERRORS)
def test_describe_stream_consumer_errors(server, row):
    check(server, "DescribeStreamConsumer", row)


@table(*NAMING_ERRORS)
def test_deregister_stream_consumer_errors(server, row):
    check(server, "DeregisterStreamConsumer", row)


@table(
    Row("nothing given", {}, VALIDATION, violations(missing("streamARN"))),
    Row("too few", {"StreamARN": arn(STREAM), "MaxResults": 0}, VALIDATION,
        violations(min_value("maxResults", 0, 1))),
    Row("too many", {"StreamARN": arn(STREAM), "MaxResults": 10001}, VALIDATION,
        violations(max_value("maxResults", 10001, 10000))),
    Row("an empty token", {"StreamARN": arn(STREAM), "NextToken": ""}, VALIDATION,
        violations(min_length("nextToken", "''", 1))),
    Row("stream absent", {"StreamARN": arn("nowhere")}, NOT_FOUND, no_stream()),
    Row("a stream created at another time", {"StreamARN": arn(STREAM), "StreamCreationTimestamp": 1},
        NOT_FOUND, no_stream(STREAM)),
    Row("a token made up", {"StreamARN": arn(STREAM), "NextToken": "abc"}, ARGUMENT, UNKNOWN),
)
def test_list_stream_consumers_errors(server, row):
    check(server, "ListStreamConsumers", row)


# C.19 [V] for the members of each answer
def test_a_consumer_is_registered_described_and_listed(server, own):
    before = int(time.time())
    registered = register(server, own, "reader")
    created = registered["ConsumerCreationTimestamp"]
    assert registered == {
        "ConsumerName": "reader", "ConsumerARN": f"{own}/consumer/reader:{int(created)}",
        "ConsumerStatus": "CREATING", "ConsumerCreationTimestamp": created}
    assert created == int(created) and before <= created <= time.time() + 1
    active = {**registered, "ConsumerStatus": "ACTIVE"}
    by_arn = describe(server, registered["ConsumerARN"])
    assert by_arn == {**active, "StreamARN": own}
    by_name = {"StreamARN": own, "ConsumerName": "reader"}
    for request in (by_name, {**by_name, "ConsumerARN": registered["ConsumerARN"]}):
        assert server.ok("DescribeStreamConsumer", request) == {"ConsumerDescription": by_arn}
    assert server.ok("ListStreamConsumers", {"StreamARN": own}) == {"Consumers": [active]}


def test_a_consumer_is_counted_by_its_stream(server, own, name):
    for consumer in ("a", "b"):
        register(server, own, consumer)
    described = server.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
    assert described["ConsumerCount"] == 2


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_a_deregistered_consumer_is_gone_and_its_name_is_free(server, own, by):
    first = register(server, own, "reader")
    wanted = ({"ConsumerARN": first["ConsumerARN"]} if by == "ARN" else
              {"StreamARN": own, "ConsumerName": "reader"})
    answer = server.call("DeregisterStreamConsumer", wanted)
    assert (answer.status, answer.body) == (200, b"")
    gone = server.call("DescribeStreamConsumer", wanted)
    given = first["ConsumerARN"] if by == "ARN" else "reader"
    assert gone.error() == (400, NOT_FOUND, no_consumer(given))
    second = register(server, own, "reader")
    assert second["ConsumerARN"] != first["ConsumerARN"]
    old = server.call("DescribeStreamConsumer", {"ConsumerARN": first["ConsumerARN"]})
    assert old.error() == (400, NOT_FOUND, no_consumer(first["ConsumerARN"]))
    assert describe(server, second["ConsumerARN"])["ConsumerStatus"] == "ACTIVE"


# C.19 [?]: AWS's texts are unknown.
def test_a_name_is_taken_while_its_consumer_is_there(server, own, name):
    register(server, own, "reader")
    again = Row("registered", {"StreamARN": own, "ConsumerName": "reader"}, IN_USE,
                f"Consumer reader under stream {name} already exists for account {ACCOUNT}.")
    check(server, "RegisterStreamConsumer", again)
    server.ok("DeregisterStreamConsumer", {"StreamARN": own, "ConsumerName": "reader"})
    check(server, "RegisterStreamConsumer", again)


def test_a_stream_has_at_most_20_consumers(server, own, name):
    for i in range(20):
        register(server, own, f"reader-{i}")
    check(server, "RegisterStreamConsumer", Row(
        "one more", {"StreamARN": own, "ConsumerName": "one-more"}, LIMIT,
        f"This request would exceed the limit on the number of consumers of stream {name} under account "
        f"{ACCOUNT}. Limit: 20."))


# C.1 [I]
def test_a_stream_takes_consumers_when_it_is_there(start):
    server = start("--transition-ms", 600_000)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    check(server, "RegisterStreamConsumer", Row(
        "creating", {"StreamARN": arn("s"), "ConsumerName": "a"}, IN_USE,
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state CREATING"))


def test_pages_go_on_where_the_last_one_ended(server, own):
    names = [f"reader-{i}" for i in range(7)]
    for consumer in reversed(names):
        register(server, own, consumer)
    request, seen = {"StreamARN": own, "MaxResults": 3}, []
    while True:
        page = server.ok("ListStreamConsumers", request)
        seen.append([consumer["ConsumerName"] for consumer in page["Consumers"]])
        if "NextToken" not in page:
            break
        request["NextToken"] = page["NextToken"]
    assert seen == [names[:3], names[3:6], names[6:]]


# C.5 [V]
def test_delete_stream_asks_before_it_deletes_consumers(server, own, name):
    consumer = register(server, own, "reader")
    refusal = (400, IN_USE, (
        f"DeleteStream can't delete {ACCOUNT}:{name} because there are consumers associated with this data "
        f"stream. To delete {name} anyway, set the EnforceConsumerDeletion parameter to true to force the "
        "deletion of all the consumers that are associated with it."))
    for request in ({"StreamName": name}, {"StreamARN": own, "EnforceConsumerDeletion": False}):
        assert server.call("DeleteStream", request).error() == refusal
    server.ok("DeleteStream", {"StreamName": name, "EnforceConsumerDeletion": True})
    gone = server.call("DescribeStreamConsumer", {"ConsumerARN": consumer["ConsumerARN"]})
    assert gone.error() == (400, NOT_FOUND, no_consumer(consumer["ConsumerARN"]))


def test_delete_stream_asks_nothing_without_consumers(server, own, name):
    server.ok("DeregisterStreamConsumer",
              {"ConsumerARN": register(server, own, "reader")["ConsumerARN"]})
    assert server.ok("ListStreamConsumers", {"StreamARN": own}) == {"Consumers": []}
    server.ok("DeleteStream", {"StreamName": name})


def test_consumers_survive_a_restart(start, tmp_path):
    flags = ("--db", tmp_path / "streams.db")
    server = start(*flags)
    own = create_stream(server, "s")["StreamARN"]
    consumer = register(server, own, "reader", Tags={"team": "blue"})
    before = describe(server, consumer["ConsumerARN"])
    server.stop()
    server = start(*flags)
    assert describe(server, consumer["ConsumerARN"]) == before
    tags = server.ok("ListTagsForResource", {"ResourceARN": consumer["ConsumerARN"]})
    assert tags == {"Tags": [{"Key": "team", "Value": "blue"}]}
