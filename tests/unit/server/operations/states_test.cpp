// What each state of a stream allows, and what begins and ends it (C.1).
#include <map>
#include <vector>

#include "tests/unit/server/api.hpp"

namespace kinesisd::server {

namespace {

constexpr std::int64_t long_ms = 10'000;
constexpr const char* arn_member = R"("StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s")";

enum class State { CREATING, UPDATING, DELETING };

storage::StreamSettings observed_settings() {
  auto settings = settings_with(long_ms);
  settings.transitions.end_when_observed = true;
  return settings;
}

std::string status_of(Api& api) {
  return Api::member(api.call("DescribeStreamSummary", R"({"StreamName":"s"})"), "StreamStatus");
}

void split(Api& api) {
  REQUIRE(
      api.call("SplitShard", R"({"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"1000"})").empty());
}

void bring_to(Api& api, State state) {
  api.create("s", 2);
  if (state == State::CREATING) return;
  api.clock.advance_ms(long_ms);
  if (state == State::UPDATING) split(api);
  if (state == State::DELETING) REQUIRE(api.call("DeleteStream", R"({"StreamName":"s"})").empty());
}

// An answer in a word, for tables.
std::string outcome(const std::string& answer) {
  const std::map<std::string, std::string> words{
      {"not ACTIVE",
       "ResourceInUseException: Stream s under account 123456789012 not ACTIVE, instead in state "},
      {"no stream", "ResourceNotFoundException: Stream s under account 123456789012 not found."},
      {"no shard",
       "ResourceNotFoundException: Shard shardId-000000000000 in stream s under account 123456789012 does "
       "not "
       "exist"},
  };
  for (const auto& [word, start] : words)
    if (answer.rfind(start, 0) == 0) return word;
  return answer.empty() || answer.front() == '{' ? "ok" : answer;
}

std::string by_name(const std::string& rest = {}) {
  return R"({"StreamName":"s")" + (rest.empty() ? "" : "," + rest) + "}";
}

std::string by_arn(const std::string& rest = {}) {
  return std::string("{") + arn_member + (rest.empty() ? "" : "," + rest) + "}";
}

std::string by_resource(const std::string& rest = {}) {
  return R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s")" +
         (rest.empty() ? "" : "," + rest) + "}";
}

struct Row {
  std::string operation;
  std::string request;
  std::string creating, updating, deleting;
};

const std::string record = R"("PartitionKey":"k","Data":"YQ==")";
const std::string metrics = R"("ShardLevelMetrics":["ALL"])";
const std::string key = R"("EncryptionType":"KMS","KeyId":"alias/aws/kinesis")";
const std::string policy =
    R"("Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",)"
    R"(\"Action\":\"kinesis:PutRecord\",\"Resource\":\"arn:aws:kinesis:us-east-1:123456789012:stream/s\"}]}")";

}  // namespace

TEST_CASE("Each state allows the calls AWS allows, and refuses the others in AWS's words") {
  const auto row = GENERATE(values<Row>({
      {"DescribeStream", by_name(), "ok", "ok", "ok"},
      {"DescribeStreamSummary", by_name(), "ok", "ok", "ok"},
      {"ListStreams", "{}", "ok", "ok", "ok"},
      {"ListTagsForStream", by_name(), "ok", "ok", "ok"},
      {"ListTagsForResource", by_resource(), "ok", "ok", "ok"},
      {"ListStreamConsumers", by_arn(), "ok", "ok", "ok"},
      {"GetResourcePolicy", by_resource(), "ok", "ok", "ok"},
      {"PutRecord", by_name(record), "no stream", "ok", "no stream"},                             // [V]
      {"PutRecords", by_name("\"Records\":[{" + record + "}]"), "no stream", "ok", "no stream"},  // [V]
      {"GetShardIterator", by_name(R"("ShardId":"0","ShardIteratorType":"LATEST")"), "no shard", "ok",
       "no shard"},                                                 // [V]
      {"ListShards", by_name(), "not ACTIVE", "ok", "not ACTIVE"},  // [D]
      {"SplitShard",
       by_name(R"("ShardToSplit":"1","NewStartingHashKey":"300000000000000000000000000000000000000")"),
       "not ACTIVE", "not ACTIVE", "not ACTIVE"},  // [V]
      {"MergeShards", by_name(R"("ShardToMerge":"0","AdjacentShardToMerge":"1")"), "not ACTIVE", "not ACTIVE",
       "not ACTIVE"},  // [V]
      {"UpdateShardCount", by_name(R"("TargetShardCount":3,"ScalingType":"UNIFORM_SCALING")"), "not ACTIVE",
       "not ACTIVE", "not ACTIVE"},
      {"UpdateStreamMode", by_arn(R"("StreamModeDetails":{"StreamMode":"ON_DEMAND"})"), "not ACTIVE",
       "not ACTIVE", "not ACTIVE"},
      {"StartStreamEncryption", by_name(key), "not ACTIVE", "not ACTIVE", "not ACTIVE"},
      {"StopStreamEncryption", by_name(key), "not ACTIVE", "not ACTIVE", "not ACTIVE"},
      {"IncreaseStreamRetentionPeriod", by_name(R"("RetentionPeriodHours":48)"), "not ACTIVE", "not ACTIVE",
       "not ACTIVE"},
      {"DecreaseStreamRetentionPeriod", by_name(R"("RetentionPeriodHours":24)"), "not ACTIVE", "not ACTIVE",
       "not ACTIVE"},
      {"EnableEnhancedMonitoring", by_name(metrics), "not ACTIVE", "not ACTIVE", "not ACTIVE"},
      {"DisableEnhancedMonitoring", by_name(metrics), "not ACTIVE", "not ACTIVE", "not ACTIVE"},
      {"UpdateStreamWarmThroughput", by_name(R"("WarmThroughputMiBps":5)"), "not ACTIVE", "not ACTIVE",
       "not ACTIVE"},
      {"UpdateMaxRecordSize", by_arn(R"("MaxRecordSizeInKiB":2048)"), "not ACTIVE", "not ACTIVE",
       "not ACTIVE"},
      {"RegisterStreamConsumer", by_arn(R"("ConsumerName":"c")"), "not ACTIVE", "ok", "not ACTIVE"},
      {"AddTagsToStream", by_name(R"("Tags":{"a":"b"})"), "not ACTIVE", "ok", "not ACTIVE"},
      {"RemoveTagsFromStream", by_name(R"("TagKeys":["a"])"), "not ACTIVE", "ok", "not ACTIVE"},
      {"TagResource", by_resource(R"("Tags":{"a":"b"})"), "not ACTIVE", "ok", "not ACTIVE"},
      {"UntagResource", by_resource(R"("TagKeys":["a"])"), "not ACTIVE", "ok", "not ACTIVE"},
      {"PutResourcePolicy", by_resource(policy), "not ACTIVE", "ok", "not ACTIVE"},
      {"DeleteStream", by_name(), "ok", "ok", "not ACTIVE"},  // [V] in CREATING
  }));
  INFO(row.operation);
  const std::vector<std::pair<State, std::string>> cases{
      {State::CREATING, row.creating}, {State::UPDATING, row.updating}, {State::DELETING, row.deleting}};
  for (const auto& [state, expected] : cases) {
    INFO("state " << static_cast<int>(state) << " of CREATING, UPDATING, DELETING");
    Api api(settings_with(long_ms));
    bring_to(api, state);
    CHECK(outcome(api.call(row.operation, row.request)) == expected);
  }
}

