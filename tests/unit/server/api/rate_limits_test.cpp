// The rates of the control plane: who shares one, when it is used up, and what each operation then says.
#include "server/api/rate_limits.hpp"

#include <map>

#include "protocol/operations.hpp"
#include "tests/unit/server/api.hpp"

namespace kinesisd::server {

namespace {

constexpr protocol::Rate per_account{.per_second = 5, .scope = protocol::RateScope::account};
constexpr protocol::Rate per_stream{.per_second = 5, .scope = protocol::RateScope::stream};
const storage::World world{"123456789012", "us-east-1"};

struct Counter {
  RateLimits limits;
  tests::ManualClock clock;

  explicit Counter(std::size_t buckets_max = 100) : limits(buckets_max) {}

  bool admits(protocol::Rate rate, const std::string& stream, std::string_view operation = "Op",
              const storage::World& caller = world) {
    return limits.count({caller, operation, stream, rate}, clock.now()).has_value();
  }
  int admitted(protocol::Rate rate, const std::string& stream, std::string_view operation = "Op",
               const storage::World& caller = world) {
    int count = 0;
    while (count < 100 && admits(rate, stream, operation, caller)) ++count;
    return count;
  }
};

// Something each operation can decode; what it then says does not matter.
const std::map<std::string_view, std::string> requests{
    {"AddTagsToStream", R"({"StreamName":"s","Tags":{"a":"b"}})"},
    {"CreateStream", R"({"StreamName":"s","ShardCount":1})"},
    {"DecreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":24})"},
    {"DeleteResourcePolicy", R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"})"},
    {"DeleteStream", R"({"StreamName":"s"})"},
    {"DeregisterStreamConsumer",
     R"({"ConsumerARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1700000000"})"},
    {"DescribeAccountSettings", "{}"},
    {"DescribeLimits", "{}"},
    {"DescribeStream", R"({"StreamName":"s"})"},
    {"DescribeStreamConsumer",
     R"({"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s","ConsumerName":"c"})"},
    {"DescribeStreamSummary", R"({"StreamName":"s"})"},
    {"DisableEnhancedMonitoring", R"({"StreamName":"s","ShardLevelMetrics":["ALL"]})"},
    {"EnableEnhancedMonitoring", R"({"StreamName":"s","ShardLevelMetrics":["ALL"]})"},
    {"GetResourcePolicy", R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"})"},
    {"IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})"},
    {"ListShards", R"({"StreamName":"s"})"},
    {"ListStreamConsumers", R"({"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"})"},
    {"ListStreams", "{}"},
    {"ListTagsForResource", R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"})"},
    {"ListTagsForStream", R"({"StreamName":"s"})"},
    {"MergeShards", R"({"StreamName":"s","ShardToMerge":"0","AdjacentShardToMerge":"1"})"},
    {"PutResourcePolicy",
     R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s","Policy":"{}"})"},
    {"RegisterStreamConsumer",
     R"({"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s","ConsumerName":"c"})"},
    {"RemoveTagsFromStream", R"({"StreamName":"s","TagKeys":["a"]})"},
    {"SplitShard", R"({"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"9"})"},
    {"TagResource", R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s","Tags":{"a":"b"}})"},
    {"UntagResource", R"({"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s","TagKeys":["a"]})"},
    {"UpdateAccountSettings", R"({"MinimumThroughputBillingCommitment":{"Status":"DISABLED"}})"},
    {"UpdateShardCount", R"({"StreamName":"s","TargetShardCount":1,"ScalingType":"UNIFORM_SCALING"})"},
    {"UpdateStreamWarmThroughput", R"({"StreamName":"s","WarmThroughputMiBps":1})"},
};

constexpr const char* stream_refusal =
    "LimitExceededException: Rate exceeded for stream s under account 123456789012.";
constexpr const char* account_refusal = "LimitExceededException: Rate exceeded for account 123456789012.";

bool refused(const std::string& answer) {
  return answer.find("Rate exceeded for") != std::string::npos;
}

}  // namespace

