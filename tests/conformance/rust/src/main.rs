//! Kinesis with the AWS SDK for Rust, one part of the API after the other; each prints what it saw hold.

mod connect;

use std::time::{Duration, SystemTime};

use aws_sdk_kinesis::client::Waiters;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::operation::create_stream::CreateStreamError;
use aws_sdk_kinesis::operation::describe_stream::DescribeStreamError;
use aws_sdk_kinesis::operation::put_record::{PutRecordError, PutRecordOutput};
use aws_sdk_kinesis::operation::split_shard::SplitShardError;
use aws_sdk_kinesis::operation::subscribe_to_shard::SubscribeToShardOutput;
use aws_sdk_kinesis::primitives::{Blob, DateTime};
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, Record, Shard, ShardIteratorType, StartingPosition, StreamStatus,
    SubscribeToShardEvent,
};
use aws_sdk_kinesis::Client;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const MIDDLE: &str = "170141183460469231731687303715884105728"; // of the hash keys: 2^127
const BEYOND: &str = "340282366920938463463374607431768211456"; // the last of them: 2^128
const PAUSE: Duration = Duration::from_millis(100); // between two looks at what takes its time
const LONGEST: Duration = Duration::from_secs(180); // that a stream may take to be ACTIVE, or gone

struct Program {
    client: Client,
    stream: String,
    arn: String,
    shard: String,
    created: DateTime,
    all: Vec<Vec<u8>>, // the data of the records put
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let program = create(connect::connect().await?).await?;
    program.put_and_read().await?;
    let consumer = program.register().await?;
    let children = program.split_while_subscribed(&consumer).await?;
    program.subscribe_to_tip(&consumer, &children[0]).await?;
    program.put_too_much().await?;
    program.fail().await;
    program.client.deregister_stream_consumer().consumer_arn(consumer).send().await?;
    program.remove().await
}

