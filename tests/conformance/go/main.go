// Kinesis with the AWS SDK for Go v2, one part of the API after the other; each prints what it saw hold.
//
// KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it the program runs on AWS. For https, the
// SDK trusts the certificate in the file that AWS_CA_BUNDLE names.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	middle  = "170141183460469231731687303715884105728" // of the hash keys: 2^127
	beyond  = "340282366920938463463374607431768211456" // the last of them: 2^128
	pause   = 100 * time.Millisecond                    // between two looks at what takes its time
	longest = 3 * time.Minute                           // that a stream may take to be ACTIVE, or gone
)

type program struct {
	context context.Context
	client  *kinesis.Client
	stream  string
	shard   string
	created time.Time
	arn     *string
	all     []string // the data of the records put
}

func newClient(ctx context.Context) *kinesis.Client {
	settings := must(config.LoadDefaultConfig(ctx))
	return kinesis.NewFromConfig(settings, func(options *kinesis.Options) {
		if endpoint := os.Getenv("KINESIS_ENDPOINT"); endpoint != "" {
			options.BaseEndpoint = aws.String(endpoint)
		}
	})
}

func main() {
	ctx := context.Background()
	p := &program{context: ctx, client: newClient(ctx), stream: fmt.Sprint("go-", time.Now().Unix())}
	p.create()
	defer p.remove()
	p.putAndRead()
	consumer := p.register()
	children := p.splitWhileSubscribed(consumer)
	p.subscribeToTip(consumer, children[0])
	p.putTooMuch()
	p.fail()
	must(p.client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer}))
}

func must[T any](value T, err error) T {
	check(err == nil, err)
	return value
}

func check(holds bool, what ...any) {
	if !holds {
		panic(fmt.Sprint(what...))
	}
}

func equal(found, expected any) {
	check(reflect.DeepEqual(found, expected), "expected ", expected, ", found ", found)
}

func (p *program) wait() {
	waiter := kinesis.NewStreamExistsWaiter(p.client)
	check(waiter.Wait(p.context, &kinesis.DescribeStreamInput{StreamName: &p.stream}, longest) == nil, "not ACTIVE")
}

func (p *program) create() {
	must(p.client.CreateStream(p.context, &kinesis.CreateStreamInput{StreamName: &p.stream, ShardCount: aws.Int32(1)}))
	p.wait()
	description := must(p.client.DescribeStream(p.context,
		&kinesis.DescribeStreamInput{StreamName: &p.stream})).StreamDescription
	equal(description.StreamStatus, types.StreamStatusActive)
	p.created, p.arn = *description.StreamCreationTimestamp, description.StreamARN
	p.shard = *p.listShards()[0].ShardId

	names := map[string]bool{}
	pages := kinesis.NewListStreamsPaginator(p.client, &kinesis.ListStreamsInput{Limit: aws.Int32(1)})
	for pages.HasMorePages() {
		for _, name := range must(pages.NextPage(p.context)).StreamNames {
			names[name] = true
		}
	}
	check(names[p.stream], "the stream is not listed")
	fmt.Println("a stream created, waited for, described and listed")
}

func (p *program) remove() {
	must(p.client.DeleteStream(p.context,
		&kinesis.DeleteStreamInput{StreamName: &p.stream, EnforceConsumerDeletion: aws.Bool(true)}))
	waiter := kinesis.NewStreamNotExistsWaiter(p.client)
	check(waiter.Wait(p.context, &kinesis.DescribeStreamInput{StreamName: &p.stream}, longest) == nil, "not gone")
	fmt.Println("a stream deleted")
}

func (p *program) listShards() []types.Shard {
	return must(p.client.ListShards(p.context, &kinesis.ListShardsInput{StreamName: &p.stream})).Shards
}

func (p *program) put(data string) *kinesis.PutRecordOutput {
	return must(p.client.PutRecord(p.context, &kinesis.PutRecordInput{
		StreamName: &p.stream, PartitionKey: aws.String("a"), ExplicitHashKey: aws.String("0"), Data: []byte(data)}))
}

func (p *program) iterator(kind types.ShardIteratorType, number *string) *string {
	request := &kinesis.GetShardIteratorInput{
		StreamName: &p.stream, ShardId: &p.shard, ShardIteratorType: kind, StartingSequenceNumber: number}
	if kind == types.ShardIteratorTypeAtTimestamp {
		request.Timestamp = &p.created
	}
	return must(p.client.GetShardIterator(p.context, request)).ShardIterator
}

// The data of the next records, which are `count`.
func (p *program) read(at *string, count int) []string {
	var found []string
	for len(found) < count && at != nil {
		page := must(p.client.GetRecords(p.context, &kinesis.GetRecordsInput{ShardIterator: at}))
		found = append(found, texts(page.Records)...)
		at = page.NextShardIterator
	}
	return found
}

func texts(records []types.Record) []string {
	var found []string
	for _, record := range records {
		found = append(found, string(record.Data))
	}
	return found
}

// Four records, read through the five types of iterators.
func (p *program) putAndRead() {
	p.all = []string{"one \x00\xff", "two", "three", "four"}
	tip := p.iterator(types.ShardIteratorTypeLatest, nil)
	equal(*p.put(p.all[0]).ShardId, p.shard)
	number := p.put(p.all[1]).SequenceNumber
	many := must(p.client.PutRecords(p.context, &kinesis.PutRecordsInput{
		StreamARN: p.arn, Records: []types.PutRecordsRequestEntry{
			{PartitionKey: aws.String("b"), Data: []byte(p.all[2])},
			{PartitionKey: aws.String("c"), Data: []byte(p.all[3])}}}))
	equal(*many.FailedRecordCount, int32(0))

	equal(p.read(p.iterator(types.ShardIteratorTypeTrimHorizon, nil), 4), p.all)
	equal(p.read(p.iterator(types.ShardIteratorTypeAtSequenceNumber, number), 3), p.all[1:])
	equal(p.read(p.iterator(types.ShardIteratorTypeAfterSequenceNumber, number), 2), p.all[2:])
	equal(p.read(p.iterator(types.ShardIteratorTypeAtTimestamp, nil), 4), p.all)
	equal(p.read(tip, 4), p.all)
	fmt.Println("puts, and reads through five types of iterators")
}

