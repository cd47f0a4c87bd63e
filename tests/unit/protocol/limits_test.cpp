#include <boost/describe/enum.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "protocol/shapes.hpp"
#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

enum class Colour { RED, BLUE };
BOOST_DESCRIBE_ENUM(Colour, BLUE, RED)

constexpr Rules one_or_two{.min_length = 1, .max_length = 2};
constexpr Rules tag_keys{.min_length = 1, .max_length = 3, .each = &shapes::tag_key};

// Kinds of members that no request of the operations so far has.
struct Lists {
  std::optional<std::vector<std::string>> tag_keys{};
  std::optional<std::vector<Colour>> colours{};

  static constexpr auto fields() {
    return std::tuple{field("TagKeys", &Lists::tag_keys, protocol::tag_keys),
                      field("Colours", &Lists::colours, one_or_two)};
  }
};

struct Row {
  const char* why;
  Refusal refusal;
  std::string body;
  std::string message;
};

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  while (count-- != 0) out += text;
  return out;
}

// A PutRecords body of `count` copies of a record.
std::string records(std::size_t count, const std::string& record) {
  return R"({"StreamName":"s","Records":[)" + times(count - 1, record + ",") + record + "]}";
}

std::string put(const std::string& members) {
  return R"({"StreamName":"s",)" + members + "}";
}

std::string one(const std::string& violation) {
  return "1 validation error detected: " + violation;
}

const std::string name_pattern =
    "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
const std::string good_put = R"("Data":"","PartitionKey":"a")";
const std::string map_sizes =
    "[Member must have length less than or equal to 128, Member must have length "
    "greater than or equal to 1]";

}  // namespace

TEST_CASE("A violated limit is reported the way AWS does") {
  const auto row = GENERATE(values<Row>({
      {"a required member is absent", refusal<GetRecords>, "{}",
       one("Value null at 'shardIterator' failed to satisfy constraint: Member must not be null")},
      {"a required member is null", refusal<GetRecords>, R"({"ShardIterator":null})",
       one("Value null at 'shardIterator' failed to satisfy constraint: Member must not be null")},
      {"a required structure member is absent", refusal<CreateStream>,
       R"({"StreamName":"s","StreamModeDetails":{}})",
       one("Value null at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must not be "
           "null")},
      {"a text too short", refusal<GetRecords>, R"({"ShardIterator":""})",
       one("Value '' at 'shardIterator' failed to satisfy constraint: Member must have length greater than "
           "or equal to 1")},
      {"a text too long, although its pattern matches", refusal<DescribeStream>,
       R"({"StreamName":")" + times(129, "a") + R"("})",
       one("Value '" + times(129, "a") +
           "' at 'streamName' failed to satisfy constraint: Member must have length less than or equal to "
           "128")},
      {"a text against its pattern", refusal<DescribeStream>, R"({"StreamName":"a b"})",
       one("Value 'a b' at 'streamName' " + name_pattern)},
      {"an empty text: pattern before length", refusal<DescribeStream>, R"({"StreamName":""})",
       "2 validation errors detected: Value '' at 'streamName' " + name_pattern +
           "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or "
           "equal to 1"},
      {"only the first letter of a name is lowered", refusal<DescribeStream>, R"({"StreamARN":"x"})",
       one("Value 'x' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression "
           R"(pattern: arn:aws.*:kinesis:.*:\d{12}:stream/\S+)")},
      {"a hash key with a leading zero", refusal<PutRecord>, put(R"("ExplicitHashKey":"01",)" + good_put),
       one("Value '01' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular "
           R"(expression pattern: 0|([1-9]\d{0,38}))")},
      {"a sequence number that is a word", refusal<PutRecord>,
       put(R"("SequenceNumberForOrdering":"a",)" + good_put),
       one("Value 'a' at 'sequenceNumberForOrdering' failed to satisfy constraint: Member must satisfy "
           R"(regular expression pattern: 0|([1-9]\d{0,128}))")},
      {"a number too small", refusal<DescribeStream>, R"({"Limit":0})",
       one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal "
           "to 1")},
      {"a number too large", refusal<DescribeStream>, R"({"Limit":10001})",
       one("Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal "
           "to 10000")},
      {"a number is quoted as it was clamped", refusal<DescribeStream>, R"({"Limit":1e20})",
       one("Value '2147483647' at 'limit' failed to satisfy constraint: Member must have value less than or "
           "equal to 10000")},
      {"an enum's unknown word, in AWS's own order", refusal<GetShardIterator>,
       R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"HORIZON"})",
       one("Value 'HORIZON' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum "
           "value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]")},
      {"an enum inside a structure", refusal<ListShards>, R"({"ShardFilter":{"Type":"","ShardId":"?"}})",
       "2 validation errors detected: Value '' at 'shardFilter.type' failed to satisfy constraint: Member "
       "must satisfy enum value set: [AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, "
       "AT_TIMESTAMP, FROM_TIMESTAMP]; Value '?' at 'shardFilter.shardId' " +
           name_pattern},
      {"a blob too long is not quoted", refusal<PutRecord>,
       put(R"("PartitionKey":"a","Data":")" + times(13981016 / 4, "AAAA") + R"(")"),
       one("Value at 'data' failed to satisfy constraint: Member must have length less than or equal to "
           "10485760")},
      {"an empty list is quoted", refusal<PutRecords>, R"({"StreamName":"s","Records":[]})",
       one("Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or "
           "equal to 1")},
      {"a list of too many structures is not", refusal<PutRecords>, records(501, "{" + good_put + "}"),
       one("Value at 'records' failed to satisfy constraint: Member must have length less than or equal to "
           "500")},
      {"paths into a list count from 1", refusal<PutRecords>,
       R"({"StreamName":"s","Records":[{"Data":"","PartitionKey":"a"},{"Data":""}]})",
       one("Value null at 'records.2.member.partitionKey' failed to satisfy constraint: Member must not be "
           "null")},
      {"a null in a list", refusal<PutRecords>, R"({"StreamName":"s","Records":[null]})",
       one("Value null at 'records.1.member' failed to satisfy constraint: Member must not be null")},
      {"an empty map", refusal<CreateStream>, R"({"StreamName":"s","Tags":{}})",
       one("Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal "
           "to 1")},
      {"a map's key too short", refusal<CreateStream>, R"({"StreamName":"s","Tags":{"b":"1","":"2"}})",
       one("Value '{b=1, =2}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: " +
           map_sizes)},
      {"a map's value too long", refusal<CreateStream>,
       R"({"StreamName":"s","Tags":{"b":")" + times(257, "v") + R"("}})",
       one("Value '{b=" + times(257, "v") +
           "}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have "
           "length less than or equal to 256, Member must have length greater than or equal to 0]")},
      {"a null in a map", refusal<CreateStream>, R"({"StreamName":"s","Tags":{"owner":null}})",
       one("Value null at 'tags.owner.member' failed to satisfy constraint: Member must not be null")},
      {"an item of a list of texts, once for the list", refusal_of<Lists>, R"({"TagKeys":["a","",""]})",
       one("Value '[a, , ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: " +
           map_sizes)},
      {"a list of too many texts", refusal_of<Lists>, R"({"TagKeys":["a","b","c","d"]})",
       one("Value '[a, b, c, d]' at 'tagKeys' failed to satisfy constraint: Member must have length less "
           "than or equal to 3")},
      {"a list of enum words", refusal_of<Lists>, R"({"Colours":["RED","GREEN"]})",
       one("Value '[RED, GREEN]' at 'colours' failed to satisfy constraint: Member must satisfy constraint: "
           "[Member must satisfy enum value set: [BLUE, RED]]")},
      {"a null in a list of texts", refusal_of<Lists>, R"({"TagKeys":["a",null]})",
       one("Value null at 'tagKeys.2.member' failed to satisfy constraint: Member must not be null")},
  }));
  INFO(row.why);
  CHECK(row.refusal(row.body) == refused(row.message));
}

