// What happens when the disk is full: undo, answer, go on.
#include "storage/records/puts.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "storage/streams/tags.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

struct FailingFixture : private FailingEngine, public StorageFixture {
  FailingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
  FailingEngine& engine() { return *this; }
};

std::vector<std::pair<Ticket, bool>> outcomes(const StorageFixture& fixture) {
  std::vector<std::pair<Ticket, bool>> found;
  for (const auto& settled : fixture.settled()) found.emplace_back(settled.through, settled.durable);
  return found;
}

using Outcomes = std::vector<std::pair<Ticket, bool>>;
using Data = std::vector<std::string>;

}  // namespace

TEST_CASE("Tickets settle in order, one transaction at a time") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "1");
  fixture.put("k", "2");
  fixture.settle();
  CHECK(outcomes(fixture) == Outcomes{{1, true}, {3, true}});
  CHECK_FALSE(fixture.journal.commit_batch());
}

TEST_CASE("Records that could not be written never become readable, and the next ones do") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto first = fixture.put("k", "kept");
  fixture.settle();
  const auto from = fixture.iterator();
  fixture.engine().fails = true;
  const auto lost = fixture.put("k", "lost");
  fixture.put("k", "lost too");
  fixture.settle();
  CHECK(outcomes(fixture).back() == std::pair<Ticket, bool>{4, false});
  CHECK(fixture.read_all(from) == Data{"kept"});

  fixture.engine().fails = false;
  const auto next = fixture.put("k", "next");
  fixture.settle();
  CHECK(outcomes(fixture).back() == std::pair<Ticket, bool>{5, true});
  CHECK(fixture.read_all(from) == Data{"kept", "next"});
  // A number that was answered, even to a failed call, is not given again.
  CHECK(first < lost);
  CHECK(lost < next);
  CHECK(fixture.log.size() == 2);
  CHECK(fixture.log[0] ==
        "Writing to the database failed; what could not be written is answered InternalFailure: database or "
        "disk is "
        "full");
  CHECK(fixture.log[1] == "Writing to the database works again.");
}

TEST_CASE("What waits before the start is written in one transaction, whatever its size") {
  FailingFixture fixture;
  constexpr Ticket changes = 12'000;  // more than a transaction takes otherwise
  REQUIRE(create_stream(fixture.state(), stream_key, provisioned(1), fixture.now()));
  for (Ticket i = 1; i < changes; ++i) {
    REQUIRE(add_tags(fixture.state(), stream_key, {{"n", std::to_string(i)}}, fixture.now()));
  }
  fixture.journal.commit_waiting();
  CHECK(outcomes(fixture) == Outcomes{{changes, true}});
  CHECK(fixture.engine().written == changes);
  fixture.journal.commit_waiting();
  CHECK(outcomes(fixture).size() == 1);
}

TEST_CASE("What waits before the start and cannot be written is thrown back") {
  FailingFixture fixture;
  REQUIRE(create_stream(fixture.state(), stream_key, provisioned(1), fixture.now()));
  fixture.engine().fails = true;
  CHECK_THROWS_WITH(fixture.journal.commit_waiting(), "database or disk is full");
  CHECK(fixture.engine().written == 0);
  CHECK(fixture.settled().empty());
}

TEST_CASE("Writing is tried again after a failure, without anything to write") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  CHECK(fixture.journal.trouble().empty());
  fixture.engine().fails = true;
  fixture.put("k", "lost");
  fixture.settle();
  CHECK(fixture.journal.trouble() == "database or disk is full");
  fixture.journal.retry();
  CHECK(fixture.journal.trouble() == "database or disk is full");
  CHECK(fixture.log.size() == 1);
  fixture.engine().fails = false;
  fixture.journal.retry();
  CHECK(fixture.journal.trouble().empty());
  CHECK(fixture.log.back() == "Writing to the database works again.");
  fixture.journal.retry();
  CHECK(fixture.log.size() == 2);
}

