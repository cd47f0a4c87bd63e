#include "server/support/service_clock.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/manual_clock.hpp"

namespace kinesisd::server {

namespace {

using namespace std::chrono_literals;
using storage::ClockState;
using storage::from_epoch_ms;
using storage::Timestamp;

// A clock on a wall that the test moves.
class OnWall {
 public:
  explicit OnWall(const ClockState& state = {}, Timestamp newest = {})
      : clock(state, newest, [this] { return wall.now(); }) {}

  // Plans a change and has it settled.
  ServiceClock::Reading change(const TimeChange& how, bool durable = true) {
    const auto plan = clock.plan(how);
    REQUIRE(plan);
    clock.settle(plan->change, durable);
    return plan->then;
  }
  std::string refusal(const TimeChange& how) {
    try {
      clock.plan(how);
    } catch (const ClockError& refused) {
      return refused.what();
    }
    return {};
  }

  tests::ManualClock wall;
  ServiceClock clock;
};

Timestamp begun() {
  return from_epoch_ms(tests::ManualClock::start_ms);
}

}  // namespace

TEST_CASE("Time runs with the wall and ahead of it, but never backwards") {
  OnWall on;
  CHECK(on.clock.now() == begun());
  on.wall.advance_ms(5);
  CHECK(on.clock.now() == begun() + 5ms);
  on.wall.advance_ms(-1000);
  CHECK(on.clock.now() == begun() + 5ms);
  on.wall.advance_ms(1001);
  CHECK(on.clock.now() == begun() + 6ms);
  CHECK(OnWall({.offset = 1h}).clock.now() == begun() + 1h);
  CHECK(OnWall({}, begun() + 1h).clock.now() == begun() + 1h);
  CHECK(OnWall({.offset = 0ms, .frozen = begun()}, begun() + 1h).clock.now() == begun() + 1h);
}

TEST_CASE("How far a reading is ahead of the wall does not depend on how long the looking takes") {
  tests::ManualClock wall;
  ServiceClock clock({.offset = 1h}, {}, [&wall] {
    const Timestamp now = wall.now();
    wall.advance_ms(1000);
    return now;
  });
  CHECK(clock.read().offset == 1h);
  const auto plan = clock.plan({.advance = 1h});
  REQUIRE(plan);
  CHECK(plan->then.offset == 2h);
}

TEST_CASE("A jump takes effect when it is durable, and not at all when it is lost") {
  OnWall on;
  const auto plan = on.clock.plan({.advance = 25h});
  REQUIRE(plan);
  on.wall.advance_ms(7);
  CHECK(on.clock.now() == begun());
  SECTION("durable") {
    on.clock.settle(plan->change, true);
    CHECK(on.clock.now() == begun() + 25h + 7ms);
    const auto reading = on.clock.read();
    CHECK(reading.offset == 25h);
    CHECK_FALSE(reading.frozen);
  }
  SECTION("lost") {
    on.clock.settle(plan->change, false);
    CHECK(on.clock.now() == begun() + 7ms);
    CHECK(on.change({.advance = 1h}).now == begun() + 7ms + 1h);
  }
}

TEST_CASE("Frozen time moves only by jumps, and goes on from there") {
  OnWall on;
  CHECK(on.change({.frozen = true}).now == begun());
  CHECK(on.clock.frozen());
  on.wall.advance_hours(3);
  CHECK(on.clock.now() == begun());
  CHECK(on.clock.read().offset == -3h);
  CHECK(on.change({.advance = 1s}).now == begun() + 1s);
  CHECK(on.clock.now() == begun() + 1s);
  CHECK(on.change({.set = begun() + 1min, .advance = 1s}).now == begun() + 61s);
  CHECK(on.clock.frozen());
  on.wall.advance_hours(1);
  CHECK(on.change({.frozen = false}).now == begun() + 61s);
  CHECK_FALSE(on.clock.frozen());
  on.wall.advance_ms(10);
  CHECK(on.clock.now() == begun() + 61s + 10ms);
}

TEST_CASE("Changes that wait for the disk together follow each other") {
  OnWall on;
  const auto first = on.clock.plan({.advance = 1h});
  const auto second = on.clock.plan({.advance = 1h, .frozen = true});
  REQUIRE((first && second));
  CHECK(second->then.now == begun() + 2h);
  SECTION("both are durable") {
    on.clock.settle(first->change, true);
    CHECK(on.clock.now() == begun());
    on.clock.settle(second->change, true);
    CHECK(on.clock.now() == begun() + 2h);
    CHECK(on.clock.frozen());
  }
  SECTION("the later one is lost") {
    on.clock.settle(first->change, true);
    on.clock.settle(second->change, false);
    CHECK(on.clock.now() == begun() + 1h);
    CHECK_FALSE(on.clock.frozen());
  }
  SECTION("both are lost, the later one first") {
    on.clock.settle(second->change, false);
    on.clock.settle(first->change, false);
    CHECK(on.clock.now() == begun());
    CHECK(on.change({.advance = 1h}).now == begun() + 1h);
  }
}

TEST_CASE("What would change nothing is no change") {
  OnWall on;
  CHECK_FALSE(on.clock.plan({}));
  CHECK_FALSE(on.clock.plan({.frozen = false}));
  on.change({.frozen = true});
  CHECK_FALSE(on.clock.plan({.frozen = true}));
}

TEST_CASE("Time goes neither backwards nor further than a hundred years") {
  OnWall on;
  CHECK(on.refusal({.set = begun() - 1ms}) ==
        "Time does not go backwards; it is 2023-11-14T22:13:20.000Z already, later than "
        "2023-11-14T22:13:19.999Z.");
  CHECK(on.refusal({.set = begun()}).empty());
  OnWall far;
  CHECK(far.refusal({.advance = time_ahead_max + 1ms}) ==
        "2123-10-21T22:13:20.001Z is too far ahead; go up to 2123-10-21T22:13:20.000Z, a hundred years from "
        "now.");
  CHECK(far.change({.advance = time_ahead_max}).offset == time_ahead_max);
}

TEST_CASE("Where time begins follows from what is told and what is stored") {
  const Timestamp wall = begun();
  const Timestamp then = begun() - 240h;
  const ClockState ahead{.offset = 25h};
  const ClockState frozen{.offset = 1h, .frozen = then};
  struct Row {
    const char* why;
    ClockStart start;
    ClockState stored;
    Timestamp newest;
    ClockState begins;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing told, nothing stored", {}, {}, {}, {}},
      {"an offset is kept", {}, ahead, wall, ahead},
      {"a freeze is kept", {}, frozen, {}, frozen},
      {"a freeze ends where it was told to", {.at = {}, .frozen = false}, frozen, {}, {.offset = -240h}},
      {"a freeze begins", {.at = {}, .frozen = true}, ahead, {}, {.offset = 25h, .frozen = wall + 25h}},
      {"a start in the past", {.at = then, .frozen = {}}, {}, {}, {.offset = -240h}},
      {"a frozen start", {.at = then, .frozen = true}, {}, {}, {.offset = -240h, .frozen = then}},
      {"an offset goes on whatever the start", {.at = then, .frozen = {}}, ahead, {}, ahead},
      {"what is stored goes on whatever the start", {.at = wall + 1h, .frozen = {}}, {}, wall, {}},
      {"a freeze goes on whatever the start", {.at = wall, .frozen = true}, frozen, then, frozen},
      {"a freeze ends whatever the start", {.at = wall, .frozen = false}, frozen, then, {.offset = -240h}},
      {"not behind what is stored",
       {.at = {}, .frozen = true},
       {},
       wall + 2h,
       {.offset = 2h, .frozen = wall + 2h}},
  }));
  INFO(row.why);
  CHECK(begin_time(row.start, row.stored, row.newest, wall).state == row.begins);
}

