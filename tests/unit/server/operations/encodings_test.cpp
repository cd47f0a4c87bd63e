// The same calls to two servers, one in JSON and one in CBOR: all answers say the same.
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "protocol/base64.hpp"
#include "protocol/cbor.hpp"
#include "protocol/operations.hpp"
#include "tests/unit/server/api.hpp"

namespace kinesisd::server {

namespace {

using protocol::Encoding;
using protocol::wire::Kind;
using protocol::wire::Node;

bool is_blob(std::string_view name) {
  return name == "Data";
}
bool is_time(std::string_view name) {
  return name.ends_with("Timestamp") || name.ends_with("At");
}
// Sealed with chance.
bool is_token(std::string_view name) {
  return name.ends_with("ShardIterator") || name == "NextToken";
}

std::int64_t ms_of(const Node& node, Encoding encoding) {
  const double number = node.kind == Kind::real ? node.real : static_cast<double>(node.integer);
  return std::llround(encoding == Encoding::json ? number * 1000 : number);
}

std::string blob_of(const Node& node) {
  std::string bytes;
  REQUIRE(protocol::base64::decode(node.text(), bytes));
  return bytes;
}

// A request in JSON as CBOR.
void write_cbor(const Node& node, std::string_view name, protocol::cbor::Writer& writer) {
  const Node* part = node.first();
  switch (node.kind) {
    case Kind::boolean:
      return writer.boolean(node.boolean);
    case Kind::text:
      if (is_blob(name)) return writer.bytes(blob_of(node));
      return writer.text(node.text());
    case Kind::list:
      writer.begin_list(node.count);
      for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()) write_cbor(*part, name, writer);
      return;
    case Kind::map:
      writer.begin_map(node.count);
      for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()->next()) {
        writer.key(part->text());
        write_cbor(*part->next(), part->text(), writer);
      }
      return;
    default:
      if (is_time(name)) {
        return writer.timestamp(protocol::Timestamp{std::chrono::milliseconds{ms_of(node, Encoding::json)}});
      }
      REQUIRE(node.kind == Kind::integer);
      return writer.integer(node.integer);
  }
}

// An answer of either encoding, with blobs and times as they are meant.
std::string shown(const Node& node, std::string_view name, Encoding encoding) {
  const bool cbor = encoding == Encoding::cbor;
  std::string out;
  const Node* part = node.first();
  switch (node.kind) {
    case Kind::boolean:
      return node.boolean ? "true" : "false";
    case Kind::bytes:
      CHECK((cbor && is_blob(name)));
      return fmt::format("<{}>", node.text());
    case Kind::text:
      if (is_token(name)) return "token";
      if (is_blob(name)) CHECK_FALSE(cbor);
      return is_blob(name) ? fmt::format("<{}>", blob_of(node)) : fmt::format("'{}'", node.text());
    case Kind::list:
      for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()) {
        out += shown(*part, name, encoding) + ",";
      }
      return "[" + out + "]";
    case Kind::map:
      for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()->next()) {
        out += fmt::format("{}={},", part->text(), shown(*part->next(), part->text(), encoding));
      }
      return "{" + out + "}";
    default:
      if (cbor) CHECK(node.kind == Kind::integer);
      if (is_time(name)) return fmt::format("at {}", ms_of(node, encoding));
      REQUIRE(node.kind == Kind::integer);
      return fmt::format("{}", node.integer);
  }
}

// The last text of a member that is a token; empty when there is none.
void find_token(const Node& node, std::string_view name, std::string& token) {
  const Node* part = node.first();
  if (node.kind == Kind::text && is_token(name)) token = node.text();
  if (node.kind != Kind::map) return;
  for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()->next()) {
    find_token(*part->next(), part->text(), token);
  }
}

// A server of one encoding. `{token}` in a request stands for the last token it gave.
class Speaker {
 public:
  explicit Speaker(Encoding encoding) : encoding_(encoding) {}

  std::string call(std::string_view operation, std::string request) {
    constexpr std::string_view mark = "{token}";
    const std::size_t at = request.find(mark);
    if (at != std::string::npos) request.replace(at, mark.size(), token_);
    if (encoding_ == Encoding::cbor) {
      std::string json = std::exchange(request, {});
      const auto tree = protocol::parse(json, Encoding::json);
      REQUIRE(tree);
      protocol::cbor::Writer writer(request);
      write_cbor(tree.value().root(), {}, writer);
    }
    std::string answer = api.call(operation, std::move(request), encoding_);
    if (answer.empty()) return "nothing";
    std::string body = answer;
    const auto tree = protocol::parse(body, encoding_);
    if (!tree) return answer;  // an error
    find_token(tree.value().root(), {}, token_);
    return shown(tree.value().root(), {}, encoding_);
  }