TEST_CASE("Nothing is trimmed for a shorter retention that was never committed") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  REQUIRE(increase_retention(fixture.state(), stream_key, 48, fixture.clock.now()));
  fixture.settle();
  fixture.put("k", "old");
  fixture.settle();
  fixture.clock.advance_hours(30);
  fixture.engine().fails = true;
  REQUIRE(decrease_retention(fixture.state(), stream_key, 24, fixture.clock.now()));
  while (fixture.journal.trim_slice()) {
  }
  fixture.settle();
  fixture.engine().fails = false;
  while (fixture.journal.trim_slice()) {
  }
  CHECK(fixture.read_all(fixture.iterator()) == Data{"old"});
}

TEST_CASE("What was submitted while a transaction failed is undone with it") {
  GroupCommitLimits limits;
  limits.batch_changes_max = 1;
  FailingEngine engine;
  StorageFixture fixture(engine, settings_with(0), limits);
  fixture.create(stream_key, provisioned(1));
  engine.fails = true;
  fixture.put("k", "1");
  fixture.put("k", "2");
  CHECK(fixture.journal.commit_batch());
  CHECK(outcomes(fixture) == Outcomes{{1, true}, {3, false}});
  CHECK_FALSE(fixture.journal.commit_batch());
  CHECK(fixture.state().memory_bytes == 0);
}

TEST_CASE("A stream whose creation could not be written is not there") {
  FailingFixture fixture;
  fixture.engine().fails = true;
  REQUIRE(create_stream(fixture.state(), stream_key, provisioned(1), fixture.now()));
  REQUIRE(put_record(fixture.state(), stream_key, new_record("k", "d"), {}, fixture.now()));
  fixture.settle();
  CHECK(error_text(describe_stream_summary(fixture.state(), stream_key, fixture.now())) ==
        "Stream orders under account 000000000000 not found.");
  CHECK(fixture.state().shards.empty());
  fixture.engine().fails = false;
  fixture.create(stream_key, provisioned(2));
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().open_shards == 2);
}

TEST_CASE("A stream whose deletion could not be written is back with its records") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "kept");
  fixture.settle();
  const auto from = fixture.iterator();
  const auto memory_bytes = fixture.state().memory_bytes;
  fixture.engine().fails = true;
  fixture.put("k", "lost");
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  SECTION("nothing happened since") {}
  SECTION("the name was taken again") {
    REQUIRE(create_stream(fixture.state(), stream_key, provisioned(3), fixture.now()));
    REQUIRE(put_record(fixture.state(), stream_key, new_record("k", "lost"), {}, fixture.now()));
  }
  fixture.settle();
  CHECK(fixture.read_all(from) == Data{"kept"});
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().open_shards == 1);
  CHECK(fixture.state().memory_bytes == memory_bytes);
  fixture.engine().fails = false;
  fixture.put("k", "next");
  fixture.settle();
  CHECK(fixture.read_all(from) == Data{"kept", "next"});
}

TEST_CASE("Records written before a deletion that failed are readable when the stream is back") {
  GroupCommitLimits limits;
  limits.batch_changes_max = 1;
  FailingEngine engine;
  StorageFixture fixture(engine, settings_with(0), limits);
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  fixture.put("k", "kept");
  fixture.put("k", "lost");
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  CHECK(fixture.journal.commit_batch());
  engine.fails = true;
  CHECK(fixture.journal.commit_batch());
  CHECK(fixture.read_all(from) == Data{"kept"});
}

TEST_CASE("A retention that could not be written is the old one again") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.engine().fails = true;
  REQUIRE(increase_retention(fixture.state(), stream_key, 48, fixture.now()));
  REQUIRE(increase_retention(fixture.state(), stream_key, 72, fixture.now()));
  fixture.settle();
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().retention_hours == 24);
}

TEST_CASE("Stopping writes what waits and closes the engine") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "d");
  fixture.journal.stop();
  CHECK(fixture.engine().written == 2);
  CHECK(fixture.engine().closed);
  CHECK(outcomes(fixture).back() == std::pair<Ticket, bool>{2, true});
}

}  // namespace kinesisd::tests
