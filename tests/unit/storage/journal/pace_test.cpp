// How work that nobody waits for gives way to puts.
#include "storage/journal/pace.hpp"

#include "storage/records/puts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

using namespace std::chrono_literals;

namespace {

// A stopwatch that goes on by `per_look` at each look, so that a slice takes exactly that long.
struct SteppingWatch {
  SteadyTime at{1h};
  std::chrono::microseconds per_look{0};
  SteadyTime operator()() { return at += per_look; }
};

// Counts what it is asked to sweep, and is never done.
class EndlessEngine : public MemoryEngine {
 public:
  void write(std::span<const Change> changes) override { order += std::string(changes.size(), 'w'); }
  bool sweep(Timestamp, const SliceLimits& slice, const std::set<std::int64_t>&) override {
    order += 's';
    last = slice;
    return true;
  }
  std::string order;
  SliceLimits last;
};

struct EndlessFixture {
  EndlessFixture() {
    journal.attach(
        guarded, clock, [](Settled) {}, [](const std::string&) {});
  }
  void put() {
    REQUIRE(guarded.with([&](State& state) {
      return put_record(state, stream_key, new_record("k", "d"), std::nullopt, clock.now()).has_value();
    }));
  }

  ManualClock clock;
  EndlessEngine engine;
  SteppingWatch watch;
  GroupCommit journal{engine, {}, [this] { return watch(); }};
  Guarded<State> guarded{settings_with(0), journal, std::string(32, 'k')};
};

}  // namespace

TEST_CASE("A slice becomes as large as it may be in the time it may take, and no larger") {
  Pace pace({3200, 32U << 20});
  SteadyTime at{1h};
  const auto slice = [&](std::chrono::microseconds took, bool full) {
    pace.sliced(at, at + took, full);
    return pace.slice().records_max;
  };
  CHECK(pace.slice().records_max == 100);  // one that nothing is known of is small
  CHECK(slice(1us, true) == 200);          // and doubles at most
  CHECK(slice(1ms, true) == 400);
  CHECK(slice(1us, false) == 400);  // there was less to do, which says nothing
  CHECK(slice(4ms, true) == 200);
  CHECK(slice(4ms, false) == 100);
  CHECK(slice(1s, true) == 100);  // the smallest
  for (int i = 0; i < 10; ++i) slice(1us, true);
  CHECK(pace.slice().records_max == 3200);
  CHECK(pace.slice().bytes_max == 32U << 20);
}

TEST_CASE("While somebody writes, slices take a ninth of the time; otherwise they follow each other") {
  Pace pace({});
  const SteadyTime at{1h};
  pace.sliced(at, at + 2ms, true);
  CHECK(pace.due() == at + 2ms);
  pace.wrote(at + 10ms);
  pace.sliced(at + 20ms, at + 22ms, true);
  CHECK(pace.due() == at + 38ms);
  pace.sliced(at + 109ms, at + 110ms, true);
  CHECK(pace.due() == at + 118ms);
  pace.sliced(at + 110ms, at + 112ms, true);
  CHECK(pace.due() == at + 112ms);
}

TEST_CASE("A sweep yields to the puts that come meanwhile") {
  EndlessFixture fixture;
  GroupCommit& journal = fixture.journal;
  REQUIRE(fixture.guarded.with([&](State& state) {
    return create_stream(state, stream_key, provisioned(1), fixture.clock.now()).has_value();
  }));
  // Nobody writes: slice upon slice.
  for (int i = 0; i < 3; ++i) CHECK(journal.trim_when_due());
  CHECK(fixture.engine.order == "sss");
  // Slices that take too long, 4 ms, become small, and no put waits for more than one.
  fixture.engine.order.clear();
  fixture.watch.per_look = 4ms;
  REQUIRE(journal.commit_batch());
  for (int i = 0; i < 20; ++i) {
    fixture.put();
    REQUIRE(journal.commit_batch());
    CHECK(journal.trim_when_due());
  }
  CHECK(fixture.engine.order.find("ss") == std::string::npos);
  const auto slices = std::count(fixture.engine.order.begin(), fixture.engine.order.end(), 's');
  CHECK(slices > 2);
  CHECK(slices < 6);
  CHECK(fixture.engine.last.bytes_max == SliceLimits{}.bytes_max / 32);
  // They stop writing.
  fixture.watch.at += 1s;
  fixture.engine.order.clear();
  for (int i = 0; i < 3; ++i) CHECK(journal.trim_when_due());
  CHECK(fixture.engine.order == "sss");
}

TEST_CASE("With nothing to trim there is a look once a second, also while the service's clock stands still") {
  ManualClock clock;
  struct : MemoryEngine {
    bool sweep(Timestamp, const SliceLimits&, const std::set<std::int64_t>&) override {
      ++looks;
      return false;
    }
    int looks = 0;
  } engine;
  SteppingWatch watch;
  GroupCommit journal(engine, {}, [&] { return watch(); });
  Guarded<State> guarded(settings_with(0), journal, std::string(32, 'k'));
  journal.attach(
      guarded, clock, [](Settled) {}, [](const std::string&) {});
  const auto looks_after = [&](std::chrono::milliseconds later) {
    watch.at += later;
    CHECK_FALSE(journal.trim_when_due());
    return engine.looks;
  };
  CHECK(looks_after(0ms) == 1);
  CHECK(looks_after(999ms) == 1);
  CHECK(looks_after(1ms) == 2);
  clock.advance_hours(1);
  CHECK(looks_after(0ms) == 3);
}

}  // namespace kinesisd::tests
