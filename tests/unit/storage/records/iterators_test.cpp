// GetShardIterator.
#include "storage/records/reads.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;
using Data = std::vector<std::string>;

constexpr auto trim_horizon = IteratorType::TRIM_HORIZON;
constexpr auto latest = IteratorType::LATEST;
constexpr auto at_number = IteratorType::AT_SEQUENCE_NUMBER;
constexpr auto after_number = IteratorType::AFTER_SEQUENCE_NUMBER;
constexpr auto at_timestamp = IteratorType::AT_TIMESTAMP;

}  // namespace

TEST_CASE("GetShardIterator checks in AWS's order and says what AWS says") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  const auto now = fixture.now();
  const auto starting = describe_stream(fixture.state(), stream_key, {}, {}, now).value().shards[0].starting;
  auto foreign = starting;
  foreign.shard_created_s -= 100;
  struct Row {
    std::string why;
    StreamKey stream;
    std::string shard;
    IteratorStart start;
    ErrorType type;
    std::string text;
  };
  const StreamKey absent{world, "absent"};
  const std::string combinations =
      "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
      "TRIM_HORIZON or LATEST and no StartingSequenceNumber. ";
  const auto used = [](const std::string& number, const std::string& end) {
    return "StartingSequenceNumber " + number +
           " used in GetShardIterator on shard shardId-000000000000 in stream orders under account "
           "000000000000 is "
           "invalid" +
           end;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the shard id's syntax comes before the stream",
       absent,
       "shard-x",
       {at_number},
       ErrorType::ResourceNotFoundException,
       "Could not find shard shard-x in stream absent under account 000000000000."},
      {"an absent stream is an absent shard",
       absent,
       "0",
       {at_number},
       ErrorType::ResourceNotFoundException,
       "Shard shardId-000000000000 in stream absent under account 000000000000 does not exist"},
      {"an absent shard",
       stream_key,
       "whatever-2",
       {at_number},
       ErrorType::ResourceNotFoundException,
       "Shard shardId-000000000002 in stream orders under account 000000000000 does not exist"},
      {"AT without number",
       stream_key,
       "0",
       {at_number},
       ErrorType::InvalidArgumentException,
       combinations + "Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."},
      {"AFTER without number",
       stream_key,
       "0",
       {after_number},
       ErrorType::InvalidArgumentException,
       combinations + "Request specified AFTER_SEQUENCE_NUMBER and no StartingSequenceNumber."},
      {"LATEST with number",
       stream_key,
       "0",
       {latest, "5"},
       ErrorType::InvalidArgumentException,
       combinations + "Request specified LATEST and also a StartingSequenceNumber."},
      {"TRIM_HORIZON with number",
       stream_key,
       "0",
       {trim_horizon, "5"},
       ErrorType::InvalidArgumentException,
       combinations + "Request specified TRIM_HORIZON and also a StartingSequenceNumber."},
      {"AT_TIMESTAMP with number",
       stream_key,
       "0",
       {at_timestamp, "5", now},
       ErrorType::InvalidArgumentException,
       combinations + "Request specified AT_TIMESTAMP and also a StartingSequenceNumber."},
      {"no number at all",
       stream_key,
       "0",
       {at_number, "x"},
       ErrorType::InvalidArgumentException,
       used("x", ".")},
      {"of another shard",
       stream_key,
       "1",
       {at_number, starting.to_string()},
       ErrorType::InvalidArgumentException,
       "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a "
       "shard with "
       "shardId-000000000001"},
      {"of another stream",
       stream_key,
       "0",
       {after_number, foreign.to_string()},
       ErrorType::InvalidArgumentException,
       used(foreign.to_string(), " because it did not come from this stream.")},
      {"a version 0 number", stream_key, "0", {at_number, "0"}, ErrorType::InternalFailure, ""},
      {"a version 0 number of another shard",
       stream_key,
       "1",
       {at_number, "0"},
       ErrorType::InvalidArgumentException,
       "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a "
       "shard with "
       "shardId-000000000001"},
      {"no time",
       stream_key,
       "0",
       {at_timestamp},
       ErrorType::InvalidArgumentException,
       "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
       "timestamp "
       "parameter."},
      {"a time to come",
       stream_key,
       "0",
       {at_timestamp, {}, now + std::chrono::milliseconds{1}},
       ErrorType::InvalidArgumentException,
       "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
       "timestampInMillis: "
       "1700000000001, currentTimestampInMillis: 1700000000000"},
  }));
  INFO(row.why);
  const auto made = shard_iterator(fixture.state(), row.stream, row.shard, row.start, now);
  CHECK(error_type(made) == row.type);
  CHECK(error_text(made) == row.text);
}

TEST_CASE("Iterators of each type begin where AWS's begin") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto starting =
      describe_stream(fixture.state(), stream_key, {}, {}, fixture.now()).value().shards[0].starting;
  std::vector<std::string> numbers;
  std::vector<Timestamp> times;
  for (const char* text : {"0", "1", "2"}) {
    fixture.clock.advance_ms(1000);
    times.push_back(fixture.now());
    numbers.push_back(fixture.put("k", text).to_string());
  }
  fixture.settle();
  const auto ms = std::chrono::milliseconds{1};
  struct Row {
    std::string why;
    IteratorStart start;
    Data expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"from the beginning", {trim_horizon}, {"0", "1", "2"}},
      {"from the end", {latest}, {}},
      {"from a record", {at_number, numbers[1]}, {"1", "2"}},
      {"after a record", {after_number, numbers[1]}, {"2"}},
      {"after the last", {after_number, numbers[2]}, {}},
      {"from the shard's start", {at_number, starting.to_string()}, {"0", "1", "2"}},
      {"after the shard's start", {after_number, starting.to_string()}, {"0", "1", "2"}},
      {"long ago", {at_timestamp, {}, from_epoch_ms(0)}, {"0", "1", "2"}},
      {"at the moment of a record", {at_timestamp, {}, times[1]}, {"1", "2"}},
      {"a millisecond later", {at_timestamp, {}, times[1] + ms}, {"2"}},
      {"now", {at_timestamp, {}, times[2]}, {"2"}},
  }));
  INFO(row.why);
  CHECK(fixture.read_all(fixture.iterator(row.start)) == row.expected);
}

TEST_CASE("From a number past a record both types go on with the next") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto put = fixture.put("k", "1");
  fixture.clock.advance_ms(5000);
  fixture.put("k", "2");
  fixture.settle();
  const auto from = [&](IteratorType type, std::uint64_t index, std::int64_t recorded_s) {
    const SequenceNumber number{put.shard_created_s, index, recorded_s, put.shard, true};
    return fixture.read_all(fixture.iterator({type, number.to_string()}));
  };
  for (const auto type : {at_number, after_number}) {
    // Its time says nothing.
    for (const std::int64_t recorded_s : {std::int64_t{0}, put.recorded_s, put.recorded_s + 1'000'000}) {
      CHECK(from(type, put.index - 1, recorded_s) == Data{"1", "2"});
      CHECK(from(type, put.index, recorded_s) == Data{"2"});
      CHECK(from(type, put.index + 1, recorded_s).empty());
    }
  }
}

}  // namespace kinesisd::tests
