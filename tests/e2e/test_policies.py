"""Resource policies (C.18): kept for streams and consumers, and asked when another account calls."""

import json
import os
import pathlib
import re

import pytest

from kinesisd import ACCOUNT, ROOT, Connection, arn, b64, create_stream, datas, put, shard_id
from tables import (ARGUMENT, IN_USE, NOT_FOUND, VALIDATION, Row, check, max_length, missing, pattern, table,
                    violations)

STREAM = "policies"
OTHER, THIRD = "111122223333", "444455556666"
RESOURCE_PATTERN = r"arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+"
DENIED = "AccessDeniedException"
NOBODY = arn(STREAM) + "/consumer/nobody:1700000000"


def statement(resource, *actions, effect="Allow", account=OTHER):
    return {"Effect": effect, "Principal": {"AWS": account}, "Resource": resource,
            "Action": [f"kinesis:{action}" for action in actions]}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def set_policy(server, resource, *statements):
    server.ok("PutResourcePolicy", {"ResourceARN": resource, "Policy": policy(*statements)})


def unlisted(operation, resource, account=OTHER):
    """The answer where no policy opens the resource."""
    return 400, DENIED, (
        f"User: arn:aws:iam::{account}:root is not authorized to perform: kinesis:{operation} on resource: "
        f"{resource} because no resource-based policy allows the kinesis:{operation} action")


def refused(operation, resource, account=OTHER):
    """The answer where a policy denies."""
    return 400, DENIED, (
        f"User: arn:aws:iam::{account}:root is not authorized to perform: kinesis:{operation} on resource: "
        f"{resource} with an explicit deny in a resource-based policy")


@pytest.fixture(scope="module", autouse=True)
def stream(server):
    create_stream(server, STREAM)


@pytest.fixture
def own(server, name):
    """A stream of the test's own, with a record, by ARN."""
    own_arn = create_stream(server, name)["StreamARN"]
    put(server, name, "the owner's")
    return own_arn


@pytest.fixture
def guest(server):
    """Another account."""
    with Connection(server, access_key=OTHER) as connection:
        yield connection


def register(server, stream_arn, name="reader"):
    request = {"StreamARN": stream_arn, "ConsumerName": name}
    consumer = server.ok("RegisterStreamConsumer", request)["Consumer"]
    server.ok("DescribeStreamConsumer", {"ConsumerARN": consumer["ConsumerARN"]})  # ends CREATING
    return consumer["ConsumerARN"]


def resources(server, stream_arn):
    return stream_arn, register(server, stream_arn)


# C.18: [V] for the class of what is absent, [E] and [?] for texts.
ABSENT = [
    Row("nothing given", {}, VALIDATION, violations(missing("resourceARN"))),
    Row("an ARN that is none", {"ResourceARN": "a"}, VALIDATION,
        violations(pattern("resourceARN", "a", RESOURCE_PATTERN))),
    Row("an ARN too long", {"ResourceARN": arn("a" * 2048)}, VALIDATION,
        violations(max_length("resourceARN", f"'{arn('a' * 2048)}'", 2048))),
    Row("stream absent", {"ResourceARN": arn("nowhere")}, NOT_FOUND,
        f"Stream nowhere under account {ACCOUNT} not found."),
    Row("consumer absent", {"ResourceARN": NOBODY}, NOT_FOUND,
        f"Consumer {NOBODY}, account {ACCOUNT} not found."),
    Row("another region", {"ResourceARN": arn(STREAM, region="eu-west-1")}, NOT_FOUND,
        f"Stream {STREAM} under account {ACCOUNT} not found."),
    Row("another account", {"ResourceARN": arn(STREAM, account=OTHER)}, DENIED,
        unlisted("{}", arn(STREAM, account=OTHER), ACCOUNT)[2]),
]


def check_absent(server, operation, row, **rest):
    text = row.text.replace("{}", operation)
    if rest and row.why == "nothing given":
        row = row._replace(request={})
    check(server, operation, row._replace(request={**row.request, **rest}, text=text))


@table(*ABSENT, Row("no policy", {"ResourceARN": arn(STREAM)}, NOT_FOUND,
                    f"No resource policy found for resource ARN {arn(STREAM)}."))
def test_delete_resource_policy_errors(server, row):
    check_absent(server, "DeleteResourcePolicy", row)


@table(*ABSENT)
def test_get_resource_policy_errors(server, row):
    check_absent(server, "GetResourcePolicy", row)


@table(*ABSENT)
def test_put_resource_policy_errors(server, row):
    check_absent(server, "PutResourcePolicy", row, Policy="not looked at before the resource")


