#include <catch2/catch.hpp>
#include <set>
#include <string_view>

#include "tests/unit/protocol/declared_operations.hpp"

namespace kinesisd::protocol {

namespace {

// What a stream or a consumer can be shared for: reading, writing and describing it, and its consumers.
const std::set<std::string_view> shared{
    "DeregisterStreamConsumer",
    "DescribeStream",
    "DescribeStreamConsumer",
    "DescribeStreamSummary",
    "GetRecords",
    "GetShardIterator",
    "ListShards",
    "ListStreamConsumers",
    "PutRecord",
    "PutRecords",
    "RegisterStreamConsumer",
    "SubscribeToShard",
};

}  // namespace

TEST_CASE("Only an operation that says so can be opened to other accounts") {
  const auto check = []<class Op>() {
    INFO(Op::name);
    CHECK(is_cross_account<Op> == (shared.count(Op::name) == 1));
  };
  for_each_type(Operations{}, check);
  for_each_type(DeclaredOperations{}, check);
}

}  // namespace kinesisd::protocol
