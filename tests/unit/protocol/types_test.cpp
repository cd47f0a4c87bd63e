#include <catch2/catch.hpp>
#include <limits>

#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

// Kinds of members that no request of the operations so far has.
struct Others {
  std::optional<std::int64_t> count{};
  std::optional<std::vector<std::string>> names{};

  static constexpr auto fields() {
    return std::tuple{field("Count", &Others::count), field("Names", &Others::names)};
  }
};

struct Row {
  const char* why;
  Refusal refusal;
  const char* body;
  const char* message;
};

constexpr auto list = "Start of list found where not expected";
constexpr auto map = "Start of structure or map found where not expected.";

#define NUMBER "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to "
#define BOOLEAN "class java.lang.Boolean can not be converted to "
#define STRING "class java.lang.String can not be converted to "

}  // namespace

TEST_CASE("A member of the wrong type is refused the way AWS does") {
  const auto row = GENERATE(values<Row>({
      {"a string that is true", refusal<DescribeStream>, R"({"StreamName":true})", BOOLEAN "an String"},
      {"a string that is false", refusal<DescribeStream>, R"({"StreamName":false})", BOOLEAN "an String"},
      {"a string that is a number", refusal<DescribeStream>, R"({"StreamName":3})", NUMBER "an String"},
      {"a string that is a fraction", refusal<DescribeStream>, R"({"StreamName":3.5})", NUMBER "an String"},
      {"a string that is a list", refusal<DescribeStream>, R"({"StreamName":[]})", list},
      {"a string that is a map", refusal<DescribeStream>, R"({"StreamName":{}})", map},
      {"an integer that is a string", refusal<DescribeStream>, R"({"Limit":"1"})", STRING "an Integer"},
      {"an integer that is true", refusal<DescribeStream>, R"({"Limit":true})", BOOLEAN "an Integer"},
      {"an integer that is a list", refusal<DescribeStream>, R"({"Limit":[]})", list},
      {"an integer that is a map", refusal<DescribeStream>, R"({"Limit":{}})", map},
      {"a long that is a string", refusal_of<Others>, R"({"Count":"1"})", STRING "an Long"},
      {"a long that is true", refusal_of<Others>, R"({"Count":true})", BOOLEAN "an Long"},
      {"a long that is a list", refusal_of<Others>, R"({"Count":[]})", list},
      {"a boolean that is a word", refusal<DeleteStream>, R"({"EnforceConsumerDeletion":"hello"})",
       "'HELLO' can not be converted to an Boolean"},
      {"a boolean that is a number", refusal<DeleteStream>, R"({"EnforceConsumerDeletion":1})",
       NUMBER "an Boolean"},
      {"a boolean that is a list", refusal<DeleteStream>, R"({"EnforceConsumerDeletion":[]})", list},
      {"a boolean that is a map", refusal<DeleteStream>, R"({"EnforceConsumerDeletion":{}})", map},
      {"a blob that is true", refusal<PutRecord>, R"({"Data":true})", BOOLEAN "a Blob"},
      {"a blob that is a number", refusal<PutRecord>, R"({"Data":3})", NUMBER "a Blob"},
      {"a blob that is a list", refusal<PutRecord>, R"({"Data":[]})", list},
      {"a blob that is a map", refusal<PutRecord>, R"({"Data":{}})", map},
      {"a blob of a length no base64 has", refusal<PutRecord>, R"({"Data":"23456"})",
       "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but "
       "found: 5"},
      {"a blob with padding inside", refusal<PutRecord>, R"({"Data":"=+/="})",
       "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='"},
      {"a blob with bits after its end", refusal<PutRecord>, R"({"Data":"+/+="})",
       "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"},
      {"a timestamp that is a string", refusal<GetShardIterator>, R"({"Timestamp":"2026"})",
       STRING "milliseconds since epoch"},
      {"a timestamp that is true", refusal<GetShardIterator>, R"({"Timestamp":true})",
       BOOLEAN "milliseconds since epoch"},
      {"a timestamp that is a list", refusal<GetShardIterator>, R"({"Timestamp":[]})", list},
      {"a timestamp that is a map", refusal<GetShardIterator>, R"({"Timestamp":{}})", map},
      {"an enum that is a number", refusal<GetShardIterator>, R"({"ShardIteratorType":3})",
       NUMBER "an String"},
      {"an enum that is a list", refusal<GetShardIterator>, R"({"ShardIteratorType":[]})", list},
      {"a list that is a string", refusal<PutRecords>, R"({"Records":"a"})", "Expected list or null"},
      {"a list that is a number", refusal<PutRecords>, R"({"Records":3})", "Expected list or null"},
      {"a list that is true", refusal<PutRecords>, R"({"Records":true})", "Expected list or null"},
      {"a list that is a map", refusal<PutRecords>, R"({"Records":{}})", map},
      {"a list of strings that is a map", refusal_of<Others>, R"({"Names":{}})", map},
      {"a list of strings that is a number", refusal_of<Others>, R"({"Names":1})", "Expected list or null"},
      {"a list of strings with a number in it", refusal_of<Others>, R"({"Names":["a",1]})",
       NUMBER "an String"},
      {"a map that is a string", refusal<CreateStream>, R"({"Tags":"a"})", "Expected map or null"},
      {"a map that is a number", refusal<CreateStream>, R"({"Tags":3})", "Expected map or null"},
      {"a map that is true", refusal<CreateStream>, R"({"Tags":true})", "Expected map or null"},
      {"a map that is a list", refusal<CreateStream>, R"({"Tags":[]})", list},
      {"a map with a number in it", refusal<CreateStream>, R"({"Tags":{"a":1}})", NUMBER "an String"},
      {"a structure that is a string", refusal<CreateStream>, R"({"StreamModeDetails":"a"})",
       "Expected null"},
      {"a structure that is a number", refusal<CreateStream>, R"({"StreamModeDetails":3})", "Expected null"},
      {"a structure that is true", refusal<CreateStream>, R"({"StreamModeDetails":true})", "Expected null"},
      {"a structure that is a list", refusal<CreateStream>, R"({"StreamModeDetails":[]})", list},
      {"a list of structures with a string in it", refusal<PutRecords>, R"({"Records":["a"]})",
       "Expected null"},
      {"a member of a structure in a list", refusal<PutRecords>, R"({"Records":[{},{"Data":3}]})",
       NUMBER "a Blob"},
      {"a request that is a list", refusal<PutRecords>, R"([{"StreamName":"a"}])", list},
      {"two of them: the first in AWS's order, not in the body's", refusal<DescribeStream>,
       R"({"StreamName":true,"Limit":"1"})", STRING "an Integer"},
      {"one of them and violated limits", refusal<PutRecords>,
       R"({"Records":[{"PartitionKey":""}],"StreamName":true})", BOOLEAN "an String"},
  }));
  INFO(row.why);
  CHECK(row.refusal(row.body) == mistyped(row.message));
}

