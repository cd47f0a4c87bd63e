"""DryRun (C.24): requests that are checked and not carried out."""

import contextlib
import json
import uuid

import pytest

from target import follow, iterator_of, not_found, refused

SHARD = "shardId-000000000000"


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    return make_shared_stream()


@contextlib.contextmanager
def dry(kinesis):
    """Sends the member also where botocore is older than it."""
    def add(params, **_):
        params["body"] = json.dumps({**json.loads(params["body"]), "DryRun": True}).encode()

    kinesis.meta.events.register("before-call.kinesis", add, unique_id="dry-run")
    try:
        yield
    finally:
        kinesis.meta.events.unregister("before-call.kinesis", unique_id="dry-run")


def test_a_dry_run_does_nothing(kinesis, stream):
    at = iterator_of(kinesis, stream.name, SHARD, "LATEST")
    one = {"PartitionKey": "k", "Data": b"x"}
    with dry(kinesis):
        for call, request in ((kinesis.put_record, {"StreamName": stream.name, **one}),
                              (kinesis.put_records, {"StreamName": stream.name, "Records": [one, one]}),
                              (kinesis.get_records, {"ShardIterator": at}),
                              (kinesis.get_shard_iterator, {"StreamName": stream.name, "ShardId": SHARD,
                                                            "ShardIteratorType": "LATEST"})):
            refused("DryRunOperationException", None, call, **request)
    kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=b"real")
    assert [record["Data"] for record in follow(kinesis, at, 1)] == [b"real"]


def test_a_dry_run_meets_the_errors_of_the_request(kinesis, stream):
    absent = f"{stream.arn.rsplit('/', 1)[0]}/kinesisd-test-{uuid.uuid4()}"
    with dry(kinesis):
        refused("ResourceNotFoundException", not_found(absent), kinesis.put_record, PartitionKey="k",
                Data=b"x", StreamName=absent.rsplit("/", 1)[1])
        refused("InvalidArgumentException", "Invalid ShardIterator.", kinesis.get_records,
                ShardIterator="AAAAAAAAAAA=")
