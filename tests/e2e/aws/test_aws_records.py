"""Records: written one by one and in batches, read from every place an iterator can begin."""

import datetime

import pytest

from sequence import parse
from target import follow, iterator_of, refused

SHARDS = ("shardId-000000000000", "shardId-000000000001")
HASH_KEYS = ("0", str(2**128 - 1))  # of the first and of the second shard
NUMBERS = ("Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber "
           "or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. ")


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    """For rows that are refused, and for records on the second shard."""
    return make_shared_stream(2)


def data_of(records):
    return [record["Data"] for record in records]


def test_every_iterator_type(kinesis, make_stream):
    stream = make_stream()
    sent = [f"record {i}".encode() for i in range(5)]
    put = [kinesis.put_record(StreamName=stream.name, PartitionKey=f"key {i}", Data=data)
           for i, data in enumerate(sent)]
    assert {answer["ShardId"] for answer in put} == {SHARDS[0]}
    assert all("EncryptionType" not in answer for answer in put)
    numbers = [answer["SequenceNumber"] for answer in put]
    assert [int(n) for n in numbers] == sorted({int(n) for n in numbers})

    def read(count, kind, **start):
        return follow(kinesis, iterator_of(kinesis, stream.name, SHARDS[0], kind, **start), count)

    records = read(5, "TRIM_HORIZON")
    assert data_of(records) == sent
    assert [record["SequenceNumber"] for record in records] == numbers
    assert [record["PartitionKey"] for record in records] == [f"key {i}" for i in range(5)]
    assert all("EncryptionType" not in record for record in records)
    for i, number in enumerate(numbers):
        assert data_of(read(5 - i, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)) == sent[i:]
        if i < 4:
            found = read(4 - i, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number)
            assert data_of(found) == sent[i + 1:]
    first = records[0]["ApproximateArrivalTimestamp"]
    assert data_of(read(5, "AT_TIMESTAMP", Timestamp=first.replace(microsecond=0))) == sent
    assert data_of(read(5, "AT_TIMESTAMP", Timestamp=first - datetime.timedelta(hours=1))) == sent

    last = iterator_of(kinesis, stream.name, SHARDS[0], "AFTER_SEQUENCE_NUMBER",
                       StartingSequenceNumber=numbers[-1])
    latest = iterator_of(kinesis, stream.name, SHARDS[0], "LATEST")
    by_arn = kinesis.get_shard_iterator(StreamARN=stream.arn, ShardId=SHARDS[0],
                                        ShardIteratorType="LATEST")["ShardIterator"]
    assert len({last, latest, by_arn}) == 3
    kinesis.put_record(StreamARN=stream.arn, PartitionKey="k", Data=b"late")
    for at in (last, latest, latest, by_arn):  # an iterator may be used again
        assert data_of(follow(kinesis, at, 1)) == [b"late"]


def test_pages_follow_each_other(kinesis, stream):
    sent = [f"page {i}".encode() for i in range(7)]
    at = iterator_of(kinesis, stream.name, SHARDS[1], "LATEST")
    kinesis.put_records(StreamName=stream.name, Records=[
        {"Data": data, "PartitionKey": "k", "ExplicitHashKey": HASH_KEYS[1]} for data in sent])
    found = []
    while len(found) < len(sent):
        page = kinesis.get_records(ShardIterator=at, Limit=3)
        assert len(page["Records"]) <= 3 and page["MillisBehindLatest"] >= 0
        found += data_of(page["Records"])
        assert page["NextShardIterator"] != at
        at = page["NextShardIterator"]
    assert found == sent


