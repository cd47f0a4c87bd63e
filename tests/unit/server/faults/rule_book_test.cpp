#include "server/faults/rule_book.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "protocol/schema.hpp"
#include "server/document/value.hpp"
#include "server/faults/read_rules.hpp"
#include "tests/support/manual_clock.hpp"

namespace kinesisd::server::faults {

namespace {

const storage::World caller{"123456789012", "eu-west-1"};

std::vector<Rule> rules(const std::string& json) {
  return rules_from(document::parse_json(json));
}

// Asks a book of rules as requests would.
class Fixture {
 public:
  explicit Fixture(const std::string& json, std::uint64_t seed = 1) : book(storage::Random(seed)) {
    book.add(rules(json), clock.now());
  }

  Decision ask(std::string_view operation = "PutRecord", std::string_view stream = "orders",
               const std::vector<storage::ShardIndex>& shards = {{0}}, std::string_view consumer = {}) {
    Decision decision;
    book.decide({.operation = operation,
                 .caller = caller,
                 .stream = stream,
                 .consumer = consumer,
                 .shards = shards,
                 .now = clock.now()},
                decision);
    return decision;
  }

  // Which of so many requests are hit: an x for each.
  std::string hits(int requests) {
    std::string told;
    for (int i = 0; i < requests; ++i) told += ask().verdict ? 'x' : '.';
    return told;
  }

