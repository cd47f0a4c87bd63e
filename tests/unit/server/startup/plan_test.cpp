// Start-up files as plans, and plans as streams. What AWS refuses is tested end to end, in test_init.py.
#include <catch2/catch.hpp>

#include "server/startup/carry_out.hpp"
#include "server/startup/read_plan.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

using namespace kinesisd;
using namespace kinesisd::server;
using namespace kinesisd::server::startup;

namespace {

const storage::World fallback{"000000000000", "us-east-1"};

Plan plan_of(std::string_view toml) {
  Plan plan;
  read_plan(document::parse_toml(toml, "streams.toml"), fallback, Worlds::account, plan);
  return plan;
}

template <class F>
std::string problem(F f) {
  try {
    f();
  } catch (const document::Problem& problem) {
    return problem.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("A start-up file becomes a plan that knows where each wish was made") {
  const Plan plan = plan_of(
      "[[streams]]\nname = \"a\"\nregion = \"eu-west-1\"\nshards = 2\ntags = { x = \"1\" }\n"
      "metrics = \"ALL\"\n[[streams.consumers]]\nname = \"c\"\n[[streams.records]]\npartition_key = \"k\"\n"
      "json = { b = [1, true], a = 1.5 }\n[keys]\n\"alias/x\" = \"not_found\"\n");
  REQUIRE(plan.streams.size() == 1);
  const PlannedStream& stream = plan.streams.front();
  CHECK(stream.key == storage::StreamKey{{"000000000000", "eu-west-1"}, "a"});
  CHECK(stream.where == "streams.toml, line 1: streams[0]");
  CHECK_FALSE(stream.keep_existing);
  CHECK(stream.shards->value == 2);
  CHECK(stream.shards->where == "streams.toml, line 4: streams[0].shards");
  CHECK(stream.tags->value == storage::Tags{{"x", "1"}});
  CHECK(stream.metrics->value.size() == 7);
  CHECK_FALSE(stream.mode);
  CHECK(stream.consumers.front().name == "c");
  const storage::Record& record = *stream.records.front().record.record;
  CHECK(record.partition_key() == "k");
  CHECK(record.data() == R"({"b":[1,true],"a":1.5})");
  CHECK(stream.records.front().record.hash_key == storage::hash_of("k"));
  CHECK(plan.keys.front().state == storage::KeyState::not_found);
  CHECK(plan_of("").empty());
}

TEST_CASE("Files are added to what is planned already, and a stream is planned once") {
  Plan plan = plan_of("[[streams]]\nname = \"a\"\n");
  read_plan(document::parse_toml("[[streams]]\nname = \"b\"\n", "more.toml"), fallback, Worlds::account,
            plan);
  CHECK(plan.streams.size() == 2);
  CHECK(problem([&] {
          read_plan(document::parse_toml("\n[[streams]]\nname = \"a\"\n", "more.toml"), fallback,
                    Worlds::account, plan);
        }) ==
        "more.toml, line 3: streams[0].name is \"a\" once more, after streams.toml, line 1: streams[0]; name "
        "each stream of an account and region once.");
}

TEST_CASE("A plan is carried out once, by one commit, and again without a change") {
  tests::FailingEngine engine;
  tests::StorageFixture fixture(engine, tests::settings_with(60'000));
  const Plan plan = plan_of(
      "[[streams]]\nname = \"a\"\nshards = 1\nretention_hours = 30\ntags = { x = \"1\" }\n"
      "[[streams.consumers]]\nname = \"c\"\ntags = { y = \"2\" }\n"
      "[[streams.records]]\npartition_key = \"k\"\ndata = \"first\"\n");
  carry_out(plan, fixture.state(), fixture.now());
  fixture.journal.commit_waiting();
  CHECK(fixture.settled().size() == 1);
  const storage::StreamKey key{fallback, "a"};
  const auto summary = storage::describe_stream_summary(fixture.state(), key, fixture.now()).value();
  CHECK(summary.status == storage::StreamStatus::ACTIVE);
  CHECK(summary.retention_hours == 30);
  CHECK(summary.consumers == 1);
  CHECK(fixture.read_all(fixture.iterator({storage::IteratorType::TRIM_HORIZON, {}, {}}, "0", key)) ==
        std::vector<std::string>{"first"});

  const std::size_t written = engine.written;
  carry_out(plan, fixture.state(), fixture.now());
  fixture.journal.commit_waiting();
  CHECK(engine.written == written);
  // What comes later takes its time again.
  REQUIRE(storage::create_stream(fixture.state(), {fallback, "b"}, tests::provisioned(1), fixture.now()));
  CHECK(storage::describe_stream_summary(fixture.state(), {fallback, "b"}, fixture.now()).value().status ==
        storage::StreamStatus::CREATING);
}

TEST_CASE("A stream that is to be kept stays as it is") {
  tests::FailingEngine engine;
  tests::StorageFixture fixture(engine);
  const storage::StreamKey key{fallback, "a"};
  fixture.create(key, tests::provisioned(1));
  Plan plan;
  plan.streams.push_back({.key = key, .where = "here", .keep_existing = true, .shards = {{2, "here"}}});
  carry_out(plan, fixture.state(), fixture.now());
  CHECK(storage::describe_stream_summary(fixture.state(), key, fixture.now()).value().open_shards == 1);
  plan.streams.front().keep_existing = false;
  carry_out(plan, fixture.state(), fixture.now());
  CHECK(storage::describe_stream_summary(fixture.state(), key, fixture.now()).value().open_shards == 2);
}

TEST_CASE("A refusal names the place, and what it was about is dropped with the journal") {
  tests::FailingEngine engine;
  tests::StorageFixture fixture(engine);
  const Plan plan = plan_of("[[streams]]\nname = \"a\"\nshards = 1\nretention_hours = 23\n");
  CHECK(problem([&] { carry_out(plan, fixture.state(), fixture.now()); }) ==
        "streams.toml, line 4: streams[0].retention_hours: Minimum allowed retention period is 24 hours. "
        "Requested retention period (23 hours) is too short.");
  CHECK(engine.written == 0);
}
