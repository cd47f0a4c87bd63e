// Changes of the service's clock: kept with the data, told to the clock, and what follows while time is
// frozen.
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using namespace std::chrono_literals;

const ClockState ahead{.offset = 25h};
const ClockState frozen{.offset = -1h, .frozen = from_epoch_ms(ManualClock::start_ms)};

void change_clock(StorageFixture& storage, const ClockState& before, const ClockState& after) {
  REQUIRE(change_clock(storage.state(), {before, after}));
  storage.settle();
}

// What a clock is told of its changes.
struct TellingClock final : Clock {
  Timestamp now() override { return from_epoch_ms(ManualClock::start_ms); }
  void settle(const ClockChanged& change, bool durable) override { told.emplace_back(change.after, durable); }
  std::vector<std::pair<ClockState, bool>> told;
};

struct FailingFixture : private FailingEngine, public StorageFixture {
  FailingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {
    journal.attach(
        guarded, telling, [](Settled) {}, [](const std::string&) {});
  }
  FailingEngine& engine() { return *this; }
  TellingClock telling;
};

using Told = std::vector<std::pair<ClockState, bool>>;

}  // namespace

TEST_CASE("The clock's state is kept with the data") {
  TemporaryDirectory directory;
  const std::string path = directory.file("streams.db");
  {
    Opening opening(path);
    CHECK(opening.opened.restored.clock == ClockState{});
    change_clock(*opening.storage, {}, frozen);
  }
  CHECK(open_database({.path = path}).restored.clock == frozen);
  {
    Opening opening(path);
    change_clock(*opening.storage, frozen, ahead);
  }
  CHECK(open_database({.path = path}).restored.clock == ahead);
}

TEST_CASE("The clock is told what became of each change, lost ones backwards") {
  FailingFixture fixture;
  change_clock(fixture, {}, ahead);
  CHECK(fixture.telling.told == Told{{ahead, true}});
  fixture.telling.told.clear();
  fixture.engine().fails = true;
  REQUIRE(change_clock(fixture.state(), {ahead, frozen}));
  change_clock(fixture, frozen, {});
  CHECK(fixture.telling.told == Told{{{}, false}, {frozen, false}});
  CHECK_FALSE(fixture.state().time_frozen);
}

TEST_CASE("While time is frozen a transition ends when it is observed, however long it is to last") {
  TemporaryDirectory directory;
  Opening opening(":memory:", settings_with(60'000));
  StorageFixture& storage = *opening.storage;
  const auto status = [&] {
    return describe_stream_summary(storage.state(), stream_key, storage.now()).value().status;
  };
  REQUIRE(create_stream(storage.state(), stream_key, provisioned(1), storage.now()));
  CHECK(status() == StreamStatus::CREATING);
  change_clock(storage, {}, frozen);
  CHECK(status() == StreamStatus::ACTIVE);
}

}  // namespace kinesisd::tests
