// The real clock of the service: wall time that never goes backwards, also not behind what is stored.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "storage/clock.hpp"

namespace kinesisd::server {

class SystemClock : public storage::Clock {
 public:
  // `newest`: the newest time found in the database; a stepped-back machine continues from there.
  explicit SystemClock(storage::Timestamp newest) : latest_ms_(storage::epoch_ms(newest)) {}

  storage::Timestamp now() override {
    const auto wall =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const std::int64_t wall_ms = storage::epoch_ms(wall);
    std::int64_t latest_ms = latest_ms_.load(std::memory_order_relaxed);
    while (latest_ms < wall_ms &&
           !latest_ms_.compare_exchange_weak(latest_ms, wall_ms, std::memory_order_relaxed)) {
    }
    return storage::from_epoch_ms(std::max(latest_ms, wall_ms));
  }

 private:
  std::atomic<std::int64_t> latest_ms_;
};

}  // namespace kinesisd::server
