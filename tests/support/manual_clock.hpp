// A clock that moves only when a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "storage/model/clock.hpp"

namespace kinesisd::tests {

class ManualClock final : public storage::Clock {
 public:
  // A Tuesday in November 2023, on a full second.
  static constexpr std::int64_t start_ms = 1'700'000'000'000;

  storage::Timestamp now() override { return storage::from_epoch_ms(now_ms_); }
  void advance_ms(std::int64_t ms) { now_ms_ += ms; }
  void advance_hours(std::int64_t hours) { now_ms_ += hours * 3'600'000; }

 private:
  std::atomic<std::int64_t> now_ms_{start_ms};
};

}  // namespace kinesisd::tests
