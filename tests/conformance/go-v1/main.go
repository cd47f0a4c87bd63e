// Kinesis with the AWS SDK for Go v1, one part of the API after the other; each prints what it saw hold.
//
// KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it the program runs on AWS. For https, the
// SDK trusts the certificate in the file that AWS_CA_BUNDLE names.
package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/kinesis"
)

const (
	middle = "170141183460469231731687303715884105728" // of the hash keys: 2^127
	beyond = "340282366920938463463374607431768211456" // the last of them: 2^128
	pause  = 100 * time.Millisecond                    // between two looks at what takes its time
)

type program struct {
	client  *kinesis.Kinesis
	stream  string
	shard   string
	created *time.Time
	arn     *string
	all     []string // the data of the records put
}

func newClient() *kinesis.Kinesis {
	settings := aws.NewConfig()
	if endpoint := os.Getenv("KINESIS_ENDPOINT"); endpoint != "" {
		settings = settings.WithEndpoint(endpoint)
	}
	return kinesis.New(session.Must(session.NewSession(settings)))
}

func main() {
	p := &program{client: newClient(), stream: fmt.Sprint("go-v1-", time.Now().Unix())}
	p.create()
	defer p.remove()
	p.putAndRead()
	consumer := p.register()
	children := p.splitWhileSubscribed(consumer)
	p.subscribeToTip(consumer, children[0])
	p.putTooMuch()
	p.fail()
	must(p.client.DeregisterStreamConsumer(&kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer}))
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
	check(p.client.WaitUntilStreamExists(&kinesis.DescribeStreamInput{StreamName: &p.stream}) == nil, "not ACTIVE")
}

func (p *program) create() {
	must(p.client.CreateStream(&kinesis.CreateStreamInput{StreamName: &p.stream, ShardCount: aws.Int64(1)}))
	p.wait()
	description := must(p.client.DescribeStream(
		&kinesis.DescribeStreamInput{StreamName: &p.stream})).StreamDescription
	equal(*description.StreamStatus, kinesis.StreamStatusActive)
	p.created, p.arn = description.StreamCreationTimestamp, description.StreamARN
	p.shard = *p.listShards()[0].ShardId

	names := map[string]bool{}
	check(p.client.ListStreamsPages(&kinesis.ListStreamsInput{Limit: aws.Int64(1)},
		func(page *kinesis.ListStreamsOutput, _ bool) bool {
			for _, name := range page.StreamNames {
				names[*name] = true
			}
			return true
		}) == nil, "not listed")
	check(names[p.stream], "the stream is not listed")
	fmt.Println("a stream created, waited for, described and listed")
}

func (p *program) remove() {
	must(p.client.DeleteStream(
		&kinesis.DeleteStreamInput{StreamName: &p.stream, EnforceConsumerDeletion: aws.Bool(true)}))
	check(p.client.WaitUntilStreamNotExists(&kinesis.DescribeStreamInput{StreamName: &p.stream}) == nil, "not gone")
	fmt.Println("a stream deleted")
}

func (p *program) listShards() []*kinesis.Shard {
	return must(p.client.ListShards(&kinesis.ListShardsInput{StreamName: &p.stream})).Shards
}

func (p *program) put(data string) *kinesis.PutRecordOutput {
	return must(p.client.PutRecord(&kinesis.PutRecordInput{
		StreamName: &p.stream, PartitionKey: aws.String("a"), ExplicitHashKey: aws.String("0"), Data: []byte(data)}))
}

func (p *program) iterator(kind string, number *string) *string {
	request := &kinesis.GetShardIteratorInput{
		StreamName: &p.stream, ShardId: &p.shard, ShardIteratorType: &kind, StartingSequenceNumber: number}
	if kind == kinesis.ShardIteratorTypeAtTimestamp {
		request.Timestamp = p.created
	}
	return must(p.client.GetShardIterator(request)).ShardIterator
}

// The data of the next records, which are `count`.
func (p *program) read(at *string, count int) []string {
	var found []string
	for len(found) < count && at != nil {
		page := must(p.client.GetRecords(&kinesis.GetRecordsInput{ShardIterator: at}))
		found = append(found, texts(page.Records)...)
		at = page.NextShardIterator
	}
	return found
}

func texts(records []*kinesis.Record) []string {
	var found []string
	for _, record := range records {
		found = append(found, string(record.Data))
	}
	return found
}

// Four records, read through the five types of iterators.
func (p *program) putAndRead() {
	p.all = []string{"one \x00\xff", "two", "three", "four"}
	tip := p.iterator(kinesis.ShardIteratorTypeLatest, nil)
	equal(*p.put(p.all[0]).ShardId, p.shard)
	number := p.put(p.all[1]).SequenceNumber
	many := must(p.client.PutRecords(&kinesis.PutRecordsInput{
		StreamARN: p.arn, Records: []*kinesis.PutRecordsRequestEntry{
			{PartitionKey: aws.String("b"), Data: []byte(p.all[2])},
			{PartitionKey: aws.String("c"), Data: []byte(p.all[3])}}}))
	equal(*many.FailedRecordCount, int64(0))

	equal(p.read(p.iterator(kinesis.ShardIteratorTypeTrimHorizon, nil), 4), p.all)
	equal(p.read(p.iterator(kinesis.ShardIteratorTypeAtSequenceNumber, number), 3), p.all[1:])
	equal(p.read(p.iterator(kinesis.ShardIteratorTypeAfterSequenceNumber, number), 2), p.all[2:])
	equal(p.read(p.iterator(kinesis.ShardIteratorTypeAtTimestamp, nil), 4), p.all)
	equal(p.read(tip, 4), p.all)
	fmt.Println("puts, and reads through five types of iterators")
}

