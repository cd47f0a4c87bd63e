// What a stream that distributes its records by itself does not require.
#include <catch2/catch.hpp>
#include <set>

#include "protocol/structures/stream_reference.hpp"
#include "tests/unit/protocol/declared_operations.hpp"
#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

template <class Request>
std::optional<Error> refusal_with(std::string body, Lifting lifting) {
  auto tree = parse(body, Encoding::json);
  REQUIRE(tree.has_value());
  auto request = decode<Request>(tree.value(), lifting);
  if (!request) return request.error();
  return std::nullopt;
}

struct Row {
  const char* why;
  std::optional<Error> (*refusal)(std::string body, Lifting lifting);
  const char* body;
  const char* unless_auto;
  const char* if_auto;  // nullptr: accepted
};

#define NO_KEY "Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"
#define NO_DATA "Value null at 'data' failed to satisfy constraint: Member must not be null"
#define NO_KEY_IN(i) \
  "Value null at 'records." i ".member.partitionKey' failed to satisfy constraint: Member must not be null"
#define NO_DATA_IN(i) \
  "Value null at 'records." i ".member.data' failed to satisfy constraint: Member must not be null"
#define EMPTY_KEY                                                                                           \
  "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal " \
  "to 1"
#define BAD_ORDER                                                                       \
  "Value 'x' at 'sequenceNumberForOrdering' failed to satisfy constraint: Member must " \
  R"(satisfy regular expression pattern: 0|([1-9]\d{0,128}))"

}  // namespace

TEST_CASE("A partition key is required in its place, unless the stream is AUTO") {
  constexpr auto one = refusal_with<PutRecord::Request>;
  constexpr auto many = refusal_with<PutRecords::Request>;
  const auto row = GENERATE_COPY(values<Row>({
      {"no key", one, R"({"Data":""})", "1 validation error detected: " NO_KEY, nullptr},
      {"a key that is null", one, R"({"Data":"","PartitionKey":null})",
       "1 validation error detected: " NO_KEY, nullptr},
      {"no key between two other violations", one, R"({"SequenceNumberForOrdering":"x"})",
       "3 validation errors detected: " BAD_ORDER "; " NO_KEY "; " NO_DATA,
       "2 validation errors detected: " BAD_ORDER "; " NO_DATA},
      {"a key too short", one, R"({"Data":"","PartitionKey":""})", "1 validation error detected: " EMPTY_KEY,
       "1 validation error detected: " EMPTY_KEY},
      {"one record of two without a key", many, R"({"Records":[{"Data":"","PartitionKey":"a"},{"Data":""}]})",
       "1 validation error detected: " NO_KEY_IN("2"), nullptr},
      {"records without anything", many, R"({"Records":[{},{}]})",
       "4 validation errors detected: " NO_KEY_IN("1") "; " NO_DATA_IN("1") "; " NO_KEY_IN(
           "2") "; " NO_DATA_IN("2"),
       "2 validation errors detected: " NO_DATA_IN("1") "; " NO_DATA_IN("2")},
  }));
  INFO(row.why);
  CHECK(row.refusal(row.body, Lifting::none) == refused(row.unless_auto));
  const auto if_auto = row.refusal(row.body, Lifting::auto_stream);
  CHECK(if_auto == (row.if_auto == nullptr ? std::nullopt : std::optional(refused(row.if_auto))));
}

TEST_CASE("A body is decoded twice, with and without lifting") {
  std::string body = R"({"StreamName":"s","Data":"aGk="})";
  const auto tree = parse(body, Encoding::json);
  REQUIRE(tree.has_value());
  CHECK_FALSE(decode<PutRecord::Request>(tree.value()).has_value());
  const auto request = decode<PutRecord::Request>(tree.value(), Lifting::auto_stream);
  REQUIRE(request.has_value());
  CHECK_FALSE(request.value().partition_key.has_value());
  CHECK(request.value().data.bytes == "hi");
}

TEST_CASE("Only puts have members that may be lifted") {
  std::set<std::string> liftable;
  const auto collect = [&]<class Op>() {
    if (Liftable<typename Op::Request>) liftable.insert(std::string(Op::name));
  };
  for_each_type(Operations{}, collect);
  for_each_type(DeclaredOperations{}, collect);
  CHECK(liftable == std::set<std::string>{"PutRecord", "PutRecords"});
}

TEST_CASE("The stream of a request is read although the rest is invalid") {
  const auto stream = decoded<StreamReference>(R"({"Records":[3],"StreamName":"s","StreamARN":null})");
  CHECK(stream.stream_name == "s");
  CHECK_FALSE(stream.stream_arn.has_value());
}

}  // namespace kinesisd::protocol