async fn create(client: Client) -> Result<Program> {
    let stream = format!("rust-{}", SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
    client.create_stream().stream_name(&stream).shard_count(1).send().await?;
    client.wait_until_stream_exists().stream_name(&stream).wait(LONGEST).await?;
    let description = client.describe_stream().stream_name(&stream).send().await?.stream_description.unwrap();
    assert_eq!(description.stream_status, StreamStatus::Active);

    let mut names = Vec::new();
    let mut pages = client.list_streams().limit(1).into_paginator().send();
    while let Some(page) = pages.next().await {
        names.extend(page?.stream_names);
    }
    assert!(names.contains(&stream));
    println!("a stream created, waited for, described and listed");
    Ok(Program {
        shard: description.shards[0].shard_id.clone(),
        arn: description.stream_arn,
        created: description.stream_creation_timestamp,
        all: ["one \0", "two", "three", "four"].map(|text| text.into()).into(),
        client,
        stream,
    })
}

fn data(records: Vec<Record>) -> impl Iterator<Item = Vec<u8>> {
    records.into_iter().map(|record| record.data.into_inner())
}

impl Program {
    async fn remove(&self) -> Result<()> {
        self.client.delete_stream().stream_name(&self.stream).enforce_consumer_deletion(true).send().await?;
        self.client.wait_until_stream_not_exists().stream_name(&self.stream).wait(LONGEST).await?;
        println!("a stream deleted");
        Ok(())
    }

    async fn shards(&self) -> Result<Vec<Shard>> {
        Ok(self.client.list_shards().stream_name(&self.stream).send().await?.shards.unwrap())
    }

    async fn put(&self, data: &[u8]) -> Result<PutRecordOutput> {
        let request = self.client.put_record().stream_name(&self.stream).partition_key("a");
        Ok(request.explicit_hash_key("0").data(Blob::new(data)).send().await?)
    }

    async fn iterator(&self, kind: ShardIteratorType, number: Option<&str>) -> Result<Option<String>> {
        let mut request = self.client.get_shard_iterator().stream_name(&self.stream).shard_id(&self.shard);
        if kind == ShardIteratorType::AtTimestamp {
            request = request.timestamp(self.created);
        }
        let number = number.map(String::from);
        Ok(request.shard_iterator_type(kind).set_starting_sequence_number(number).send().await?.shard_iterator)
    }

    /// The data of the next records, which are `count`.
    async fn read(&self, mut at: Option<String>, count: usize) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        while found.len() < count && at.is_some() {
            let page = self.client.get_records().shard_iterator(at.unwrap()).send().await?;
            found.extend(data(page.records));
            at = page.next_shard_iterator;
        }
        Ok(found)
    }

    /// Four records, read through the five types of iterators.
    async fn put_and_read(&self) -> Result<()> {
        use ShardIteratorType::*;
        let tip = self.iterator(Latest, None).await?;
        assert_eq!(self.put(&self.all[0]).await?.shard_id, self.shard);
        let number = self.put(&self.all[1]).await?.sequence_number;
        let entries = self.all[2..].iter().map(|text| {
            PutRecordsRequestEntry::builder().partition_key("k").data(Blob::new(text.clone())).build().unwrap()
        });
        let many = self.client.put_records().stream_arn(&self.arn).set_records(Some(entries.collect())).send();
        assert_eq!(many.await?.failed_record_count, Some(0));

        assert_eq!(self.read(self.iterator(TrimHorizon, None).await?, 4).await?, self.all);
        assert_eq!(self.read(self.iterator(AtSequenceNumber, Some(&number)).await?, 3).await?, self.all[1..]);
        assert_eq!(self.read(self.iterator(AfterSequenceNumber, Some(&number)).await?, 2).await?, self.all[2..]);
        assert_eq!(self.read(self.iterator(AtTimestamp, None).await?, 4).await?, self.all);
        assert_eq!(self.read(tip, 4).await?, self.all);
        println!("puts, and reads through five types of iterators");
        Ok(())
    }

    async fn register(&self) -> Result<String> {
        let request = self.client.register_stream_consumer().stream_arn(&self.arn).consumer_name("fan");
        let arn = request.send().await?.consumer.unwrap().consumer_arn;
        loop {
            let answer = self.client.describe_stream_consumer().consumer_arn(&arn).send().await?;
            if answer.consumer_description.unwrap().consumer_status == ConsumerStatus::Active {
                return Ok(arn);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn subscribe(&self, arn: &str, shard: &str, kind: ShardIteratorType) -> Result<SubscribeToShardOutput> {
        let position = StartingPosition::builder().r#type(kind).build()?;
        let request = self.client.subscribe_to_shard().consumer_arn(arn).shard_id(shard);
        Ok(request.starting_position(position).send().await?)
    }

    /// A subscription gets what is there, what comes, and the children when the shard has ended.
    async fn split_while_subscribed(&self, consumer: &str) -> Result<Vec<String>> {
        let mut subscription = self.subscribe(consumer, &self.shard, ShardIteratorType::TrimHorizon).await?;
        assert_eq!(hear(&mut subscription, 4).await?, self.all);
        self.put(b"five").await?;
        assert_eq!(hear(&mut subscription, 1).await?, [b"five"]);

        let split = self.client.split_shard().stream_name(&self.stream).shard_to_split(&self.shard);
        split.new_starting_hash_key(MIDDLE).send().await?;
        self.client.wait_until_stream_exists().stream_name(&self.stream).wait(LONGEST).await?;
        let parent = Some(self.shard.as_str());
        let shards = self.shards().await?.into_iter();
        let children: Vec<_> =
            shards.filter(|shard| shard.parent_shard_id() == parent).map(|shard| shard.shard_id).collect();
        assert_eq!(children.len(), 2);

        let mut last = None;
        while let Some(event) = next(&mut subscription).await? {
            last = Some(event); // until the server ends the subscription
        }
        let last = last.unwrap();
        assert_eq!(last.continuation_sequence_number, "");
        let named: Vec<_> = last.child_shards.unwrap().into_iter().map(|child| child.shard_id).collect();
        assert_eq!(named, children);
        println!("a subscription to a shard, through its split to its end");
        Ok(children)
    }

    async fn subscribe_to_tip(&self, consumer: &str, shard: &str) -> Result<()> {
        let mut subscription = self.subscribe(consumer, shard, ShardIteratorType::Latest).await?;
        self.put(b"pushed").await?;
        assert_eq!(hear(&mut subscription, 1).await?, [b"pushed"]);
        drop(subscription);
        println!("a subscription that the client ends");
        Ok(())
    }

    /// Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
    async fn put_too_much(&self) -> Result<()> {
        let entry = PutRecordsRequestEntry::builder().partition_key("k").explicit_hash_key(MIDDLE);
        let mut entries = vec![entry.data(Blob::new(vec![0; 1_000_000])).build()?; 3];
        let mut refused = 0;
        while !entries.is_empty() {
            let request = self.client.put_records().stream_name(&self.stream);
            let answer = request.set_records(Some(entries.clone())).send().await?;
            let mut again = Vec::new();
            for (entry, result) in entries.into_iter().zip(answer.records) {
                if let Some(code) = result.error_code {
                    assert_eq!(code, "ProvisionedThroughputExceededException");
                    again.push(entry);
                }
            }
            assert_eq!(answer.failed_record_count, Some(again.len() as i32));
            refused += again.len();
            entries = again;
            if !entries.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        assert!(refused > 0);
        println!("a PutRecords that fails in part: {refused} entries put again until all were stored");
        Ok(())
    }

    /// One error of each kind, as a variant of its own.
    async fn fail(&self) {
        let (client, stream) = (&self.client, &self.stream);
        let unknown = client.describe_stream().stream_name("nowhere").send().await;
        expect(unknown, DescribeStreamError::is_resource_not_found_exception);
        let taken = client.create_stream().stream_name(stream).shard_count(1).send().await;
        expect(taken, CreateStreamError::is_resource_in_use_exception);
        let put = client.put_record().stream_name(stream).partition_key("k").data(Blob::new(""));
        expect(put.explicit_hash_key(BEYOND).send().await, PutRecordError::is_invalid_argument_exception);
        let split = client.split_shard().stream_name(stream).shard_to_split(&self.shard);
        expect(split.new_starting_hash_key("middle").send().await, SplitShardError::is_validation_exception);
        let large = client.create_stream().stream_name("large").shard_count(20_001).send().await;
        expect(large, CreateStreamError::is_limit_exceeded_exception);
    }
}

async fn next(subscription: &mut SubscribeToShardOutput) -> Result<Option<SubscribeToShardEvent>> {
    let event = subscription.event_stream.recv().await?;
    Ok(event.map(|event| event.as_subscribe_to_shard_event().unwrap().clone()))
}

/// The data of `count` records that the subscription delivers.
async fn hear(subscription: &mut SubscribeToShardOutput, count: usize) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    while found.len() < count {
        let event = next(subscription).await?.expect("the subscription has ended");
        assert_ne!(event.continuation_sequence_number, "");
        found.extend(data(event.records));
    }
    Ok(found)
}

fn expect<T, E: ProvideErrorMetadata, R>(answer: std::result::Result<T, SdkError<E, R>>, is_kind: fn(&E) -> bool) {
    let error = answer.err().expect("an error");
    let error = error.as_service_error().expect("an error of the service");
    assert!(is_kind(error), "another error: {:?}", error.meta());
    println!("{}", error.meta());
}