# C.18 [?]: AWS's texts are unknown, the first sentence and what follows are ours.
@table(
    Row("no policy", {}, VALIDATION, violations(missing("policy"))),
    Row("an empty one", {"Policy": ""}, ARGUMENT, "The resource policy is malformed. It is not JSON."),
    Row("no JSON", {"Policy": "{"}, ARGUMENT, "The resource policy is malformed. It is not JSON."),
    Row("no policy of IAM", {"Policy": "{}"}, ARGUMENT,
        "The resource policy is malformed. Statement is missing."),
    Row("about another stream", {"Policy": policy(statement(arn("other"), "PutRecord"))}, ARGUMENT,
        f"The resource policy is malformed. Statement 1: its Resource is not {arn(STREAM)}."),
    Row("too long", {"Policy": policy(statement(arn(STREAM), "PutRecord")) + " " * 20480}, ARGUMENT,
        "The resource policy exceeds the maximum size of 20480 bytes."),
)
def test_policies_that_are_not_taken(server, row):
    check(server, "PutResourcePolicy", row._replace(request={"ResourceARN": arn(STREAM), **row.request}))
    assert server.ok("GetResourcePolicy", {"ResourceARN": arn(STREAM)}) == {"Policy": "{}"}


# C.18 [V] for {} as text
def test_a_policy_is_put_got_replaced_and_deleted(server, own):
    for resource in resources(server, own):
        assert server.ok("GetResourcePolicy", {"ResourceARN": resource}) == {"Policy": "{}"}
        for text in (policy(statement(resource, "PutRecord")), policy(statement(resource, "Get*")) + "  "):
            answer = server.call("PutResourcePolicy", {"ResourceARN": resource, "Policy": text})
            assert (answer.status, answer.body) == (200, b"")
            assert server.ok("GetResourcePolicy", {"ResourceARN": resource}) == {"Policy": text}
        answer = server.call("DeleteResourcePolicy", {"ResourceARN": resource})
        assert (answer.status, answer.body) == (200, b"")
        assert server.ok("GetResourcePolicy", {"ResourceARN": resource}) == {"Policy": "{}"}
        again = server.call("DeleteResourcePolicy", {"ResourceARN": resource})
        assert again.error() == (400, NOT_FOUND, f"No resource policy found for resource ARN {resource}.")


# C.18 [V]
def test_a_consumer_takes_a_policy_when_it_is_active(server, own, name):
    consumer = server.ok("RegisterStreamConsumer", {"StreamARN": own, "ConsumerName": "reader"})["Consumer"]
    consumer_arn, created = consumer["ConsumerARN"], int(consumer["ConsumerCreationTimestamp"])
    inactive = (400, IN_USE, (
        f"Consumer reader with creation timestamp {created} under stream {name} and account {ACCOUNT} is not "
        "in ACTIVE status."))
    for text in (policy(statement(consumer_arn, "*")), "malformed"):
        request = {"ResourceARN": consumer_arn, "Policy": text}
        assert server.call("PutResourcePolicy", request).error() == inactive


def test_policies_survive_a_restart_and_rule_after_it(start, tmp_path):
    flags = ("--db", tmp_path / "streams.db")
    server = start(*flags)
    stream_arn, consumer_arn = resources(server, create_stream(server, "s")["StreamARN"])
    texts = {stream_arn: policy(statement(stream_arn, "PutRecord", effect="Deny", account=ACCOUNT)),
             consumer_arn: policy(statement(consumer_arn, "DescribeStreamConsumer"))}
    for resource, text in texts.items():
        server.ok("PutResourcePolicy", {"ResourceARN": resource, "Policy": text})
    server.stop()
    server = start(*flags)
    for resource, text in texts.items():
        assert server.ok("GetResourcePolicy", {"ResourceARN": resource}) == {"Policy": text}
    denied = server.call("PutRecord", {"StreamName": "s", "Data": b64("a"), "PartitionKey": "k"})
    assert denied.error() == refused("PutRecord", stream_arn, ACCOUNT)
    server.ok("DescribeStreamConsumer", {"ConsumerARN": consumer_arn}, access_key=OTHER)


# Other accounts

