"""Kinesis with aiobotocore, one part of the API after the other; each prints what it saw hold.

KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it the program runs on AWS. For https,
aiobotocore trusts the certificate in the file that AWS_CA_BUNDLE names."""

import asyncio
import os
import time

from aiobotocore.session import get_session

MIDDLE = str(2**127)  # of the hash keys
PAUSE_S = 0.1  # between two looks at what takes its time
EVERYTHING = [b"one \x00\xff", b"two", b"three", b"four"]
STREAM = f"aiobotocore-{int(time.time())}"


async def main():
    endpoint = os.environ.get("KINESIS_ENDPOINT")
    async with get_session().create_client("kinesis", endpoint_url=endpoint) as kinesis:
        await Program(kinesis).run()


class Program:
    def __init__(self, kinesis):
        self.kinesis = kinesis
        self.description, self.shard = None, None

    async def run(self):
        await self.create()
        await self.put_and_read()
        consumer = await self.register()
        children = await self.split_while_subscribed(consumer)
        await self.subscribe_to_tip(consumer, children[0])
        await self.put_too_much()
        await self.fail()
        await self.kinesis.deregister_stream_consumer(ConsumerARN=consumer)
        await self.kinesis.delete_stream(StreamName=STREAM, EnforceConsumerDeletion=True)
        await self.kinesis.get_waiter("stream_not_exists").wait(StreamName=STREAM)
        print("a stream deleted")

    async def wait(self):
        await self.kinesis.get_waiter("stream_exists").wait(StreamName=STREAM)

    async def create(self):
        await self.kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        await self.wait()
        answer = await self.kinesis.describe_stream(StreamName=STREAM)
        self.description = answer["StreamDescription"]
        assert self.description["StreamStatus"] == "ACTIVE"
        [self.shard] = [shard["ShardId"] for shard in self.description["Shards"]]
        pages = self.kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
        assert STREAM in [name async for page in pages for name in page["StreamNames"]]
        print("a stream created, waited for, described and listed")

    async def put(self, data):
        return await self.kinesis.put_record(StreamName=STREAM, PartitionKey="a", ExplicitHashKey="0", Data=data)

    async def get_iterator(self, kind, **start):
        answer = await self.kinesis.get_shard_iterator(StreamName=STREAM, ShardId=self.shard,
                                                       ShardIteratorType=kind, **start)
        return answer["ShardIterator"]

    async def read(self, at, count):
        """The data of the next records, which are `count`."""
        found = []
        while len(found) < count and at:
            page = await self.kinesis.get_records(ShardIterator=at)
            found += [record["Data"] for record in page["Records"]]
            at = page.get("NextShardIterator")
        return found

    async def read_from(self, expected, kind, **start):
        assert await self.read(await self.get_iterator(kind, **start), len(expected)) == expected

    async def put_and_read(self):
        """Four records, read through the five types of iterators."""
        tip = await self.get_iterator("LATEST")
        assert (await self.put(EVERYTHING[0]))["ShardId"] == self.shard
        number = (await self.put(EVERYTHING[1]))["SequenceNumber"]
        many = await self.kinesis.put_records(StreamARN=self.description["StreamARN"], Records=[
            {"PartitionKey": "k", "Data": data} for data in EVERYTHING[2:]])
        assert many["FailedRecordCount"] == 0

        await self.read_from(EVERYTHING, "TRIM_HORIZON")
        await self.read_from(EVERYTHING[1:], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)
        await self.read_from(EVERYTHING[2:], "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number)
        await self.read_from(EVERYTHING, "AT_TIMESTAMP", Timestamp=self.description["StreamCreationTimestamp"])
        assert await self.read(tip, 4) == EVERYTHING
        print("puts, and reads through five types of iterators")

    async def register(self):
        answer = await self.kinesis.register_stream_consumer(StreamARN=self.description["StreamARN"],
                                                             ConsumerName="fan")
        consumer = answer["Consumer"]
        while consumer["ConsumerStatus"] != "ACTIVE":
            await asyncio.sleep(PAUSE_S)
            answer = await self.kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
            consumer = answer["ConsumerDescription"]
        return consumer["ConsumerARN"]

    async def subscribe(self, consumer, shard, kind):
        answer = await self.kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard,
                                                       StartingPosition={"Type": kind})
        return answer["EventStream"]

    async def split_while_subscribed(self, consumer):
        """A subscription gets what is there, what comes, and the children when the shard has ended."""
        subscription = await self.subscribe(consumer, self.shard, "TRIM_HORIZON")
        events = aiter(subscription)
        assert await hear(events, 4) == EVERYTHING
        await self.put(b"five")
        assert await hear(events, 1) == [b"five"]

        await self.kinesis.split_shard(StreamName=STREAM, ShardToSplit=self.shard, NewStartingHashKey=MIDDLE)
        await self.wait()
        shards = (await self.kinesis.list_shards(StreamName=STREAM))["Shards"]
        children = [one["ShardId"] for one in shards if one.get("ParentShardId") == self.shard]
        assert len(shards) == 3 and len(children) == 2

        heard = [event["SubscribeToShardEvent"] async for event in events]  # until the server ends it
        assert "ContinuationSequenceNumber" not in heard[-1]
        assert [child["ShardId"] for child in heard[-1]["ChildShards"]] == children
        subscription.close()
        print("a subscription to a shard, through its split to its end")
        return children

    async def subscribe_to_tip(self, consumer, shard):
        subscription = await self.subscribe(consumer, shard, "LATEST")
        await self.put(b"pushed")
        assert await hear(aiter(subscription), 1) == [b"pushed"]
        subscription.close()
        print("a subscription that the client ends")

    async def put_too_much(self):
        """Three records of a megabyte are more than a shard takes in a second; what was refused is put again."""
        entries = [{"PartitionKey": "k", "ExplicitHashKey": MIDDLE, "Data": b"x" * 1_000_000}] * 3
        refused = 0
        while entries:
            answer = await self.kinesis.put_records(StreamName=STREAM, Records=entries)
            codes = [result.get("ErrorCode") for result in answer["Records"]]
            assert set(codes) <= {None, "ProvisionedThroughputExceededException"}
            entries = [entry for entry, code in zip(entries, codes) if code]
            assert len(entries) == answer["FailedRecordCount"]
            refused += len(entries)
            if entries:
                await asyncio.sleep(PAUSE_S)
        assert refused
        print(f"a PutRecords that fails in part: {refused} entries put again until all were stored")

    async def fail(self):
        """One error of each kind, as an exception of its own."""
        kinesis, errors = self.kinesis, self.kinesis.exceptions
        await expect(errors.ResourceNotFoundException, kinesis.describe_stream(StreamName="nowhere"))
        await expect(errors.ResourceInUseException, kinesis.create_stream(StreamName=STREAM, ShardCount=1))
        await expect(errors.InvalidArgumentException, kinesis.put_record(
            StreamName=STREAM, PartitionKey="k", Data=b"", ExplicitHashKey=str(2**128)))
        await expect(errors.ValidationException, kinesis.split_shard(
            StreamName=STREAM, ShardToSplit=self.shard, NewStartingHashKey="middle"))
        await expect(errors.LimitExceededException, kinesis.create_stream(StreamName="large", ShardCount=20_001))


async def hear(events, count):
    """The data of `count` records that the subscription delivers."""
    found = []
    while len(found) < count:
        event = (await anext(events))["SubscribeToShardEvent"]
        assert event["ContinuationSequenceNumber"] and event["MillisBehindLatest"] >= 0
        found += [record["Data"] for record in event["Records"]]
    return found


async def expect(error, call):
    try:
        await call
    except error as raised:
        print(f"{error.__name__}: {raised.response['Error']['Message']}")
        return
    raise AssertionError(f"no {error.__name__}")


asyncio.run(main())