  Api api;

 private:
  Encoding encoding_;
  std::string token_;
};

struct Step {
  std::string_view operation;
  std::string request;
};

#define STREAM_ARN "arn:aws:kinesis:us-east-1:123456789012:stream/s"
#define STREAM R"("StreamName":"s")"
#define ARN R"("StreamARN":")" STREAM_ARN R"(")"
#define CONSUMER R"("ConsumerName":"c",)" ARN

std::vector<Step> first_of_the_script() {
  const std::string records =
      R"({"Data":"AP9h","PartitionKey":"é"},{"Data":"","PartitionKey":"b","ExplicitHashKey":"9"})";
  return {
      {"CreateStream", R"({"StreamName":"s","ShardCount":2,"Tags":{"a":"","é":"水"}})"},
      {"CreateStream", R"({"StreamName":"s","ShardCount":2})"},
      {"CreateStream", R"({"StreamName":"o","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})"},
      {"CreateStream", R"({"StreamName":"","ShardCount":0})"},
      {"DescribeLimits", "{}"},
      {"ListStreams", R"({"Limit":1})"},
      {"ListStreams", R"({"NextToken":"{token}"})"},
      {"DescribeStream", R"({"StreamName":"s","Limit":1})"},
      {"DescribeStream", R"({"StreamName":1})"},
      {"DescribeStreamSummary", "{" ARN "}"},
      {"PutRecord", R"({"StreamName":"s","Data":"AAECAw==","PartitionKey":"k"})"},
      {"PutRecord", R"({"StreamName":"s","Data":"","PartitionKey":""})"},
      {"PutRecord", R"({"StreamName":"nowhere","Data":"","PartitionKey":"k"})"},
      {"PutRecords", R"({"StreamName":"s","Records":[)" + records + "]}"},
      {"PutRecords", R"({"StreamName":"s","Records":[]})"},
      {"GetShardIterator", R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"})"},
      {"GetRecords", R"({"ShardIterator":"{token}"})"},
      {"GetRecords", R"({"ShardIterator":"{token}","Limit":5})"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"1","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1699999999.5})"},
      {"GetRecords", R"({"ShardIterator":"{token}"})"},
      {"GetShardIterator",
       R"({"StreamName":"s","ShardId":"1","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1800000000})"},
      {"GetRecords", R"({"ShardIterator":"nonsense"})"},
      {"ListShards", R"({"StreamName":"s","StreamCreationTimestamp":1700000000,"MaxResults":1})"},
      {"ListShards", R"({"NextToken":"{token}"})"},
      {"ListShards", R"({"StreamName":"s","StreamCreationTimestamp":1699999999})"},
      {"ListShards",
       R"({"StreamName":"s","ShardFilter":{"Type":"AT_TIMESTAMP","Timestamp":1700000000.001}})"},
      {"AddTagsToStream", R"({"StreamName":"s","Tags":{"t":"1"}})"},
      {"ListTagsForStream", R"({"StreamName":"s","Limit":2})"},
      {"RemoveTagsFromStream", R"({"StreamName":"s","TagKeys":["t"]})"},
      {"TagResource", R"({"ResourceARN":")" STREAM_ARN R"(","Tags":{"u":"2"}})"},
      {"ListTagsForResource", R"({"ResourceARN":")" STREAM_ARN R"("})"},
      {"UntagResource", R"({"ResourceARN":")" STREAM_ARN R"(","TagKeys":["u","a"]})"},
  };
}