def shared_calls(stream_arn, consumer_arn, shard_iterator, token):
    """What C.18 [I] lets other accounts do, with the resource each is about."""
    record = {"Data": b64("a guest's"), "PartitionKey": "k"}
    return [
        ("PutRecord", {"StreamARN": stream_arn, **record}, stream_arn),
        ("PutRecords", {"StreamARN": stream_arn, "Records": [record]}, stream_arn),
        ("GetShardIterator", {"StreamARN": stream_arn, "ShardId": shard_id(0), "ShardIteratorType": "LATEST"},
         stream_arn),
        ("GetRecords", {"ShardIterator": shard_iterator}, stream_arn),
        ("GetRecords", {"ShardIterator": shard_iterator, "StreamARN": stream_arn}, stream_arn),
        ("DescribeStream", {"StreamARN": stream_arn}, stream_arn),
        ("DescribeStreamSummary", {"StreamARN": stream_arn}, stream_arn),
        ("ListShards", {"StreamARN": stream_arn}, stream_arn),
        ("ListShards", {"NextToken": token}, stream_arn),
        ("ListStreamConsumers", {"StreamARN": stream_arn}, stream_arn),
        ("RegisterStreamConsumer", {"StreamARN": stream_arn, "ConsumerName": "guest"}, stream_arn),
        ("DescribeStreamConsumer", {"StreamARN": stream_arn, "ConsumerName": "guest"}, stream_arn),
        ("DescribeStreamConsumer", {"ConsumerARN": consumer_arn}, consumer_arn),
        ("DeregisterStreamConsumer", {"StreamARN": stream_arn, "ConsumerName": "guest"}, stream_arn),
        ("DeregisterStreamConsumer", {"ConsumerARN": consumer_arn}, consumer_arn),
    ]


