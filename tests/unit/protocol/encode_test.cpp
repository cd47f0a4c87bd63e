#include "protocol/encode.hpp"

#include <catch2/catch.hpp>

#include "protocol/operations.hpp"

namespace kinesisd::protocol {

namespace {

Timestamp at(std::int64_t ms) {
  return Timestamp{std::chrono::milliseconds{ms}};
}

template <class Response>
std::string body(const Response& response) {
  return encode_body(response, Encoding::json);
}

struct Kinds {
  bool yes = true;
  std::int64_t wide = -9223372036854775807 - 1;
  Blob blob{"hi"};
  std::map<std::string, std::string> tags{{"b", "\""}, {"a", ""}};
  std::optional<std::vector<std::int32_t>> numbers{{1, 2}};
  std::optional<HashKeyRange> range{};

  static constexpr auto fields() {
    return std::tuple{field("Yes", &Kinds::yes),         field("Wide", &Kinds::wide),
                      field("Blob", &Kinds::blob),       field("Tags", &Kinds::tags),
                      field("Numbers", &Kinds::numbers), field("Range", &Kinds::range)};
  }
};

}  // namespace

TEST_CASE("An operation without a response answers with nothing") {
  CHECK(body(CreateStream::Response{}).empty());
}

TEST_CASE("A value of every kind is written") {
  CHECK(body(Kinds{}) ==
        R"({"Yes":true,"Wide":-9223372036854775808,"Blob":"aGk=","Tags":{"a":"","b":"\""},"Numbers":[1,2]})");
}

TEST_CASE("CBOR has bytes as they are, times as tagged milliseconds and nothing for a Void") {
  CHECK(encode_body(CreateStream::Response{}, Encoding::cbor).empty());
  using namespace std::string_literals;
  CHECK(encode_body(Kinds{}, Encoding::cbor) ==
        "\xA5\x63Yes\xF5\x64Wide\x3B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x64"s + "Blob\x42hi\x64Tags\xA2\x61"s +
            "a\x60\x61"s + "b\x61\"\x67Numbers\x82\x01\x02");
  GetRecords::Response response;
  response.records.push_back(
      {.sequence_number = "7", .approximate_arrival_timestamp = at(1'700'000'000'000), .data = {"\xFF"}});
  response.millis_behind_latest = 0;
  CHECK(encode_body(response, Encoding::cbor) ==
        "\xA2\x67Records\x81\xA3\x6ESequenceNumber\x61\x37\x78\x1B"s +
            "ApproximateArrivalTimestamp\xC1\x1B\x00\x00\x01\x8B\xCF\xE5\x68\x00\x64"s +
            "Data\x41\xFF\x72MillisBehindLatest\x00"s);
}

TEST_CASE("Absent members are left out") {
  CHECK(body(PutRecord::Response{.shard_id = "shardId-000000000000", .sequence_number = "1"}) ==
        R"({"ShardId":"shardId-000000000000","SequenceNumber":"1"})");
  CHECK(body(PutRecord::Response{
            .shard_id = "s", .sequence_number = "1", .encryption_type = EncryptionType::KMS}) ==
        R"({"ShardId":"s","SequenceNumber":"1","EncryptionType":"KMS"})");
}

TEST_CASE("A page of records is written from views") {
  const std::string data("\0\xFF", 2), key = "k\n";
  GetRecords::Response response;
  response.records.push_back({.sequence_number = "7",
                              .approximate_arrival_timestamp = at(1759850000123),
                              .data = {data},
                              .partition_key = key});
  response.records.push_back({.sequence_number = "8", .data = {}});  // put without a key
  response.millis_behind_latest = 0;
  CHECK(body(response) ==
        R"({"Records":[{"SequenceNumber":"7","ApproximateArrivalTimestamp":1759850000.123,)"
        R"("Data":"AP8=","PartitionKey":"k\n"},{"SequenceNumber":"8","Data":""}],"MillisBehindLatest":0})");
}

TEST_CASE("Structures are written inside structures") {
  DescribeStream::Response response;
  StreamDescription& stream = response.stream_description;
  stream.stream_name = "s";
  stream.stream_arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
  stream.stream_status = StreamStatus::ACTIVE;
  stream.stream_mode_details = StreamModeDetails{StreamMode::ON_DEMAND};
  stream.shards.push_back({.shard_id = "shardId-000000000000",
                           .hash_key_range = {"0", "9"},
                           .sequence_number_range = {.starting_sequence_number = "1"}});
  stream.retention_period_hours = 24;
  stream.stream_creation_timestamp = at(1759850000000);
  stream.enhanced_monitoring.push_back({.shard_level_metrics = std::vector<MetricsName>{}});
  stream.encryption_type = EncryptionType::NONE;
  CHECK(body(response) ==
        R"({"StreamDescription":{"StreamName":"s",)"
        R"("StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s",)"
        R"("StreamStatus":"ACTIVE","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"Shards":[{"ShardId":)"
        R"("shardId-000000000000","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"9"},)"
        R"("SequenceNumberRange":{"StartingSequenceNumber":"1"}}],"HasMoreShards":false,)"
        R"("RetentionPeriodHours":24,"StreamCreationTimestamp":1759850000,"EnhancedMonitoring":)"
        R"([{"ShardLevelMetrics":[]}],"EncryptionType":"NONE"}})");
}

TEST_CASE("Errors carry their type and, where they have one, their message") {
  struct Row {
    const char* why;
    Error error;
    const char* json;
    std::string cbor;
  };
  using namespace std::string_literals;
  const auto row = GENERATE(values<Row>({
      {"bare",
       {ErrorType::InternalFailure, ""},
       R"({"__type":"InternalFailure"})",
       "\xA1\x66__type\x6FInternalFailure"s},
      {"a text of two dozen bytes",
       {ErrorType::UnknownOperationException, ""},
       R"({"__type":"UnknownOperationException"})",
       "\xA1\x66__type\x78\x19UnknownOperationException"s},
      {"with a message",
       {ErrorType::ValidationException, "a \"b\""},
       R"({"__type":"ValidationException","message":"a \"b\""})",
       "\xA2\x66__type\x73ValidationException\x67message\x65"s + "a \"b\""},
      {"a type mismatch spells it otherwise",
       {ErrorType::SerializationException, "c"},
       R"({"__type":"SerializationException","Message":"c"})",
       "\xA2\x66__type\x76SerializationException\x67Message\x61"s + "c"},
      {"a long message",
       {ErrorType::AccessDeniedException, std::string(300, 'm')},
       nullptr,
       "\xA2\x66__type\x75"s + "AccessDeniedException\x67message\x79\x01\x2C" + std::string(300, 'm')},
      {"a very long message",
       {ErrorType::AccessDeniedException, std::string(65536, 'm')},
       nullptr,
       "\xA2\x66__type\x75"s + "AccessDeniedException\x67message\x7A\x00\x01\x00\x00"s +
           std::string(65536, 'm')},
  }));
  INFO(row.why);
  if (row.json != nullptr) CHECK(encode_error(row.error, Encoding::json) == row.json);
  CHECK(encode_error(row.error, Encoding::cbor) == row.cbor);
}

}  // namespace kinesisd::protocol