def test_a_batch_keeps_its_order_within_a_shard(kinesis, stream):
    tips = [iterator_of(kinesis, stream.name, shard, "LATEST") for shard in SHARDS]
    sent = [f"batch {i}".encode() for i in range(20)]
    answer = kinesis.put_records(StreamName=stream.name, Records=[
        {"Data": data, "PartitionKey": str(i), "ExplicitHashKey": HASH_KEYS[i % 3 // 2]}
        for i, data in enumerate(sent)])
    assert answer["FailedRecordCount"] == 0
    assert [entry["ShardId"] for entry in answer["Records"]] == [SHARDS[i % 3 // 2] for i in range(20)]
    for which, shard in enumerate(SHARDS):
        expected = [data for i, data in enumerate(sent) if i % 3 // 2 == which]
        numbers = [entry["SequenceNumber"] for entry in answer["Records"] if entry["ShardId"] == shard]
        assert [int(n) for n in numbers] == sorted(int(n) for n in numbers)
        records = follow(kinesis, tips[which], len(expected))
        assert data_of(records) == expected
        assert [record["SequenceNumber"] for record in records] == numbers


def test_partition_keys_choose_the_shard_by_their_md5(kinesis, stream):
    # MD5 of "a" begins with 0x0c, that of "b" with 0x92.
    for key, shard in (("a", SHARDS[0]), ("b", SHARDS[1])):
        put = kinesis.put_record(StreamName=stream.name, PartitionKey=key, Data=b"")
        assert put["ShardId"] == shard


def test_data_of_any_size_and_kind(kinesis, make_stream):
    stream = make_stream()
    sent = [b"", bytes(range(256)), b"x" * (1024 * 1024 - 1)]
    numbers = [kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=data)["SequenceNumber"]
               for data in sent[:2]]
    at = iterator_of(kinesis, stream.name, SHARDS[0])
    assert data_of(follow(kinesis, at, 2)) == sent[:2]
    last = kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=sent[2],
                              SequenceNumberForOrdering=numbers[1])
    assert int(last["SequenceNumber"]) > int(numbers[1])
    at = iterator_of(kinesis, stream.name, SHARDS[0], "AT_SEQUENCE_NUMBER",
                     StartingSequenceNumber=last["SequenceNumber"])
    assert data_of(follow(kinesis, at, 1)) == [sent[2]]


def test_puts_that_are_refused(kinesis, stream):
    here = {"StreamName": stream.name}
    one = {"Data": b"x", "PartitionKey": "k"}
    too_large = {"Data": b"x" * (1024 * 1024 + 1), "PartitionKey": "k"}
    refused("ValidationException",
            "1 validation error detected: Value at 'records.1.member.data' failed to satisfy constraint: "
            "Member must have length less than or equal to 1048576",
            kinesis.put_records, Records=[too_large], **here)
    refused("ValidationException",
            "2 validation errors detected: Value null at 'records.1.member.partitionKey' failed to satisfy "
            "constraint: Member must not be null; Value null at 'records.2.member.partitionKey' failed to "
            "satisfy constraint: Member must not be null",
            kinesis.put_records, Records=[{"Data": b"x"}, {"Data": b"y"}], **here)
    beyond = "3" + "9" * 38
    hash_key = ("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified "
                f"value was {beyond}")
    refused("InvalidArgumentException", hash_key, kinesis.put_record, **one, ExplicitHashKey=beyond, **here)
    refused("InvalidArgumentException", hash_key, kinesis.put_records,
            Records=[one, {**one, "ExplicitHashKey": beyond}], **here)
    number = kinesis.put_record(**one, **here)["SequenceNumber"]
    broken = parse(number)._replace(version=3).text()
    refused("InvalidArgumentException",
            f"ExclusiveMinimumSequenceNumber {broken} used in PutRecord on stream {stream.name} under "
            f"account {stream.account} is invalid.", kinesis.put_record, SequenceNumberForOrdering=broken,
            **one, **here)


def test_iterators_that_are_refused(kinesis, stream):
    def ask(**members):
        return kinesis.get_shard_iterator(**{"StreamName": stream.name, "ShardId": SHARDS[0],
                                             "ShardIteratorType": "LATEST", **members})

    under = f"in stream {stream.name} under account {stream.account}"
    refused("ResourceNotFoundException", f"Could not find shard shardId-x {under}.", ask, ShardId="shardId-x")
    refused("ResourceNotFoundException", f"Shard shardId-000000000009 {under} does not exist", ask,
            ShardId="shardId-9")
    refused("InvalidArgumentException",
            f"{NUMBERS}Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.", ask,
            ShardIteratorType="AT_SEQUENCE_NUMBER")
    refused("InvalidArgumentException",
            f"{NUMBERS}Request specified TRIM_HORIZON and also a StartingSequenceNumber.", ask,
            ShardIteratorType="TRIM_HORIZON", StartingSequenceNumber="5")
    refused("InvalidArgumentException",
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has "
            "no timestamp parameter.", ask, ShardIteratorType="AT_TIMESTAMP")
    second = kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=b"x",
                                ExplicitHashKey=HASH_KEYS[1])
    refused("InvalidArgumentException",
            f"Invalid StartingSequenceNumber. It encodes {SHARDS[1]}, while it was used in a call to a shard "
            f"with {SHARDS[0]}", ask, ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=second["SequenceNumber"])


def test_reads_that_are_refused(kinesis, stream):
    for made_up in ("AAAAAAAAAAA=", "x"):
        refused("InvalidArgumentException", "Invalid ShardIterator.", kinesis.get_records,
                ShardIterator=made_up)
    refused("ValidationException",
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must "
            "have value less than or equal to 10000",
            kinesis.get_records, Limit=10001,
            ShardIterator=iterator_of(kinesis, stream.name, SHARDS[0], "LATEST"))