@pytest.fixture
def calls(server, name):
    stream_arn = create_stream(server, name, shards=2)["StreamARN"]
    put(server, name, "the owner's")
    at = server.ok("GetShardIterator", {"StreamName": name, "ShardId": shard_id(0),
                                        "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
    token = server.ok("ListShards", {"StreamName": name, "MaxResults": 1})["NextToken"]
    return shared_calls(stream_arn, register(server, stream_arn), at, token)


def test_other_accounts_are_denied_what_no_policy_allows(server, guest, calls):
    for operation, request, resource in calls:
        assert guest.call(operation, request).error() == unlisted(operation, resource), request


def test_other_accounts_may_do_exactly_what_a_policy_allows(server, guest, calls):
    everything = {operation for operation, _, _ in calls}
    for allowed, request, resource in calls:
        set_policy(server, resource, statement(resource, allowed))
        guest.ok(allowed, request)
        if "Deregister" in allowed:
            continue  # it is gone, and its policy with it
        set_policy(server, resource, statement(resource, *(everything - {allowed})))
        assert guest.call(allowed, request).error() == unlisted(allowed, resource)
        server.ok("DeleteResourcePolicy", {"ResourceARN": resource})
        assert guest.call(allowed, request).error() == unlisted(allowed, resource)


def test_a_deny_wins_for_other_accounts(server, guest, calls):
    for operation, request, resource in calls:
        set_policy(server, resource, statement(resource, "*"), statement(resource, operation, effect="Deny"))
        assert guest.call(operation, request).error() == refused(operation, resource)


def test_a_policy_is_for_the_accounts_it_names(server, own):
    set_policy(server, own, statement(own, "DescribeStreamSummary"))
    request = {"StreamARN": own}
    server.ok("DescribeStreamSummary", request, access_key=OTHER)
    third = server.call("DescribeStreamSummary", request, access_key=THIRD)
    assert third.error() == unlisted("DescribeStreamSummary", own, THIRD)


def test_a_guest_reads_and_writes_what_the_owner_does(server, guest, name):
    stream_arn = create_stream(server, name)["StreamARN"]
    set_policy(server, stream_arn, statement(stream_arn, "*"))
    put(server, name, "the owner's")
    guest.ok("PutRecord", {"StreamARN": stream_arn, "Data": b64("the guest's"), "PartitionKey": "k"})
    at = guest.ok("GetShardIterator", {"StreamARN": stream_arn, "ShardId": shard_id(0),
                                       "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
    page = guest.ok("GetRecords", {"ShardIterator": at})
    assert datas(page["Records"]) == [b"the owner's", b"the guest's"]
    server.ok("DeleteResourcePolicy", {"ResourceARN": stream_arn})
    after = guest.call("GetRecords", {"ShardIterator": page["NextShardIterator"]})
    assert after.error() == unlisted("GetRecords", stream_arn)
    # An iterator of a guest is the owner's as well.
    server.ok("GetRecords", {"ShardIterator": at})


def test_a_name_without_an_arn_is_the_callers_own(server, guest, own, name):
    set_policy(server, own, statement(own, "*"))
    absent = guest.call("DescribeStreamSummary", {"StreamName": name})
    assert absent.error() == (400, NOT_FOUND, f"Stream {name} under account {OTHER} not found.")
    guest.ok("DescribeStreamSummary", {"StreamName": name, "StreamARN": own})


def test_a_policy_of_the_stream_is_not_its_consumers(server, guest, own):
    consumer_arn = register(server, own)
    set_policy(server, own, {**statement(own, "*"), "Resource": [own, consumer_arn]})
    by_arn = guest.call("DescribeStreamConsumer", {"ConsumerARN": consumer_arn})
    assert by_arn.error() == unlisted("DescribeStreamConsumer", consumer_arn)


def test_what_is_not_there_is_denied_to_other_accounts(guest):
    for resource in (arn("nowhere"), arn(STREAM, region="eu-west-1")):
        absent = guest.call("DescribeStream", {"StreamARN": resource})
        assert absent.error() == unlisted("DescribeStream", resource)
    absent = guest.call("DescribeStreamConsumer", {"ConsumerARN": NOBODY})
    assert absent.error() == unlisted("DescribeStreamConsumer", NOBODY)


# Every operation about a stream or consumer, as AWS's model has them: none may be forgotten.

MODEL_FILE = os.environ.get("KINESISD_SERVICE_MODEL", ROOT / "build/service-2.json")
MODEL = json.loads(pathlib.Path(MODEL_FILE).read_text())
ARNS = ("ResourceARN", "ConsumerARN", "StreamARN")
SAMPLES = {"EncryptionType": "KMS", "Limit": 1, "MetricsNameList": ["ALL"], "SequenceNumber": "0",
           "ShardIteratorType": "LATEST", "ScalingType": "UNIFORM_SCALING", "StreamMode": "PROVISIONED",
           "Data": "YQ==", "HashKey": "1", "ShardId": shard_id(0), "MaxRecordSizeInKiB": 1024}


def sample(shape_name):
    """A value that passes the model's constraints, with required members only."""
    if shape_name in SAMPLES:
        return SAMPLES[shape_name]
    shape = MODEL["shapes"][shape_name]
    match shape["type"]:
        case "structure":
            return {member: sample(shape["members"][member]["shape"]) for member in shape.get("required", [])}
        case "list":
            return [sample(shape["member"]["shape"])]
        case kind:
            return {"string": "a", "integer": 1, "boolean": True, "map": {"a": "b"}}[kind]


def requests_by_arn(stream_arn, consumer_arn):
    """(operation, request, resource) of every operation of the model that takes an ARN."""
    for operation, description in MODEL["operations"].items():
        if "input" not in description:
            continue
        members = MODEL["shapes"][description["input"]["shape"]]["members"]
        request = sample(description["input"]["shape"])
        for member in ARNS:
            if member in members:
                resource = consumer_arn if member == "ConsumerARN" else stream_arn
                yield operation, {**request, member: resource}, resource
                break


def is_unknown(answer):
    return re.search("UnknownOperation", answer.body.decode()) is not None


def test_no_operation_forgets_to_ask_the_policy(server, guest, own):
    consumer_arn = register(server, own)
    at = server.ok("GetShardIterator", {"StreamARN": own, "ShardId": shard_id(0),
                                        "ShardIteratorType": "LATEST"})["ShardIterator"]
    asked = list(requests_by_arn(own, consumer_arn))
    assert len(asked) > 30
    for resource in (own, consumer_arn):
        everyone = {**statement(resource, "*", effect="Deny"), "Principal": "*"}
        set_policy(server, resource, everyone)
    for operation, request, resource in asked:
        if operation == "GetRecords":
            request = {**request, "ShardIterator": at}
        mine = server.call(operation, request)
        if is_unknown(mine):
            continue
        assert mine.error() == refused(operation, resource, ACCOUNT), operation
        assert guest.call(operation, request).error()[:2] == (400, DENIED), operation


# C.18 [I]: only data and describe calls can be shared, whatever a policy says.
def test_the_rest_is_for_the_owner_alone(server, guest, own):
    consumer_arn = register(server, own)
    for resource in (own, consumer_arn):
        set_policy(server, resource, statement(resource, "*"))
    shared = {operation for operation, _, _ in shared_calls(own, consumer_arn, "", "")}
    denied = set()
    for operation, request, resource in requests_by_arn(own, consumer_arn):
        if operation in shared or operation == "SubscribeToShard":
            continue
        answer = guest.call(operation, request)
        if not is_unknown(answer):
            assert answer.error() == unlisted(operation, resource), operation
            denied.add(operation)
    assert {"DeleteStream", "PutResourcePolicy", "TagResource", "AddTagsToStream", "SplitShard"} <= denied