TEST_CASE("A start that is not taken is said with the time that is") {
  const Timestamp wall = begun();
  const ClockState frozen{.offset = 0h, .frozen = wall};
  CHECK(begin_time({.at = wall, .frozen = {}}, {}, wall + 1ms, wall).line ==
        "--start-time 2023-11-14T22:13:20.000Z is for a new database; the time of this one goes on from "
        "2023-11-14T22:13:20.001Z, and /_kinesisd/clock moves it.");
  CHECK(begin_time({.at = wall + 1h, .frozen = {}}, frozen, {}, wall).line ==
        "--start-time 2023-11-14T23:13:20.000Z is for a new database; the time of this one goes on from "
        "2023-11-14T22:13:20.000Z, and /_kinesisd/clock moves it.");
  CHECK(begin_time({.at = wall + 1h, .frozen = {}}, {}, {}, wall).line.empty());
  CHECK(begin_time({.at = wall, .frozen = true}, frozen, wall, wall).line.empty());
  CHECK(begin_time({}, frozen, wall + 1h, wall).line.empty());
}

TEST_CASE("Time does not begin too far ahead") {
  const Timestamp wall = begun();
  const ClockStart far{.at = wall + time_ahead_max + 1ms, .frozen = {}};
  CHECK_THROWS_WITH(begin_time(far, {}, {}, wall),
                    "2123-10-21T22:13:20.001Z is too far ahead; choose a --start-time up to "
                    "2123-10-21T22:13:20.000Z, a hundred years from now.");
  CHECK_THROWS_AS(begin_time(far, {}, wall, wall), ClockError);
}

TEST_CASE("Threads that ask while time jumps never see it go backwards") {
  OnWall on;
  std::vector<std::thread> threads;
  std::atomic<bool> backwards{false};
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      Timestamp last{};
      for (int n = 0; n < 2000; ++n) {
        const Timestamp now = on.clock.now();
        if (now < last) backwards = true;
        last = now;
      }
    });
  for (int n = 0; n < 500; ++n) on.change({.advance = 1ms, .frozen = n % 2 == 0}, n % 3 != 0);
  for (auto& thread : threads) thread.join();
  CHECK_FALSE(backwards);
}

}  // namespace kinesisd::server