TEST_CASE("Numbers are rounded down and clamped to their type") {
  struct Number {
    const char* why;
    const char* text;
    std::int32_t integer;
    std::int64_t wide;
  };
  constexpr auto int_max = std::numeric_limits<std::int32_t>::max();
  constexpr auto int_min = std::numeric_limits<std::int32_t>::min();
  constexpr auto long_max = std::numeric_limits<std::int64_t>::max();
  constexpr auto long_min = std::numeric_limits<std::int64_t>::min();
  const auto row = GENERATE_COPY(values<Number>({
      {"an integer", "24", 24, 24},
      {"a fraction", "24.99", 24, 24},
      {"a negative fraction", "-1.5", -2, -2},
      {"an exponent", "2.5e1", 25, 25},
      {"more than an int", "2147483648", int_max, 2147483648},
      {"less than an int", "-2147483649", int_min, -2147483649},
      {"more than a long", "9223372036854775808", int_max, long_max},
      {"more than an unsigned long", "18446744073709551616", int_max, long_max},
      {"less than a long", "-9223372036854775809", int_min, long_min},
      {"a huge number", "1e300", int_max, long_max},
      {"a huge negative number", "-1e300", int_min, long_min},
  }));
  INFO(row.why);
  const std::string text = row.text;
  const auto request =
      decoded<IncreaseStreamRetentionPeriod::Request>(R"({"RetentionPeriodHours":)" + text + "}");
  CHECK(request.retention_period_hours == row.integer);
  CHECK(decoded<Others>(R"({"Count":)" + text + "}").count == row.wide);
}

TEST_CASE("Booleans are also taken as words and fractions") {
  struct Word {
    const char* text;
    bool value;
  };
  const auto row = GENERATE(values<Word>({{"true", true},
                                          {"false", false},
                                          {R"("TRUE")", true},
                                          {R"("true")", true},
                                          {R"("False")", false},
                                          {R"("1")", true},
                                          {R"("0")", false},
                                          {R"("yes")", true},
                                          {R"("no")", false},
                                          {"1.5", true},
                                          {"0.0", false}}));
  INFO(row.text);
  const std::string text = row.text;
  CHECK(decoded<DeleteStream::Request>(R"({"EnforceConsumerDeletion":)" + text + "}")
            .enforce_consumer_deletion == row.value);
}