namespace {

struct Trigger {
  std::string operation;
  std::string request;
  std::string state;
};

const std::vector<Trigger>& triggers() {
  static const std::vector<Trigger> all{
      {"SplitShard", by_name(R"("ShardToSplit":"0","NewStartingHashKey":"1000")"), "UPDATING"},
      {"MergeShards", by_name(R"("ShardToMerge":"0","AdjacentShardToMerge":"1")"), "UPDATING"},
      {"UpdateShardCount", by_name(R"("TargetShardCount":3,"ScalingType":"UNIFORM_SCALING")"), "UPDATING"},
      {"UpdateStreamMode", by_arn(R"("StreamModeDetails":{"StreamMode":"ON_DEMAND"})"), "UPDATING"},
      {"StartStreamEncryption", by_name(key), "UPDATING"},
      {"IncreaseStreamRetentionPeriod", by_name(R"("RetentionPeriodHours":48)"), "UPDATING"},
      {"EnableEnhancedMonitoring", by_name(metrics), "UPDATING"},
      {"DisableEnhancedMonitoring", by_name(metrics), "UPDATING"},
      {"UpdateMaxRecordSize", by_arn(R"("MaxRecordSizeInKiB":2048)"), "UPDATING"},
      {"DeleteStream", by_name(), "DELETING"},
      // These leave the status as it is.
      {"AddTagsToStream", by_name(R"("Tags":{"a":"b"})"), "ACTIVE"},
      {"PutResourcePolicy", by_resource(policy), "ACTIVE"},
      {"RegisterStreamConsumer", by_arn(R"("ConsumerName":"c")"), "ACTIVE"},
      {"IncreaseStreamRetentionPeriod", by_name(R"("RetentionPeriodHours":24)"), "ACTIVE"},
      {"StopStreamEncryption", by_name(key), "ACTIVE"},
  };
  return all;
}

}  // namespace

TEST_CASE("Every change brings its state, which lasts as long as transitions do") {
  const auto& trigger = triggers()[GENERATE(range(std::size_t{0}, triggers().size()))];
  INFO(trigger.operation << " " << trigger.request);
  const std::string after = trigger.state == "DELETING" ? "" : "ACTIVE";

  Api slow(settings_with(long_ms));
  slow.create("s", 2);
  CHECK(status_of(slow) == "CREATING");
  slow.clock.advance_ms(long_ms - 1);
  CHECK(status_of(slow) == "CREATING");
  slow.clock.advance_ms(1);
  CHECK(status_of(slow) == "ACTIVE");
  CHECK(outcome(slow.call(trigger.operation, trigger.request)) == "ok");
  CHECK(status_of(slow) == trigger.state);
  slow.clock.advance_ms(long_ms - 1);
  CHECK(status_of(slow) == trigger.state);
  slow.clock.advance_ms(1);
  CHECK(status_of(slow) == after);

  Api fast(settings_with(0));
  fast.create("s", 2);
  CHECK(status_of(fast) == "ACTIVE");
  CHECK(outcome(fast.call(trigger.operation, trigger.request)) == "ok");
  CHECK(status_of(fast) == after);

  // Whoever looks ends it, and sees it ended.
  Api watched(observed_settings());
  watched.create("s", 2);
  CHECK(status_of(watched) == "ACTIVE");
  CHECK(outcome(watched.call(trigger.operation, trigger.request)) == "ok");
  CHECK(status_of(watched) == after);
}

}  // namespace kinesisd::server
