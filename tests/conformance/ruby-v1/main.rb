# Kinesis with the AWS SDK for Ruby v1, one part of the API after the other; each prints what it saw hold.
# (The SDK is older than ListShards, consumers and waiters for Kinesis.)
#
# KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it the program runs on AWS. For https, it
# trusts the certificate in the file that AWS_CA_BUNDLE names.
require "aws-sdk"
require "uri"

MIDDLE = (2**127).to_s # of the hash keys
PAUSE_S = 0.1 # between two looks at what takes its time
STREAM = "ruby-#{Time.now.to_i}"

def connect
  settings = {region: ENV.fetch("AWS_REGION", "us-east-1")}
  settings[:ssl_ca_file] = ENV["AWS_CA_BUNDLE"] if ENV["AWS_CA_BUNDLE"]
  if ENV["KINESIS_ENDPOINT"]
    endpoint = URI(ENV["KINESIS_ENDPOINT"])
    settings.update(kinesis_endpoint: endpoint.host, kinesis_port: endpoint.port,
                    use_ssl: endpoint.scheme == "https")
  end
  AWS::Kinesis::Client.new(settings)
end

def check(holds, what)
  raise what unless holds
end

def equal(found, expected)
  check(found == expected, "expected #{expected}, found #{found}")
end

def describe
  KINESIS.describe_stream(stream_name: STREAM)[:stream_description]
end

def wait
  sleep PAUSE_S until describe[:stream_status] == "ACTIVE"
end

def put(data, key = "0")
  KINESIS.put_record(stream_name: STREAM, partition_key: "a", explicit_hash_key: key, data: data)
end

def iterator(type, start = {})
  KINESIS.get_shard_iterator({stream_name: STREAM, shard_id: SHARD, shard_iterator_type: type}.merge(start))[
    :shard_iterator]
end

# The data of the next records, which are `count`.
def read(at, count)
  found = []
  while found.size < count && at
    page = KINESIS.get_records(shard_iterator: at)
    found += page[:records].map { |record| record[:data] }
    at = page[:next_shard_iterator]
  end
  found
end

# Four records, read through the types of iterators that there were then.
def put_and_read
  all = %w[one two three four]
  tip = iterator("LATEST")
  equal(put(all[0])[:shard_id], SHARD)
  number = put(all[1])[:sequence_number]
  many = KINESIS.put_records(stream_name: STREAM, records: all[2..].map { |data| {partition_key: "k", data: data} })
  equal(many[:failed_record_count], 0)

  equal(read(iterator("TRIM_HORIZON"), 4), all)
  equal(read(iterator("AT_SEQUENCE_NUMBER", starting_sequence_number: number), 3), all[1..])
  equal(read(iterator("AFTER_SEQUENCE_NUMBER", starting_sequence_number: number), 2), all[2..])
  equal(read(tip, 4), all)
  puts "puts, and reads through four types of iterators"
end

def split
  KINESIS.split_shard(stream_name: STREAM, shard_to_split: SHARD, new_starting_hash_key: MIDDLE)
  wait
  children = describe[:shards].select { |shard| shard[:parent_shard_id] == SHARD }
  equal(children.size, 2)
  puts "a shard split"
end

# Three records of a megabyte are more than a shard takes in a second; what was refused is put again.
def put_too_much
  entries = [{partition_key: "k", explicit_hash_key: MIDDLE, data: "x" * 1_000_000}] * 3
  refused = 0
  until entries.empty?
    answer = KINESIS.put_records(stream_name: STREAM, records: entries)
    codes = answer[:records].map { |result| result[:error_code] }
    check((codes - [nil, "ProvisionedThroughputExceededException"]).empty?, codes)
    entries = entries.zip(codes).select { |_, code| code }.map(&:first)
    equal(answer[:failed_record_count], entries.size)
    refused += entries.size
    sleep PAUSE_S unless entries.empty?
  end
  check(refused > 0, "nothing was refused")
  puts "a PutRecords that fails in part: #{refused} entries put again until all were stored"
end

def expect(kind)
  yield
rescue kind => error
  puts "#{kind}: #{error.message}"
else
  raise "no #{kind}"
end

# One error of each kind, as a class of its own.
def fail_each
  errors = AWS::Kinesis::Errors
  expect(errors::ResourceNotFoundException) { KINESIS.describe_stream(stream_name: "nowhere") }
  expect(errors::ResourceInUseException) { KINESIS.create_stream(stream_name: STREAM, shard_count: 1) }
  expect(errors::InvalidArgumentException) { put("", (2**128).to_s) }
  expect(errors::ValidationException) do
    KINESIS.split_shard(stream_name: STREAM, shard_to_split: SHARD, new_starting_hash_key: "middle")
  end
  expect(errors::LimitExceededException) { KINESIS.create_stream(stream_name: "large", shard_count: 20_001) }
end

KINESIS = connect
KINESIS.create_stream(stream_name: STREAM, shard_count: 1)
wait
SHARD = describe[:shards].first[:shard_id]
check(KINESIS.list_streams[:stream_names].include?(STREAM), "the stream is not listed")
puts "a stream created, waited for, described and listed"
put_and_read
split
put_too_much
fail_each
KINESIS.delete_stream(stream_name: STREAM)
begin
  sleep PAUSE_S while describe
rescue AWS::Kinesis::Errors::ResourceNotFoundException
  puts "a stream deleted"
end