TEST_CASE("Timestamps are seconds with milliseconds as their fraction") {
  struct Time {
    const char* text;
    std::int64_t ms;
  };
  const auto row = GENERATE(values<Time>({{"0", 0},
                                          {"1759850000", 1759850000000},
                                          {"1759850000.123", 1759850000123},
                                          {"1759850000.1239", 1759850000123},
                                          {"1795426088.4429998", 1795426088443},
                                          {"1795426088.442998", 1795426088442},
                                          {"1.441215410867E9", 1441215410867},
                                          {"-1.5", -1500},
                                          {"1e300", 8640000000000000},
                                          {"-1e300", -8640000000000000},
                                          {"9223372036854775807", 8640000000000000}}));
  INFO(row.text);
  const std::string text = row.text;
  const auto request = decoded<ListShards::Request>(R"({"StreamCreationTimestamp":)" + text + "}");
  REQUIRE(request.stream_creation_timestamp.has_value());
  CHECK(request.stream_creation_timestamp->time_since_epoch().count() == row.ms);
}

TEST_CASE("Milliseconds in CBOR's tree are taken as they are") {
  wire::Builder builder;
  builder.begin(wire::Kind::map);
  builder.text("StreamCreationTimestamp");
  builder.integer(1759850000123);
  builder.end(1);
  const auto request = decode<ListShards::Request>(wire::Tree{Encoding::cbor, builder.take()});
  REQUIRE(request.has_value());
  CHECK(request.value().stream_creation_timestamp->time_since_epoch().count() == 1759850000123);
}

TEST_CASE("Bytes in the tree are a blob without base64") {
  wire::Builder builder;
  builder.begin(wire::Kind::map);
  builder.text("Data");
  builder.bytes(std::string_view("\xFF\0\x01", 3));
  builder.text("PartitionKey");
  builder.text("a");
  builder.end(2);
  const auto request = decode<PutRecord::Request>(wire::Tree{Encoding::cbor, builder.take()});
  REQUIRE(request.has_value());
  CHECK(request.value().data.bytes == std::string_view("\xFF\0\x01", 3));
}

TEST_CASE("Every member reaches its place") {
  const auto create = decoded<CreateStream::Request>(
      R"({"StreamName":"s","ShardCount":2,"StreamModeDetails":{"StreamMode":"ON_DEMAND"},)"
      R"("Tags":{"b":"1","a":""},"WarmThroughputMiBps":3,"MaxRecordSizeInKiB":2048})");
  CHECK(create.stream_name == "s");
  CHECK(create.shard_count == 2);
  CHECK(create.stream_mode_details->stream_mode == StreamMode::ON_DEMAND);
  CHECK(create.tags == std::map<std::string, std::string>{{"a", ""}, {"b", "1"}});
  CHECK(create.warm_throughput_mibps == 3);
  CHECK(create.max_record_size_in_kib == 2048);

  const auto put =
      decoded<PutRecords::Request>(R"({"StreamName":"s","Records":[{"Data":"","PartitionKey":"a"},)"
                                   R"({"Data":"aGk=","PartitionKey":"b","ExplicitHashKey":"0"}]})");
  REQUIRE(put.records.size() == 2);
  CHECK(put.records[0].data.bytes.empty());
  CHECK_FALSE(put.records[0].explicit_hash_key.has_value());
  CHECK(put.records[1].data.bytes == "hi");
  CHECK(put.records[1].partition_key == "b");
  CHECK(put.records[1].explicit_hash_key == "0");
  CHECK(decoded<Others>(R"({"Names":["a","b"]})").names == std::vector<std::string>{"a", "b"});
}

TEST_CASE("Null is absent, unknown members are ignored and the last of two wins") {
  const auto request = decoded<DescribeStream::Request>(
      R"({"Limit":null,"Unknown":[{"StreamName":true}],"StreamName":3,"StreamName":"b"})");
  CHECK_FALSE(request.limit.has_value());
  CHECK(request.stream_name == "b");
  CHECK_FALSE(decoded<DescribeStream::Request>(R"({"StreamName":"b","StreamName":null})").stream_name);
}

}  // namespace kinesisd::protocol
