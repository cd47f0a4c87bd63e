#include "server/faults/read_rules.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace kinesisd::server::faults {

namespace {

// What is wrong with the document.
std::string problem(const document::Document& document) {
  try {
    rules_from(document);
  } catch (const document::Problem& found) {
    return found.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("the same rules can be written in TOML and in JSON") {
  const auto toml = rules_from(document::parse_toml(R"(
[[rule]]
id = "slow"
operation = "GetRecords"
stream = "orders-*"
every = 3
from = "10s"
for = "1 minute"
latency = { ms = 200, spread = "1s" }

[[rule]]
throttle = true
)",
                                                    "faults.toml"));
  const auto json = rules_from(document::parse_json(
      R"([{"id": "slow", "operation": ["GetRecords"], "stream": "orders-*", "every": 3, "from": 10000,
           "for": "60s", "latency": {"ms": "200ms", "spread": 1000}}, {"throttle": true}])"));
  for (const auto& rules : {toml, json}) {
    REQUIRE(rules.size() == 2);
    CHECK(rules[0].id == "slow");
    CHECK(rules[0].match.operations == std::vector<std::string>{"GetRecords"});
    CHECK(rules[0].match.stream == "orders-*");
    CHECK(rules[0].schedule.every == 3);
    CHECK(rules[0].schedule.from == milliseconds(10'000));
    CHECK(rules[0].schedule.lasting == milliseconds(60'000));
    CHECK(rules[0].effects.latency->least == milliseconds(200));
    CHECK(rules[0].effects.latency->spread == milliseconds(1'000));
    CHECK(rules[1].effects.failure);
  }
}

TEST_CASE("the example of a file is one") {
  const auto rules = rules_from(document::read_file(KINESISD_SOURCE_DIR "/config/faults.toml", "--faults"));
  REQUIRE(rules.size() == 7);
  CHECK(rules.front().id == "throttled");
  CHECK(rules.back().effects.drop->events == 20);
}

TEST_CASE("a mistake in a rule is one sentence that names its place") {
  struct Row {
    const char* why;
    const char* json;
    const char* sentence;
  };
  const auto row = GENERATE(values<Row>({
      {"unknown operation", R"({"operation": "PutRecrd", "throttle": true})",
       R"(operation is "PutRecrd"; write the name of an operation, such as "PutRecord".)"},
      {"unknown error", R"([{"throttle": true}, {"error": "Throttled"}])",
       R"([1].error is "Throttled"; write the name of an error of AWS's, such as "InternalFailure".)"},
      {"two letters of an operation swapped", R"({"operation": "GetRecrods", "throttle": true})",
       R"(operation is "GetRecrods"; write the name of an operation, such as "GetRecords".)"},
      {"an error nearly right", R"({"error": "ProvisionedThroughputExceded"})",
       R"(error is "ProvisionedThroughputExceded"; write the name of an error of AWS's, such as "ProvisionedThroughputExceededException".)"},
      {"the type of an error nearly right", R"({"error": {"type": "KMSDisabledExecption"}})",
       R"(error.type is "KMSDisabledExecption"; write the name of an error of AWS's, such as "KMSDisabledException", or add a status and a message.)"},
      {"an error with many texts", R"({"error": {"type": "ValidationException"}})",
       "error needs a message, because AWS has many for this type."},
      {"an error without a type", R"({"error": {"message": "no"}})",
       R"(error names no type; add one, such as "InternalFailure".)"},
      {"nothing happens", R"({"stream": "orders"})",
       "the document says nothing that is to happen; add one of error, throttle, reset, latency, records, "
       "page, visible_after, expired_iterator and drop."},
      {"an effect its operation does not have", R"({"operation": "PutRecord", "page": {"records": 0}})",
       "page does nothing here; it takes the operation GetRecords."},
      {"a page without a number", R"({"page": {}})",
       "page.records is missing; write a number from 0 to 10000."},
      {"a latency without end", R"({"latency": "1h"})", "latency is longer than 15 minutes; write less."},
      {"the id that is a path", R"({"id": "reset", "throttle": true})",
       R"(id is "reset"; write at most 128 letters, digits, dots, hyphens and underscores, and not "reset".)"},
      {"every none", R"({"every": 0, "throttle": true})",
       "every is 0; write a number from 1 to 9223372036854775807."},
      {"throttle off", R"({"throttle": false})", "throttle is false; write true, or leave it out."},
      {"no shard", R"({"shard": "first", "throttle": true})",
       R"(shard is "first"; write the id of a shard, such as "shardId-000000000000", or its number.)"},
  }));
  INFO(row.why);
  CHECK(problem(document::parse_json(row.json)) == row.sentence);
}

TEST_CASE("a mistake in a file is named with its line") {
  CHECK(problem(document::parse_toml("[[rule]]\nthrottle = true\nprobability = 2\n", "faults.toml")) ==
        "faults.toml, line 3: rule[0].probability is 2; write a number from 0 to 1.");
  CHECK_THAT(problem(document::parse_toml("[[rule]]\nthrotle = true\n", "faults.toml")),
             Catch::Matchers::StartsWith("faults.toml, line 2: rule[0].throtle is not known; "));
  CHECK_THAT(problem(document::parse_toml("throttle = true\n", "faults.toml")),
             Catch::Matchers::StartsWith(
                 "faults.toml, line 1: throttle stands outside of a rule; write [[rule]] above it."));
  CHECK(problem(document::parse_toml("", "faults.toml")) == "nothing");
}

}  // namespace kinesisd::server::faults