  tests::ManualClock clock;
  RuleBook book;
};

std::string failed(const Decision& decision) {
  std::string told;
  for (const auto& record : decision.records) told += record ? 'x' : '.';
  return told;
}

}  // namespace

TEST_CASE("a rule hits the requests its schedule names") {
  struct Row {
    const char* why;
    const char* rule;
    const char* hits;
  };
  const auto row = GENERATE(values<Row>({
      {"always", R"({"throttle": true})", "xxxxxxxxxxxx"},
      {"not the first", R"({"throttle": true, "skip": 3})", "...xxxxxxxxx"},
      {"every third", R"({"throttle": true, "every": 3})", "..x..x..x..x"},
      {"every third after two", R"({"throttle": true, "every": 3, "skip": 2})", "....x..x..x."},
      {"only so many", R"({"throttle": true, "count": 2})", "xx.........."},
      {"all together", R"({"throttle": true, "every": 2, "skip": 1, "count": 2})", "..x.x......."},
      {"never", R"({"throttle": true, "probability": 0})", "............"},
      {"none", R"({"throttle": true, "count": 0})", "............"},
  }));
  INFO(row.why);
  CHECK(Fixture(row.rule).hits(12) == row.hits);
}

TEST_CASE("a probability hits about so many, and with a seed the same ones") {
  const std::string rule = R"({"throttle": true, "probability": 0.25})";
  const std::string once = Fixture(rule, 7).hits(1000);
  CHECK(once == Fixture(rule, 7).hits(1000));
  CHECK(once != Fixture(rule, 8).hits(1000));
  const auto count = std::count(once.begin(), once.end(), 'x');
  CHECK(count > 180);
  CHECK(count < 320);
}

TEST_CASE("a window counts from when its rule came, on the service's clock") {
  Fixture fixture(R"({"throttle": true, "from": "10s", "for": "5s"})");
  const auto at = [&](std::int64_t ms) {
    fixture.clock.advance_ms(ms - (storage::epoch_ms(fixture.clock.now()) - tests::ManualClock::start_ms));
    return fixture.ask().verdict.has_value();
  };
  CHECK(!at(9'999));
  CHECK(at(10'000));
  CHECK(at(14'999));
  CHECK(!at(15'000));
  fixture.book.begin_anew(fixture.clock.now());
  CHECK(!at(24'999));
  CHECK(at(25'000));
  CHECK(fixture.book.list().front().hits == 1);
}

TEST_CASE("a rule matches what it names and nothing else") {
  struct Row {
    const char* why;
    const char* match;
    bool hit;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing named", "", true},
      {"the operation", R"("operation": "SubscribeToShard",)", true},
      {"one of the operations", R"("operation": ["PutRecord", "SubscribeToShard"],)", true},
      {"another operation", R"("operation": "PutRecord",)", false},
      {"the account", R"("account": "123456789012",)", true},
      {"another account", R"("account": "000000000000",)", false},
      {"the region", R"("region": "eu-west-1",)", true},
      {"another region", R"("region": "us-east-1",)", false},
      {"the stream", R"("stream": "orders",)", true},
      {"a pattern of the stream", R"("stream": "or*s",)", true},
      {"a pattern of others", R"("stream": "or*x",)", false},
      {"the beginning of the stream", R"("stream": "order",)", false},
      {"the consumer", R"("consumer": "reader",)", true},
      {"another consumer", R"("consumer": "writer",)", false},
      {"the shard", R"("shard": "shardId-000000000003",)", true},
      {"the shard's number", R"("shard": 3,)", true},
      {"another shard", R"("shard": 4,)", false},
      {"all of it", R"("operation": "SubscribeToShard", "stream": "*", "shard": 3, "consumer": "reader",)",
       true},
      {"all but one", R"("operation": "SubscribeToShard", "stream": "*", "shard": 3, "consumer": "x",)",
       false},
  }));
  INFO(row.why);
  Fixture fixture("{" + std::string(row.match) + R"("reset": "before"})");
  CHECK(fixture.ask("SubscribeToShard", "orders", {{3}}, "reader").verdict.has_value() == row.hit);
}

TEST_CASE("of records a share fails, spread evenly, or those that are named, on the shard that is named") {
  struct Row {
    const char* rule;
    const char* failed;
  };
  // Records go to shards 0 1 0 1 0 1.
  const auto row = GENERATE(values<Row>({
      {R"({"records": {}})", "xxxxxx"},
      {R"({"records": {"share": 0.5}})", "x.x.x."},
      {R"({"records": {"share": 0.1}})", "x....."},
      {R"({"records": {"indexes": [1, 5, 9]}})", ".x...x"},
      {R"({"records": {}, "shard": 1})", ".x.x.x"},
      {R"({"records": {"share": 0.5}, "shard": 1})", ".x...x"},
      {R"({"records": {"indexes": [0, 1]}, "shard": 1})", ".x...."},
  }));
  INFO(row.rule);
  Fixture fixture(row.rule);
  const Decision decision = fixture.ask("PutRecords", "orders", {{0}, {1}, {0}, {1}, {0}, {1}});
  CHECK(failed(decision) == row.failed);
  CHECK(!decision.verdict);
  CHECK(fixture.book.list().front().hits == 1);
}

TEST_CASE("a rule about records that fails none has not hit") {
  Fixture fixture(R"({"records": {"indexes": [9]}})");
  fixture.ask("PutRecords", "orders", {{0}});
  CHECK(fixture.book.list().front().hits == 0);
  CHECK(fixture.book.list().front().matched == 1);
}

TEST_CASE("rules add up in their order until one decides the answer") {
  Fixture fixture(R"([{"id": "slow", "latency": 20}, {"id": "slower", "latency": 50},
                      {"id": "down", "error": "ServiceUnavailable"}, {"id": "never", "reset": "before"}])");
  const Decision decision = fixture.ask();
  CHECK(decision.latency == milliseconds(20));
  CHECK(decision.verdict->status == 503);
  CHECK(!decision.verdict->reset);
  CHECK(decision.note == "fault rule slow, slower, down");
  CHECK(fixture.book.list()[3].matched == 0);
}

TEST_CASE("an effect touches only operations that have it") {
  Fixture fixture(R"([{"page": {"records": 0}}, {"visible_after": "1s"}, {"drop": {"events": 1}}])");
  CHECK(fixture.ask("PutRecord").note.empty());
  const Decision read = fixture.ask("GetRecords");
  CHECK(read.restraint.records_max == std::size_t(0));
  CHECK(read.restraint.visible_after == milliseconds(1000));
  CHECK(!read.drop);
  const Decision subscribed = fixture.ask("SubscribeToShard");
  CHECK(subscribed.drop->events == 1);
  CHECK(subscribed.restraint.visible_after == milliseconds(1000));
}

TEST_CASE("a latency keeps within its spread") {
  Fixture fixture(R"({"latency": {"ms": 100, "spread": 50}})");
  bool differs = false;
  for (int i = 0; i < 200; ++i) {
    const milliseconds latency = *fixture.ask().latency;
    CHECK(latency >= milliseconds(100));
    CHECK(latency <= milliseconds(150));
    differs = differs || latency != milliseconds(100);
  }
  CHECK(differs);
}

TEST_CASE("errors come with AWS's type, text and status unless the rule has others") {
  struct Row {
    const char* operation;
    const char* effect;
    int status;
    const char* type;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"PutRecord", R"("throttle": true)", 400, "ProvisionedThroughputExceededException",
       "Rate exceeded for shard shardId-000000000000 in stream orders under account 123456789012."},
      {"GetRecords", R"("throttle": true)", 400, "ProvisionedThroughputExceededException",
       "Rate exceeded for Shard - 123456789012/orders/shardId-000000000000"},
      {"DescribeStream", R"("throttle": true)", 400, "LimitExceededException",
       "Rate exceeded for stream orders under account 123456789012."},
      {"PutRecord", R"("error": "InternalFailure")", 500, "InternalFailure", ""},
      {"PutRecord", R"("error": "ResourceNotFoundException")", 400, "ResourceNotFoundException",
       "Stream orders under account 123456789012 not found."},
      {"PutRecord", R"("error": {"type": "InternalFailure", "message": "no", "status": 502})", 502,
       "InternalFailure", "no"},
      {"PutRecord", R"("error": {"type": "Odd", "message": "no"})", 400, "Odd", "no"},
      {"PutRecord", R"("error": {"type": "InternalFailureException", "status": 500})", 500,
       "InternalFailureException", ""},
      {"PutRecord", R"("error": {"status": 504})", 504, "", ""},
      {"GetRecords", R"("expired_iterator": true)", 400, "ExpiredIteratorException",
       "Iterator expired. The iterator was created at time Tue Nov 14 22:08:19 UTC 2023 while right now it "
       "is "
       "Tue Nov 14 22:13:20 UTC 2023 which is further in the future than the tolerated delay of 300000 "
       "milliseconds."},
  }));
  INFO(row.operation << " " << row.effect);
  Fixture fixture("{" + std::string(row.effect) + "}");
  const Decision decision = fixture.ask(row.operation);
  REQUIRE(decision.verdict);
  CHECK(decision.verdict->status == row.status);
  CHECK(decision.verdict->type == row.type);
  CHECK(decision.verdict->message == row.message);
}

TEST_CASE("every error that needs no message can be asked for by its name") {
  for (const std::string_view type : protocol::enum_names<protocol::ErrorType>) {
    INFO(type);
    const std::string rule = R"({"error": ")" + std::string(type) + "\"}";
    if (type == "InvalidArgumentException" || type == "ValidationException" ||
        type == "IncompleteSignatureException") {
      CHECK_THROWS_AS(rules(rule), document::Problem);
      continue;
    }
    CHECK(Fixture(rule).ask().verdict->type == type);
  }
}

TEST_CASE("rules are added, replaced and removed by their ids") {
  Fixture fixture(R"([{"throttle": true}, {"id": "mine", "latency": 5}])");
  const storage::Timestamp now = fixture.clock.now();
  CHECK(fixture.book.add(rules(R"({"reset": "after"})"), now) == std::vector<std::string>{"2"});
  CHECK_THROWS_WITH(fixture.book.add(rules(R"({"id": "mine", "reset": "after"})"), now),
                    R"(There is a rule "mine" already; give this one another id, or remove that one first.)");
  CHECK(fixture.book.remove("mine"));
  CHECK(!fixture.book.remove("mine"));
  CHECK(fixture.book.list().size() == 2);
  CHECK(fixture.book.replace(rules(R"([{"id": "1", "throttle": true}, {"throttle": true}])"), now) ==
        std::vector<std::string>{"1", "3"});
  CHECK(!fixture.book.empty());
  fixture.book.clear();
  CHECK(fixture.book.empty());
  std::vector<Rule> many(rules_max + 1);
  CHECK_THROWS_WITH(fixture.book.add(many, now),
                    "There would be 1001 rules; at most 1000 are kept: remove some.");
  CHECK(fixture.book.empty());
}

}  // namespace kinesisd::server::faults
