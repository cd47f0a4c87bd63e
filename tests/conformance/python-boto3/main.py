"""Kinesis with boto3, one part of the API after the other; each prints what it saw hold.

KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it the program runs on AWS. For https,
boto3 trusts the certificate in the file that AWS_CA_BUNDLE names."""

import os
import time

import boto3

kinesis = boto3.client("kinesis", endpoint_url=os.environ.get("KINESIS_ENDPOINT"))
stream = f"boto3-{int(time.time())}"
MIDDLE = str(2**127)  # of the hash keys
PAUSE_S = 0.1  # between two looks at what takes its time


def wait():
    kinesis.get_waiter("stream_exists").wait(StreamName=stream)


def get_iterator(kind, **start):
    return kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind,
                                      **start)["ShardIterator"]


def read(at, count):
    """The data of the next records, which are `count`."""
    found = []
    while len(found) < count and at:
        page = kinesis.get_records(ShardIterator=at)
        found += [record["Data"] for record in page["Records"]]
        at = page.get("NextShardIterator")
    return found


def describe():
    wait()
    description = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
    assert description["StreamStatus"] == "ACTIVE" and description["RetentionPeriodHours"] == 24
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 1 and summary["StreamARN"] == description["StreamARN"]
    pages = kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
    assert stream in [name for page in pages for name in page["StreamNames"]]
    return description


def list_shards():
    pages = kinesis.get_paginator("list_shards").paginate(StreamName=stream)
    return [one for page in pages for one in page["Shards"]]


def put_and_read():
    """Four records, read through the five types of iterators."""
    everything = [b"one \x00\xff", b"two", b"three", b"four"]
    tip = get_iterator("LATEST")
    first = kinesis.put_record(StreamName=stream, PartitionKey="a", Data=everything[0])
    assert first["ShardId"] == shard
    second = kinesis.put_record(StreamARN=description["StreamARN"], PartitionKey="b", Data=everything[1],
                                SequenceNumberForOrdering=first["SequenceNumber"])
    many = kinesis.put_records(StreamName=stream, Records=[
        {"PartitionKey": "k", "Data": data} for data in everything[2:]])
    assert many["FailedRecordCount"] == 0

    number = second["SequenceNumber"]
    assert read(get_iterator("TRIM_HORIZON"), 4) == everything
    assert read(get_iterator("AT_SEQUENCE_NUMBER", StartingSequenceNumber=number), 3) == everything[1:]
    assert read(get_iterator("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number), 2) == everything[2:]
    created = description["StreamCreationTimestamp"]
    assert read(get_iterator("AT_TIMESTAMP", Timestamp=created), 4) == everything
    assert read(tip, 4) == everything
    print("puts, and reads through five types of iterators")
    return everything


def change_retention():
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    wait()
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
    wait()
    print("retention up and down")


def register():
    consumer = kinesis.register_stream_consumer(StreamARN=description["StreamARN"], ConsumerName="fan")["Consumer"]
    while consumer["ConsumerStatus"] != "ACTIVE":
        time.sleep(PAUSE_S)
        consumer = kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]
    return consumer["ConsumerARN"]


def subscribe(shard_id, kind):
    return kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard_id,
                                      StartingPosition={"Type": kind})["EventStream"]


def hear(events, count):
    """The data of `count` records that the subscription delivers."""
    found = []
    while len(found) < count:
        event = next(events)["SubscribeToShardEvent"]
        assert event["ContinuationSequenceNumber"] and event["MillisBehindLatest"] >= 0
        found += [record["Data"] for record in event["Records"]]
    return found


def split_while_subscribed():
    """A subscription gets what is there, what comes, and the children when the shard has ended."""
    subscription = subscribe(shard, "TRIM_HORIZON")
    events = iter(subscription)
    assert hear(events, 4) == everything
    kinesis.put_record(StreamName=stream, PartitionKey="a", Data=b"five")
    assert hear(events, 1) == [b"five"]

    kinesis.split_shard(StreamName=stream, ShardToSplit=shard, NewStartingHashKey=MIDDLE)
    wait()
    shards = list_shards()
    children = [one["ShardId"] for one in shards if one.get("ParentShardId") == shard]
    assert len(shards) == 3 and len(children) == 2
    assert "EndingSequenceNumber" in shards[0]["SequenceNumberRange"]

    heard = [event["SubscribeToShardEvent"] for event in events]  # until the server ends the subscription
    assert "ContinuationSequenceNumber" not in heard[-1]
    assert [child["ShardId"] for child in heard[-1]["ChildShards"]] == children
    subscription.close()
    print("a subscription to a shard, through its split to its end")
    return children


def subscribe_to_tip():
    subscription = subscribe(children[0], "LATEST")
    kinesis.put_record(StreamName=stream, PartitionKey="a", ExplicitHashKey="0", Data=b"pushed")
    assert hear(iter(subscription), 1) == [b"pushed"]
    subscription.close()
    print("a subscription that the client ends")


def put_too_much():
    """Three records of a megabyte are more than a shard takes in a second; what was refused is put again."""
    entries = [{"PartitionKey": "k", "ExplicitHashKey": MIDDLE, "Data": b"x" * 1_000_000}] * 3
    refused = 0
    while entries:
        answer = kinesis.put_records(StreamName=stream, Records=entries)
        codes = [result.get("ErrorCode") for result in answer["Records"]]
        assert set(codes) <= {None, "ProvisionedThroughputExceededException"}
        entries = [entry for entry, code in zip(entries, codes) if code]
        assert len(entries) == answer["FailedRecordCount"]
        refused += len(entries)
        if entries:
            time.sleep(PAUSE_S)
    assert refused
    print(f"a PutRecords that fails in part: {refused} entries put again until all were stored")


def expect(error, call, **request):
    try:
        call(**request)
    except error as raised:
        print(f"{error.__name__}: {raised.response['Error']['Message']}")
        return
    raise AssertionError(f"no {error.__name__}")


def fail():
    """One error of each kind, as an exception of its own."""
    errors = kinesis.exceptions
    expect(errors.ResourceNotFoundException, kinesis.describe_stream, StreamName="nowhere")
    expect(errors.ResourceInUseException, kinesis.create_stream, StreamName=stream, ShardCount=1)
    expect(errors.InvalidArgumentException, kinesis.put_record, StreamName=stream, PartitionKey="k",
           Data=b"", ExplicitHashKey=str(2**128))
    expect(errors.ValidationException, kinesis.split_shard, StreamName=stream, ShardToSplit=shard,
           NewStartingHashKey="middle")
    expect(errors.LimitExceededException, kinesis.create_stream, StreamName="large", ShardCount=20_001)


kinesis.create_stream(StreamName=stream, ShardCount=1)
try:
    description = describe()
    [shard] = [one["ShardId"] for one in list_shards()]
    everything = put_and_read()
    change_retention()
    consumer = register()
    children = split_while_subscribed()
    subscribe_to_tip()
    put_too_much()
    fail()
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
finally:
    kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)
kinesis.get_waiter("stream_not_exists").wait(StreamName=stream)
expect(kinesis.exceptions.ResourceNotFoundException, kinesis.put_record, StreamName=stream, PartitionKey="a",
       Data=b"late")