func (p *program) register() *string {
	consumer := must(p.client.RegisterStreamConsumer(p.context,
		&kinesis.RegisterStreamConsumerInput{StreamARN: p.arn, ConsumerName: aws.String("fan")})).Consumer
	request := &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer.ConsumerARN}
	for must(p.client.DescribeStreamConsumer(p.context, request)).ConsumerDescription.ConsumerStatus !=
		types.ConsumerStatusActive {
		time.Sleep(pause)
	}
	return consumer.ConsumerARN
}

func (p *program) subscribe(consumer *string, shard string,
	kind types.ShardIteratorType) *kinesis.SubscribeToShardEventStream {
	return must(p.client.SubscribeToShard(p.context, &kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: &shard, StartingPosition: &types.StartingPosition{Type: kind}})).GetStream()
}

// The data of `count` records that the subscription delivers.
func hear(subscription *kinesis.SubscribeToShardEventStream, count int) []string {
	var found []string
	for len(found) < count {
		next, open := <-subscription.Events()
		check(open, "the subscription ended: ", subscription.Err())
		event := next.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		check(aws.ToString(event.ContinuationSequenceNumber) != "", "no continuation")
		found = append(found, texts(event.Records)...)
	}
	return found
}

// A subscription gets what is there, what comes, and the children when the shard has ended.
func (p *program) splitWhileSubscribed(consumer *string) []string {
	subscription := p.subscribe(consumer, p.shard, types.ShardIteratorTypeTrimHorizon)
	equal(hear(subscription, 4), p.all)
	p.put("five")
	equal(hear(subscription, 1), []string{"five"})

	must(p.client.SplitShard(p.context, &kinesis.SplitShardInput{
		StreamName: &p.stream, ShardToSplit: &p.shard, NewStartingHashKey: aws.String(middle)}))
	p.wait()
	var children []string
	for _, shard := range p.listShards() {
		if aws.ToString(shard.ParentShardId) == p.shard {
			children = append(children, *shard.ShardId)
		}
	}
	equal(len(children), 2)

	var last types.SubscribeToShardEvent
	for event := range subscription.Events() { // until the server ends the subscription
		last = event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
	}
	check(last.ContinuationSequenceNumber == nil, "the shard goes on")
	equal([]string{*last.ChildShards[0].ShardId, *last.ChildShards[1].ShardId}, children)
	check(subscription.Close() == nil, subscription.Err())
	fmt.Println("a subscription to a shard, through its split to its end")
	return children
}

func (p *program) subscribeToTip(consumer *string, shard string) {
	subscription := p.subscribe(consumer, shard, types.ShardIteratorTypeLatest)
	p.put("pushed")
	equal(hear(subscription, 1), []string{"pushed"})
	check(subscription.Close() == nil, subscription.Err())
	fmt.Println("a subscription that the client ends")
}

// Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
func (p *program) putTooMuch() {
	entry := types.PutRecordsRequestEntry{
		PartitionKey: aws.String("k"), ExplicitHashKey: aws.String(middle), Data: make([]byte, 1_000_000)}
	entries := []types.PutRecordsRequestEntry{entry, entry, entry}
	refused := 0
	for len(entries) > 0 {
		answer := must(p.client.PutRecords(p.context,
			&kinesis.PutRecordsInput{StreamName: &p.stream, Records: entries}))
		var again []types.PutRecordsRequestEntry
		for i, result := range answer.Records {
			if result.ErrorCode != nil {
				equal(*result.ErrorCode, "ProvisionedThroughputExceededException")
				again = append(again, entries[i])
			}
		}
		equal(*answer.FailedRecordCount, int32(len(again)))
		if entries = again; len(entries) > 0 {
			refused += len(entries)
			time.Sleep(pause)
		}
	}
	check(refused > 0, "nothing was refused")
	fmt.Println("a PutRecords that fails in part:", refused, "entries put again until all were stored")
}

func expect[E error](_ any, err error) {
	var kind E
	check(errors.As(err, &kind), fmt.Sprintf("%T expected: %v", kind, err))
	fmt.Printf("%T: %v\n", kind, kind)
}

// One error of each kind, as a type of its own.
func (p *program) fail() {
	expect[*types.ResourceNotFoundException](p.client.DescribeStream(p.context,
		&kinesis.DescribeStreamInput{StreamName: aws.String("nowhere")}))
	expect[*types.ResourceInUseException](p.client.CreateStream(p.context,
		&kinesis.CreateStreamInput{StreamName: &p.stream, ShardCount: aws.Int32(1)}))
	expect[*types.InvalidArgumentException](p.client.PutRecord(p.context, &kinesis.PutRecordInput{
		StreamName: &p.stream, PartitionKey: aws.String("k"), Data: []byte{}, ExplicitHashKey: aws.String(beyond)}))
	expect[*types.ValidationException](p.client.SplitShard(p.context, &kinesis.SplitShardInput{
		StreamName: &p.stream, ShardToSplit: &p.shard, NewStartingHashKey: aws.String("middle")}))
	expect[*types.LimitExceededException](p.client.CreateStream(p.context,
		&kinesis.CreateStreamInput{StreamName: aws.String("large"), ShardCount: aws.Int32(20_001)}))
}
