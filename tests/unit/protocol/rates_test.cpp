// The rates that operations declare, compared with AWS's table of quotas.
#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <vector>

#include "protocol/rate.hpp"
#include "tests/unit/protocol/declared_operations.hpp"

namespace kinesisd::protocol {

namespace {

constexpr auto account = RateScope::account;
constexpr auto stream = RateScope::stream;

struct Row {
  std::string_view name;
  std::int64_t per_second;
  RateScope scope;
};

// Where the page of quotas and an operation's own page disagree on the scope, the page of quotas. It has no
// scope for operations on the tags of a resource.
const std::vector<Row> rates{
    {"AddTagsToStream", 5, account},
    {"RemoveTagsFromStream", 5, stream},
    {"ListTagsForStream", 5, stream},
    {"TagResource", 5, account},
    {"UntagResource", 5, account},
    {"ListTagsForResource", 5, account},
    {"CreateStream", 5, account},
    {"DeleteStream", 5, account},
    {"DescribeStream", 10, account},
    {"DescribeStreamSummary", 20, account},
    {"DescribeStreamConsumer", 20, stream},
    {"DescribeLimits", 1, account},
    {"DescribeAccountSettings", 5, account},
    {"UpdateAccountSettings", 5, account},
    {"ListStreams", 5, account},
    {"ListShards", 1000, stream},
    {"ListStreamConsumers", 5, stream},
    {"RegisterStreamConsumer", 5, stream},
    {"DeregisterStreamConsumer", 5, stream},
    {"SplitShard", 5, stream},
    {"MergeShards", 5, stream},
    {"UpdateShardCount", 10, account},
    {"IncreaseStreamRetentionPeriod", 5, stream},
    {"DecreaseStreamRetentionPeriod", 5, stream},
    {"EnableEnhancedMonitoring", 5, stream},
    {"DisableEnhancedMonitoring", 5, stream},
    {"UpdateStreamWarmThroughput", 5, account},
    {"GetResourcePolicy", 5, account},
    {"PutResourcePolicy", 5, account},
    {"DeleteResourcePolicy", 5, account},
};

// Those of the data plane; those with a ration for 24 hours; those the table does not list.
const std::vector<std::string_view> without_rate{
    "PutRecord",
    "PutRecords",
    "GetRecords",
    "GetShardIterator",
    "SubscribeToShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "UpdateStreamMode",
    "UpdateMaxRecordSize",
    "UpdateStreamRecordDistributionStrategy",
};

template <class Op>
std::optional<Row> declared() {
  if constexpr (Rated<Op>) {
    return Row{Op::name, Op::rate.per_second, Op::rate.scope};
  } else {
    return std::nullopt;
  }
}

template <class... Ops>
std::size_t check(type_list<Ops...> operations) {
  std::size_t found = 0;
  for_each_type(operations, [&]<class Op>() {
    INFO(Op::name);
    const auto rate = declared<Op>();
    const auto row =
        std::find_if(rates.begin(), rates.end(), [](const Row& one) { return one.name == Op::name; });
    REQUIRE(rate.has_value() == (row != rates.end()));
    if (!rate) {
      CHECK(std::find(without_rate.begin(), without_rate.end(), Op::name) != without_rate.end());
      return;
    }
    ++found;
    CHECK(rate->per_second == row->per_second);
    CHECK(rate->scope == row->scope);
  });
  return found;
}

}  // namespace

TEST_CASE("Every operation of the control plane has AWS's rate, and no other has one") {
  CHECK(check(Operations{}) + check(DeclaredOperations{}) == rates.size());
}

}  // namespace kinesisd::protocol
