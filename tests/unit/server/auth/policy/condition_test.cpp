#include "server/auth/policy/condition.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kinesisd::server::policy {

namespace {

constexpr const char* role = "arn:aws:iam::222222222222:role/reader";

struct Row {
  const char* op;
  std::vector<std::string> wanted;
  std::optional<std::string> actual;
  bool expected;
};

}  // namespace

TEST_CASE("an operator compares the value of a key with those of the policy") {
  const Row row = GENERATE(values<Row>({
      {"StringEquals", {"a"}, "a", true},
      {"StringEquals", {"a"}, "A", false},
      {"StringEquals", {"x", "a"}, "a", true},
      {"StringEquals", {"*"}, "a", false},
      {"StringNotEquals", {"a"}, "b", true},
      {"StringNotEquals", {"a"}, "a", false},
      {"StringNotEquals", {"b", "a"}, "a", false},
      {"StringEqualsIgnoreCase", {"aB"}, "Ab", true},
      {"StringEqualsIgnoreCase", {"ab"}, "abc", false},
      {"StringNotEqualsIgnoreCase", {"aB"}, "Ab", false},
      {"StringNotEqualsIgnoreCase", {"ab"}, "abc", true},
      {"StringLike", {"a*c?"}, "abbcd", true},
      {"StringLike", {"a*c?"}, "abbc", false},
      {"StringLike", {"arn:*reader"}, role, true},
      {"StringNotLike", {"a*"}, "abc", false},
      {"StringNotLike", {"a*"}, "b", true},
      {"ArnEquals", {role}, role, true},
      {"ArnEquals", {"arn:aws:iam::*:role/r*"}, role, true},
      {"ArnLike", {"arn:aws:iam::*:role/r*"}, role, true},
      {"ArnLike", {"arn:*reader"}, role, false},
      {"ArnNotEquals", {role}, role, false},
      {"ArnNotLike", {"arn:aws:iam::*:user/*"}, role, true},
      {"Bool", {"true"}, "true", true},
      {"Bool", {"True"}, "true", true},
      {"Bool", {"false"}, "true", false},
      {"NumericEquals", {"12"}, "12.0", true},
      {"NumericEquals", {"12"}, "12a", false},
      {"NumericNotEquals", {"12"}, "13", true},
      {"NumericNotEquals", {"12"}, "12", false},
      {"NumericLessThan", {"12"}, "11", true},
      {"NumericLessThan", {"12"}, "12", false},
      {"NumericLessThanEquals", {"12"}, "12", true},
      {"NumericGreaterThan", {"12"}, "12", false},
      {"NumericGreaterThan", {"12"}, "12.5", true},
      {"NumericGreaterThanEquals", {"12"}, "12", true},
      {"NumericGreaterThanEquals", {"twelve"}, "12", false},
      {"IpAddress", {"10.0.0.0/8"}, "10.1.2.3", false},
      {"NotIpAddress", {"10.0.0.0/8"}, "10.1.2.3", true},
      {"DateLessThan", {"2026-01-01T00:00:00Z"}, "2025-01-01T00:00:00Z", false},
      {"Null", {"false"}, "a", true},
      {"Null", {"true"}, "a", false},
      {"StringEqualsIfExists", {"a"}, "a", true},
      {"StringEqualsIfExists", {"a"}, "b", false},
      {"StringNotLikeIfExists", {"a*"}, "abc", false},
      {"ForAnyValue:StringEquals", {"a"}, "a", true},
      {"ForAnyValue:StringEquals", {"a"}, "b", false},
      {"ForAllValues:StringLike", {"a*"}, "ab", true},
      {"ForAllValues:StringLike", {"a*"}, "b", false},
      {"ForAllValues:StringNotEquals", {"a"}, "a", false},
  }));
  INFO(row.op << " " << row.wanted.front() << " of " << row.actual.value());
  const auto op = find_operator(row.op);
  REQUIRE(op);
  CHECK(holds({*op, "aws:key", row.wanted}, row.actual) == row.expected);
}

TEST_CASE("a key without a value fails what must match and passes what must not") {
  const Row row = GENERATE(values<Row>({
      {"StringEquals", {"a"}, {}, false},
      {"StringEqualsIgnoreCase", {"a"}, {}, false},
      {"StringLike", {"*"}, {}, false},
      {"ArnLike", {"*"}, {}, false},
      {"Bool", {"false"}, {}, false},
      {"NumericLessThan", {"1"}, {}, false},
      {"DateGreaterThan", {"2026-01-01T00:00:00Z"}, {}, false},
      {"IpAddress", {"0.0.0.0/0"}, {}, false},
      {"BinaryEquals", {"YQ=="}, {}, false},
      {"StringNotEquals", {"a"}, {}, true},
      {"StringNotEqualsIgnoreCase", {"a"}, {}, true},
      {"StringNotLike", {"*"}, {}, true},
      {"ArnNotEquals", {"*"}, {}, true},
      {"ArnNotLike", {"*"}, {}, true},
      {"NumericNotEquals", {"1"}, {}, true},
      {"DateNotEquals", {"2026-01-01T00:00:00Z"}, {}, true},
      {"NotIpAddress", {"0.0.0.0/0"}, {}, true},
      {"StringEqualsIfExists", {"a"}, {}, true},
      {"BoolIfExists", {"false"}, {}, true},
      {"ArnNotLikeIfExists", {"*"}, {}, true},
      {"ForAnyValue:StringLike", {"*"}, {}, false},
      {"ForAnyValue:StringNotLike", {"a"}, {}, false},
      {"ForAllValues:StringEquals", {"a"}, {}, true},
      {"ForAllValues:StringNotEquals", {"a"}, {}, true},
      {"ForAnyValue:StringEqualsIfExists", {"a"}, {}, true},
      {"Null", {"true"}, {}, true},
      {"Null", {"false"}, {}, false},
      {"Null", {"TRUE"}, {}, true},
  }));
  INFO(row.op);
  const auto op = find_operator(row.op);
  REQUIRE(op);
  CHECK(holds({*op, "aws:key", row.wanted}, row.actual) == row.expected);
}

TEST_CASE("what is no operator of IAM is not found") {
  const char* spelling =
      GENERATE("", "IfExists", "Equals", "stringEquals", "StringEqualsIfExistsIfExists",
               "ForAnyValue:", "ForAnyValue:ForAllValues:StringEquals", "ForSomeValues:StringEquals",
               "NullIfExists", "ForAnyValue:Null", "StringEquals ", "ArnNotLikeIfexists", "NotBool");
  INFO(spelling);
  CHECK_FALSE(find_operator(spelling));
}

}  // namespace kinesisd::server::policy