TEST_CASE("What is just within its limits is accepted") {
  CHECK(decoded<DescribeStream::Request>(R"({"StreamName":")" + times(128, "a") + R"("})").stream_name);
  CHECK(decoded<DescribeStream::Request>(R"({"Limit":10000})").limit == 10000);
  CHECK(decoded<DescribeStream::Request>(R"({"Limit":1})").limit == 1);
  CHECK(decoded<PutRecords::Request>(records(500, "{" + good_put + "}")).records.size() == 500);
  CHECK(decoded<Lists>(R"({"Colours":["RED","BLUE"]})").colours ==
        std::vector<Colour>{Colour::RED, Colour::BLUE});
}

TEST_CASE("Lengths of texts count UTF-16 units") {
  const auto key_of = [](std::size_t count, const std::string& character) {
    return put(R"("Data":"","PartitionKey":")" + times(count, character) + R"(")");
  };
  CHECK_FALSE(refusal<PutRecord>(key_of(256, "é")));
  CHECK(refusal<PutRecord>(key_of(257, "é")));
  CHECK_FALSE(refusal<PutRecord>(key_of(256, "語")));
  CHECK(refusal<PutRecord>(key_of(257, "語")));
  CHECK_FALSE(refusal<PutRecord>(key_of(128, "😀")));
  CHECK(refusal<PutRecord>(key_of(129, "😀")));
}

TEST_CASE("At most ten violations are collected") {
  std::string expected = "10 validation errors detected: ";
  for (int i = 1; i <= 10; ++i) {
    if (i != 1) expected += "; ";
    expected += "Value null at 'records." + std::to_string((i + 1) / 2) + ".member." +
                (i % 2 == 1 ? "partitionKey" : "data") +
                "' failed to satisfy constraint: Member must not be null";
  }
  CHECK(refusal<PutRecords>(records(50, "{}")) == refused(expected));
}