std::vector<Step> more_of_the_script() {
  // In the JSON of a request.
  const std::string policy =
      R"({\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kinesis:PutRecord\",)"
      R"(\"Principal\":{\"AWS\":\"111122223333\"},\"Resource\":\")" STREAM_ARN R"(\"}]})";
  return {
      {"RegisterStreamConsumer", "{" CONSUMER "}"},
      {"RegisterStreamConsumer", "{" CONSUMER "}"},
      {"DescribeStreamConsumer", "{" CONSUMER "}"},
      {"ListStreamConsumers", "{" ARN R"(,"MaxResults":5})"},
      {"DeregisterStreamConsumer", "{" CONSUMER "}"},
      {"DescribeStreamConsumer", "{" CONSUMER "}"},
      {"IncreaseStreamRetentionPeriod", "{" STREAM R"(,"RetentionPeriodHours":48})"},
      {"DecreaseStreamRetentionPeriod", "{" STREAM R"(,"RetentionPeriodHours":24})"},
      {"DecreaseStreamRetentionPeriod", "{" STREAM R"(,"RetentionPeriodHours":0})"},
      {"EnableEnhancedMonitoring", "{" STREAM R"(,"ShardLevelMetrics":["IncomingBytes","OutgoingBytes"]})"},
      {"DisableEnhancedMonitoring", "{" STREAM R"(,"ShardLevelMetrics":["ALL"]})"},
      {"StartStreamEncryption", "{" STREAM R"(,"EncryptionType":"KMS","KeyId":"alias/aws/kinesis"})"},
      {"PutRecord", R"({"StreamName":"s","Data":"YQ==","PartitionKey":"k"})"},
      {"StopStreamEncryption", "{" STREAM R"(,"EncryptionType":"KMS","KeyId":"alias/aws/kinesis"})"},
      {"UpdateMaxRecordSize", "{" ARN R"(,"MaxRecordSizeInKiB":2048})"},
      {"PutResourcePolicy", R"({"ResourceARN":")" STREAM_ARN R"(","Policy":"{}"})"},
      {"PutResourcePolicy", R"({"ResourceARN":")" STREAM_ARN R"(","Policy":")" + policy + R"("})"},
      {"GetResourcePolicy", R"({"ResourceARN":")" STREAM_ARN R"("})"},
      {"DeleteResourcePolicy", R"({"ResourceARN":")" STREAM_ARN R"("})"},
      {"SplitShard", "{" STREAM R"(,"ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1000"})"},
      {"SplitShard", "{" STREAM R"(,"ShardToSplit":"shardId-000000000000","NewStartingHashKey":"01"})"},
      {"MergeShards",
       "{" STREAM R"(,"ShardToMerge":"shardId-000000000003","AdjacentShardToMerge":"shardId-000000000001"})"},
      {"UpdateShardCount", "{" STREAM R"(,"TargetShardCount":4,"ScalingType":"UNIFORM_SCALING"})"},
      {"DescribeStream", "{" STREAM "}"},
      {"UpdateStreamMode", "{" ARN R"(,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}})"},
      {"UpdateStreamRecordDistributionStrategy", "{" ARN R"(,"RecordDistributionStrategy":"AUTO"})"},
      {"PutRecord", R"({"StreamName":"s","Data":"YQ=="})"},
      {"DescribeAccountSettings", "{}"},
      {"UpdateAccountSettings", R"({"MinimumThroughputBillingCommitment":{"Status":"ENABLED"}})"},
      {"UpdateStreamWarmThroughput", "{" STREAM R"(,"WarmThroughputMiBps":100})"},
      {"DescribeAccountSettings", "{}"},
      {"DescribeStreamSummary", "{" STREAM "}"},
      {"DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})"},
      {"DescribeStream", "{" STREAM "}"},
  };
}

}  // namespace

TEST_CASE("A server answers the same in JSON and in CBOR, whatever it is asked") {
  Speaker json(Encoding::json);
  Speaker cbor(Encoding::cbor);
  std::set<std::string_view> called;
  int answers = 0, errors = 0, empty = 0;
  std::vector<Step> script = first_of_the_script();
  for (Step& step : more_of_the_script()) script.push_back(std::move(step));
  for (const Step& step : script) {
    INFO(step.operation << " " << step.request);
    const std::string answer = json.call(step.operation, step.request);
    CHECK(cbor.call(step.operation, step.request) == answer);
    if (answer.starts_with('{')) called.insert(step.operation);
    ++(answer.starts_with('{') ? answers : answer == "nothing" ? empty : errors);
    if (answer == "nothing") called.insert(step.operation);
    json.api.clock.advance_ms(1'234);
    cbor.api.clock.advance_ms(1'234);
  }
  CHECK(answers > 25);
  CHECK(errors > 8);
  CHECK(empty > 10);
  protocol::for_each_type(protocol::Operations{}, [&]<class Op>() {
    INFO(Op::name << " has no answer in the script");
    // What streams speaks JSON only.
    CHECK(called.count(Op::name) == (protocol::Streaming<Op> ? 0 : 1));
  });
}

}  // namespace kinesisd::server