func (p *program) register() *string {
	consumer := must(p.client.RegisterStreamConsumer(
		&kinesis.RegisterStreamConsumerInput{StreamARN: p.arn, ConsumerName: aws.String("fan")})).Consumer
	request := &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer.ConsumerARN}
	for *must(p.client.DescribeStreamConsumer(request)).ConsumerDescription.ConsumerStatus !=
		kinesis.ConsumerStatusActive {
		time.Sleep(pause)
	}
	return consumer.ConsumerARN
}

func (p *program) subscribe(consumer *string, shard string,
	kind string) *kinesis.SubscribeToShardEventStream {
	return must(p.client.SubscribeToShard(&kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: &shard, StartingPosition: &kinesis.StartingPosition{Type: &kind}})).GetStream()
}

// The data of `count` records that the subscription delivers.
func hear(subscription *kinesis.SubscribeToShardEventStream, count int) []string {
	var found []string
	for len(found) < count {
		next, open := <-subscription.Events()
		check(open, "the subscription ended: ", subscription.Err())
		event := next.(*kinesis.SubscribeToShardEvent)
		check(aws.StringValue(event.ContinuationSequenceNumber) != "", "no continuation")
		found = append(found, texts(event.Records)...)
	}
	return found
}

// A subscription gets what is there, what comes, and the children when the shard has ended.
func (p *program) splitWhileSubscribed(consumer *string) []string {
	subscription := p.subscribe(consumer, p.shard, kinesis.ShardIteratorTypeTrimHorizon)
	equal(hear(subscription, 4), p.all)
	p.put("five")
	equal(hear(subscription, 1), []string{"five"})

	must(p.client.SplitShard(&kinesis.SplitShardInput{
		StreamName: &p.stream, ShardToSplit: &p.shard, NewStartingHashKey: aws.String(middle)}))
	p.wait()
	var children []string
	for _, shard := range p.listShards() {
		if aws.StringValue(shard.ParentShardId) == p.shard {
			children = append(children, *shard.ShardId)
		}
	}
	equal(len(children), 2)

	var last *kinesis.SubscribeToShardEvent
	for event := range subscription.Events() { // until the server ends the subscription
		last = event.(*kinesis.SubscribeToShardEvent)
	}
	check(last.ContinuationSequenceNumber == nil, "the shard goes on")
	equal([]string{*last.ChildShards[0].ShardId, *last.ChildShards[1].ShardId}, children)
	check(subscription.Close() == nil, subscription.Err())
	fmt.Println("a subscription to a shard, through its split to its end")
	return children
}

func (p *program) subscribeToTip(consumer *string, shard string) {
	subscription := p.subscribe(consumer, shard, kinesis.ShardIteratorTypeLatest)
	p.put("pushed")
	equal(hear(subscription, 1), []string{"pushed"})
	check(subscription.Close() == nil, subscription.Err())
	fmt.Println("a subscription that the client ends")
}

// Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
func (p *program) putTooMuch() {
	entry := &kinesis.PutRecordsRequestEntry{
		PartitionKey: aws.String("k"), ExplicitHashKey: aws.String(middle), Data: make([]byte, 1_000_000)}
	entries := []*kinesis.PutRecordsRequestEntry{entry, entry, entry}
	refused := 0
	for len(entries) > 0 {
		answer := must(p.client.PutRecords(
			&kinesis.PutRecordsInput{StreamName: &p.stream, Records: entries}))
		var again []*kinesis.PutRecordsRequestEntry
		for i, result := range answer.Records {
			if result.ErrorCode != nil {
				equal(*result.ErrorCode, "ProvisionedThroughputExceededException")
				again = append(again, entries[i])
			}
		}
		equal(*answer.FailedRecordCount, int64(len(again)))
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
	expect[*kinesis.ResourceNotFoundException](p.client.DescribeStream(
		&kinesis.DescribeStreamInput{StreamName: aws.String("nowhere")}))
	expect[*kinesis.ResourceInUseException](p.client.CreateStream(
		&kinesis.CreateStreamInput{StreamName: &p.stream, ShardCount: aws.Int64(1)}))
	expect[*kinesis.InvalidArgumentException](p.client.PutRecord(&kinesis.PutRecordInput{
		StreamName: &p.stream, PartitionKey: aws.String("k"), Data: []byte{}, ExplicitHashKey: aws.String(beyond)}))
	expect[*kinesis.ValidationException](p.client.SplitShard(&kinesis.SplitShardInput{
		StreamName: &p.stream, ShardToSplit: &p.shard, NewStartingHashKey: aws.String("middle")}))
	expect[*kinesis.LimitExceededException](p.client.CreateStream(
		&kinesis.CreateStreamInput{StreamName: aws.String("large"), ShardCount: aws.Int64(20_001)}))
}