TEST_CASE("AWS's recorded answer to records without a key") {
  CHECK(
      refusal<PutRecords>(records(5, R"({"Data":""})")) ==
      refused("5 validation errors detected: Value null at 'records.1.member.partitionKey' failed to satisfy "
              "constraint: Member must not be null; Value null at 'records.2.member.partitionKey' failed to "
              "satisfy constraint: Member must not be null; Value null at 'records.3.member.partitionKey' "
              "failed to satisfy constraint: Member must not be null; Value null at "
              "'records.4.member.partitionKey' failed to satisfy constraint: Member must not be null; Value "
              "null at 'records.5.member.partitionKey' failed to satisfy constraint: Member must not be "
              "null"));
}

namespace {

// The paths of a ValidationException, in order.
std::string paths_in(const std::string& message) {
  std::string paths;
  std::istringstream words(message);
  for (std::string word; words >> word;) {
    if (word != "at" || !(words >> word)) continue;
    paths += (paths.empty() ? "" : " ") + word.substr(1, word.size() - 2);
  }
  return paths;
}

struct Order {
  Refusal refusal;
  const char* body;
  const char* paths;
};

}  // namespace

TEST_CASE("Violations come in the order in which AWS reports each operation's members") {
  const auto row = GENERATE(values<Order>({
      {refusal<CreateStream>,
       R"({"StreamName":"?","ShardCount":0,"StreamModeDetails":{},"Tags":{},"WarmThroughputMiBps":-1,)"
       R"("MaxRecordSizeInKiB":1})",
       "shardCount streamName streamModeDetails.streamMode tags warmThroughputMiBps maxRecordSizeInKiB"},
      {refusal<DeleteStream>, R"({"StreamId":"?","StreamARN":"?","StreamName":"?"})",
       "streamName streamARN streamId"},
      {refusal<DescribeStream>,
       R"({"StreamId":"?","StreamARN":"?","StreamName":"?","ExclusiveStartShardId":"?","Limit":0})",
       "limit exclusiveStartShardId streamName streamARN streamId"},
      {refusal<DescribeStreamSummary>, R"({"StreamId":"?","StreamARN":"?","StreamName":"?"})",
       "streamName streamARN streamId"},
      {refusal<ListStreams>, R"({"NextToken":"","ExclusiveStartStreamName":"?","Limit":0})",
       "limit exclusiveStartStreamName nextToken"},
      {refusal<ListShards>,
       R"({"StreamId":"?","StreamARN":"?","ShardFilter":{},"NextToken":"","StreamName":"?",)"
       R"("ExclusiveStartShardId":"?","MaxResults":0})",
       "maxResults exclusiveStartShardId streamName nextToken shardFilter.type streamARN streamId"},
      {refusal<PutRecord>,
       R"({"StreamId":"?","StreamARN":"?","StreamName":"?","ExplicitHashKey":"?",)"
       R"("SequenceNumberForOrdering":"?"})",
       "sequenceNumberForOrdering partitionKey explicitHashKey data streamName streamARN streamId"},
      {refusal<PutRecords>,
       R"({"StreamId":"?","StreamARN":"?","StreamName":"?","Records":[{"ExplicitHashKey":"?"}]})",
       "records.1.member.partitionKey records.1.member.explicitHashKey records.1.member.data streamName "
       "streamARN streamId"},
      {refusal<GetShardIterator>,
       R"({"StreamId":"?","StreamARN":"?","StreamName":"?","StartingSequenceNumber":"?"})",
       "shardId shardIteratorType startingSequenceNumber streamName streamARN streamId"},
      {refusal<GetRecords>, R"({"StreamId":"?","StreamARN":"?","Limit":0})",
       "limit shardIterator streamARN streamId"},
      {refusal<IncreaseStreamRetentionPeriod>, R"({"StreamId":"?","StreamARN":"?","StreamName":"?"})",
       "retentionPeriodHours streamName streamARN streamId"},
      {refusal<DecreaseStreamRetentionPeriod>, R"({"StreamId":"?","StreamARN":"?","StreamName":"?"})",
       "retentionPeriodHours streamName streamARN streamId"},
  }));
  const auto error = row.refusal(row.body);
  REQUIRE(error.has_value());
  INFO(error->message);
  CHECK(paths_in(error->message) == row.paths);
}

TEST_CASE("Members are named from their pointers") {
  CHECK(name_of<&ListShards::Request::stream_arn>() == "StreamARN");
  CHECK(path_of<&PutRecord::Request::data>() == "data");
  CHECK(path_of<&PutRecords::Request::records, &PutRecordsRequestEntry::data>(0) == "records.1.member.data");
  CHECK(too_long(path_of<&PutRecords::Request::records, &PutRecordsRequestEntry::data>(0), 1048576) ==
        refused("1 validation error detected: Value at 'records.1.member.data' failed to satisfy constraint: "
                "Member must have length less than or equal to 1048576"));
}

}  // namespace kinesisd::protocol
