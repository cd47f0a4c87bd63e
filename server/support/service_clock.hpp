// The clock of the service: the wall's time plus an offset, or frozen. It never goes backwards, also not
// behind what is stored. Knows no database: a change is planned here, made durable elsewhere, and takes
// effect when the journal settles it.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

#include "storage/model/clock.hpp"

namespace kinesisd::server {

inline constexpr storage::Timestamp time_min{std::chrono::sys_days{std::chrono::January / 1 / 2000}};
// How far ahead of the wall the service's time may be.
inline constexpr std::chrono::milliseconds time_ahead_max = std::chrono::hours{24 * 365 * 100};

// What time cannot become: one sentence that says what it is and what to ask for instead.
struct ClockError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The wall's time.
storage::Timestamp wall_time();

// How a server's time is to begin.
struct ClockStart {
  std::optional<storage::Timestamp> at;  // of a new database; unset: as the wall's
  std::optional<bool> frozen;            // unset: as stored
};

// How it begins.
struct Beginning {
  storage::ClockState state;
  std::string line;  // for the log, if the database goes on from another time than was asked for; or empty
};

// `newest`: the newest time in the database. A database that has a time of its own goes on from there, so
// that the same flags may be given at every start. Throws ClockError when `start` is more than time_ahead_max
// ahead of the wall.
Beginning begin_time(const ClockStart& start, const storage::ClockState& stored, storage::Timestamp newest,
                     storage::Timestamp wall);

// A change of time. All that is set happens at once: first `set`, then `advance`.
struct TimeChange {
  std::optional<storage::Timestamp> set = {};
  std::chrono::milliseconds advance{0};  // not negative
  std::optional<bool> frozen = {};       // unset: as it is
};

// Any thread may call anything at any time.
class ServiceClock final : public storage::Clock {
 public:
  using Wall = std::function<storage::Timestamp()>;

  struct Reading {
    storage::Timestamp now;
    std::chrono::milliseconds offset;  // of `now`, ahead of the wall
    bool frozen;
  };

  explicit ServiceClock(const storage::ClockState& state = {}, storage::Timestamp newest = {},
                        Wall wall = wall_time);

  storage::Timestamp now() override;
  Reading read();
  bool frozen();

  // What the change makes of time, and what it will then be; nullopt: nothing. Time stands still from here
  // until the change is settled, so whatever is planned has to be submitted or settled as lost, in the order
  // of planning. Throws ClockError for what lies behind, or too far ahead.
  struct Plan {
    storage::ClockChanged change;
    Reading then;
  };
  std::optional<Plan> plan(const TimeChange& change);
  // The state as it is, to be made durable as if it had been planned.
  storage::ClockChanged restate();
  void settle(const storage::ClockChanged& change, bool durable) override;

 private:
  storage::Timestamp look(storage::Timestamp wall);

  const Wall wall_;
  std::mutex mutex_;             // guards what follows
  storage::ClockState state_;    // what counts
  storage::Timestamp latest_;    // given out
  storage::ClockState planned_;  // what will count when all changes are settled
  storage::Timestamp planned_now_{};
  std::size_t unsettled_ = 0;
};

}  // namespace kinesisd::server
