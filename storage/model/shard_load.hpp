// For how long a shard of an on-demand stream has been written to at more than half of what it takes. Knows
// no clock.
#pragma once

#include <chrono>
#include <cstdint>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

class ShardLoad {
 public:
  // AWS scales within about 15 minutes, and splits what takes more than about 500 KB/s.
  static constexpr std::chrono::minutes window{1};
  static constexpr int busy_windows_min = 15;

  // Half of a shard's limits, in one window.
  static constexpr std::int64_t half_records = 1000 * 60 / 2;
  static constexpr std::int64_t half_bytes = (std::int64_t{1} << 20U) * 60 / 2;

  void add(std::int64_t bytes, Timestamp now) {
    roll(now);
    ++records_;
    bytes_ += bytes;
  }

  // Whether every one of the last windows was more than half full.
  bool busy(Timestamp now) {
    roll(now);
    return busy_windows_ >= busy_windows_min;
  }

 private:
  void roll(Timestamp now) {
    if (now < began_ + window) return;
    const bool was_busy = records_ > half_records || bytes_ > half_bytes;
    const bool follows = now < began_ + 2 * window;
    busy_windows_ = was_busy && follows ? busy_windows_ + 1 : 0;
    began_ = follows ? began_ + window : now;
    records_ = 0;
    bytes_ = 0;
  }

  Timestamp began_{};
  std::int64_t records_ = 0;
  std::int64_t bytes_ = 0;
  int busy_windows_ = 0;
};

}  // namespace kinesisd::storage
