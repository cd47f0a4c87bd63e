"""Where the tests of tests/e2e/aws run: on a kinesisd started for them, at a URL, or on AWS.

KINESIS_TEST_ENDPOINT chooses: unset starts the executable, a URL is used as it is, `aws` is AWS itself, with
credentials and region from where every AWS client takes them."""

import contextlib
import os
import time

import boto3
import botocore.config
import botocore.exceptions
import botocore.waiter
import pytest

import kinesisd

ENDPOINT = os.environ.get("KINESIS_TEST_ENDPOINT", "")
ON_AWS = ENDPOINT == "aws"
# What UPDATING of a few shards, or of the mode, may take.
WAITER = {"MaxAttempts": 90} if ON_AWS else {"Delay": 0.02, "MaxAttempts": 3000}
# Between two reads of a shard that has nothing to say: AWS allows five calls a second.
READ_PAUSE_S = 0.3 if ON_AWS else 0.01
READ_FOR_S = 120 if ON_AWS else kinesisd.WAIT_S


def consumer_waiter(acceptors):
    """botocore has none for consumers."""
    return {"operation": "DescribeStreamConsumer", "delay": 5, "maxAttempts": 60, "acceptors": acceptors}


WAITERS = botocore.waiter.WaiterModel({"version": 2, "waiters": {
    "ConsumerActive": consumer_waiter([
        {"matcher": "path", "argument": "ConsumerDescription.ConsumerStatus", "expected": "ACTIVE",
         "state": "success"}]),
    "ConsumerGone": consumer_waiter([
        {"matcher": "error", "expected": "ResourceNotFoundException", "state": "success"}]),
}})


@contextlib.contextmanager
def endpoint(*flags):
    """The URL to talk to; None is AWS. A kinesisd that is started for it has the flags."""
    if ENDPOINT:
        yield None if ON_AWS else ENDPOINT
    else:
        with kinesisd.Server(*flags) as server:
            yield server.url


def client_at(url):
    """Requests go out as they are, so that the service says what is wrong with them."""
    own = {} if ON_AWS else {"region_name": os.environ.get("AWS_REGION", "us-east-1"),
                             "aws_access_key_id": os.environ.get("AWS_ACCESS_KEY_ID", "test"),
                             "aws_secret_access_key": os.environ.get("AWS_SECRET_ACCESS_KEY", "test")}
    config = botocore.config.Config(parameter_validation=False, read_timeout=60,
                                    retries={"mode": "standard", "total_max_attempts": 10 if ON_AWS else 2})
    return boto3.client("kinesis", endpoint_url=url, config=config, **own)


def wait_active(client, stream):
    client.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig=WAITER)


def wait_gone(client, stream):
    client.get_waiter("stream_not_exists").wait(StreamName=stream, WaiterConfig=WAITER)


def wait_consumer(client, which, consumer_arn):
    """`which`: ConsumerActive or ConsumerGone."""
    waiter = botocore.waiter.create_waiter_with_client(which, WAITERS, client)
    waiter.wait(ConsumerARN=consumer_arn, WaiterConfig=WAITER)


def summary_of(client, stream):
    return client.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]


def account_of(arn):
    return arn.split(":")[4]


def not_found(stream):
    """`stream`: a Stream, or the ARN of one that is gone."""
    arn = getattr(stream, "arn", stream)
    return f"Stream {arn.rsplit('/', 1)[1]} under account {account_of(arn)} not found."


def refused(kind, text, call, **request):
    """The call is answered with this error, word for word; without text, the words are not known."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    assert error["Code"] == kind, error
    if text is None:
        assert error["Message"], error
    else:
        assert error["Message"] == text


def shards_of(client, stream, **members):
    """All of ListShards; botocore's paginator would send the name beside the token."""
    answer = client.list_shards(StreamName=stream, **members)
    shards = answer["Shards"]
    while "NextToken" in answer:
        answer = client.list_shards(NextToken=answer["NextToken"])
        shards += answer["Shards"]
    return shards


def iterator_of(client, stream, shard, kind="TRIM_HORIZON", **start):
    return client.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind,
                                     **start)["ShardIterator"]


def follow(client, at, count):
    """The next `count` records; nothing may come after them in the same pages."""
    records, deadline = [], time.monotonic() + READ_FOR_S
    while len(records) < count:
        assert time.monotonic() < deadline, f"only {len(records)} of {count} records came"
        page = client.get_records(ShardIterator=at)
        records += page["Records"]
        at = page["NextShardIterator"]
        if not page["Records"]:
            time.sleep(READ_PAUSE_S)
    assert len(records) == count
    return records


def read_to_end(client, stream, shard):
    """(records, children) of a closed shard."""
    at, records, deadline = iterator_of(client, stream, shard), [], time.monotonic() + READ_FOR_S
    while True:
        assert time.monotonic() < deadline, f"{shard} does not end"
        page = client.get_records(ShardIterator=at)
        records += page["Records"]
        assert ("NextShardIterator" in page) != bool(page.get("ChildShards")), page
        if "NextShardIterator" not in page:
            assert all(shard in child["ParentShards"] for child in page["ChildShards"])
            return records, page["ChildShards"]
        at = page["NextShardIterator"]
        time.sleep(READ_PAUSE_S)


def service_time(answer):
    """The Date header of an answer: the service's clock, in whole seconds."""
    return answer["ResponseMetadata"]["HTTPHeaders"]["date"]