TEST_CASE("A rate admits its calls at once, and then one as each becomes due") {
  Counter counter;
  CHECK(counter.admitted(per_account, "s") == 5);
  counter.clock.advance_ms(199);
  CHECK_FALSE(counter.admits(per_account, "s"));
  counter.clock.advance_ms(1);
  CHECK(counter.admitted(per_account, "s") == 1);
  counter.clock.advance_ms(1000);
  CHECK(counter.admitted(per_account, "s") == 5);
}

TEST_CASE("An account's rate is shared by its streams, a stream's is its own") {
  Counter counter;
  CHECK(counter.admitted(per_account, "a", "OfAccount") == 5);
  CHECK(counter.admitted(per_account, "b", "OfAccount") == 0);
  CHECK(counter.admitted(per_account, "", "OfAccount") == 0);
  CHECK(counter.admitted(per_stream, "a", "OfStream") == 5);
  CHECK(counter.admitted(per_stream, "b", "OfStream") == 5);
  CHECK(counter.admitted(per_account, "a", "Another") == 5);
  CHECK(counter.admitted(per_account, "a", "OfAccount", {"111111111111", "us-east-1"}) == 5);
  CHECK(counter.admitted(per_account, "a", "OfAccount", {"123456789012", "eu-west-1"}) == 5);
}

TEST_CASE("The counts kept are bounded, and the one asked for least recently is forgotten") {
  Counter counter(3);
  CHECK(counter.admitted(per_stream, "a") == 5);
  CHECK(counter.admitted(per_stream, "b") == 5);
  CHECK(counter.admitted(per_stream, "c") == 5);
  CHECK_FALSE(counter.admits(per_stream, "a"));
  CHECK(counter.admitted(per_stream, "d") == 5);
  CHECK(counter.limits.size() == 3);
  CHECK_FALSE(counter.admits(per_stream, "a"));
  CHECK_FALSE(counter.admits(per_stream, "c"));
  CHECK(counter.admits(per_stream, "b"));
  CHECK(counter.limits.size() == 3);
}

TEST_CASE("Each operation serves as many calls a second as AWS and refuses the next in AWS's words") {
  protocol::for_each_type(protocol::Operations{}, []<class Op>() {
    if constexpr (protocol::Rated<Op>) {
      INFO(Op::name);
      REQUIRE(requests.contains(Op::name));
      const std::string& request = requests.at(Op::name);
      const bool names_stream = request != "{}" && Op::name != "UpdateAccountSettings";
      const char* refusal = names_stream ? stream_refusal : account_refusal;
      Api api;
      RateLimits rates;
      api.rates = &rates;
      int served = 0;
      for (; served < Op::rate.per_second; ++served) REQUIRE_FALSE(refused(api.call(Op::name, request)));
      CHECK(api.call(Op::name, request) == refusal);
      api.clock.advance_ms(1000 / Op::rate.per_second);
      CHECK_FALSE(refused(api.call(Op::name, request)));
      CHECK(api.call(Op::name, request) == refusal);
    }
  });
}

TEST_CASE("Without enforcement nothing is counted, and a request that cannot be read never is") {
  Api api;
  RateLimits rates;
  for (int i = 0; i < 50; ++i) CHECK_FALSE(refused(api.call("ListStreams", "{}")));
  api.rates = &rates;
  for (int i = 0; i < 50; ++i) {
    CHECK(api.call("ListStreams", R"({"Limit":0})").starts_with("ValidationException: "));
  }
  CHECK(rates.size() == 0);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(refused(api.call("ListStreams", "{}")));
  CHECK(api.call("ListStreams", "{}") == account_refusal);
}

TEST_CASE("Puts and reads have no rate of the control plane") {
  Api api;
  api.create("s");
  RateLimits rates;
  api.rates = &rates;
  for (int i = 0; i < 50; ++i) {
    CHECK_FALSE(refused(api.put()));
    CHECK_FALSE(refused(api.read(api.iterator(R"("ShardIteratorType":"LATEST")"))));
  }
  CHECK(rates.size() == 0);
}

}  // namespace kinesisd::server
