"""Streams that variables of kinesis-mock and LocalStack ask for at start."""

import pytest

from kinesisd import ACCOUNT, Connection
from test_drop_in import AWS, IMAGE
from test_restart import check_refused, refusal


@pytest.mark.parametrize("env, account, region", [
    ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, ACCOUNT, "eu-west-1"),
    ({"AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCOUNT_ID": "111122223333"}, "111122223333", "eu-west-2"),
    ({**IMAGE, "DEFAULT_REGION": "eu-west-3", "AWS_REGION": "eu-west-1"}, ACCOUNT, "eu-west-3"),
    ({"DEFAULT_REGION": "eu-west-3"}, ACCOUNT, "us-east-1"),
    ({"AWS_REGION": "eu-west-1", "KINESISD_REGION": "eu-north-1"}, ACCOUNT, "eu-north-1"),
])
def test_whose_streams_they_are(start, env, account, region):
    server = start(env={**AWS, **env, "INITIALIZE_STREAMS": "s"})
    with Connection(server, access_key=account, region=region) as there:
        assert there.ok("ListStreams", {})["StreamNames"] == ["s"]


@pytest.mark.parametrize("name", ["INITIALIZE_STREAMS", "KINESIS_INITIALIZE_STREAMS",
                                  "LOCALSTACK_KINESIS_INITIALIZE_STREAMS"])
def test_streams_at_start(start, name):
    server = start(env={**AWS, name: "one:2, two::eu-west-1,three"})
    shards = {}
    for region in ("us-east-1", "eu-west-1"):
        with Connection(server, region=region) as there:
            for stream in there.ok("ListStreams", {})["StreamSummaries"]:
                assert stream["StreamStatus"] == "ACTIVE"
                found = there.ok("ListShards", {"StreamName": stream["StreamName"]})["Shards"]
                shards[region, stream["StreamName"]] = len(found)
    assert shards == {("us-east-1", "one"): 2, ("eu-west-1", "two"): 4, ("us-east-1", "three"): 4}


def test_streams_at_start_leave_those_that_are_there(start, tmp_path):
    db = ("--db", tmp_path / "k.db")
    first = start(*db, env={"INITIALIZE_STREAMS": "s:1"})
    first.ok("PutRecord", {"StreamName": "s", "Data": "YQ==", "PartitionKey": "k"})
    first.stop()
    again = start(*db, env={"INITIALIZE_STREAMS": "s:3,t:1"})
    assert again.ok("ListStreams", {})["StreamNames"] == ["s", "t"]
    assert len(again.ok("ListShards", {"StreamName": "s"})["Shards"]) == 1


@pytest.mark.parametrize("flags, streams", [
    ((), "s:1,s:3,t:1,s::us-east-1"),
    (("--worlds", "one"), "s:1:eu-west-1,t:1,s:3:us-east-1"),
])
def test_a_stream_named_twice_is_one(start, flags, streams):
    server = start(*flags, env={**AWS, "INITIALIZE_STREAMS": streams})
    server.wait_for_line("What is to be there at start is there: 2 streams.")
    assert len(server.ok("ListShards", {"StreamName": "s"})["Shards"]) == 1


def test_a_name_that_no_stream_can_have():
    check_refused(refusal(env={**AWS, "INITIALIZE_STREAMS": "no blanks:1"}), "INITIALIZE_STREAMS", "no blanks")
