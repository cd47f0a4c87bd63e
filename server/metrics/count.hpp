// Numbers that one thread adds to, without a lock, and any thread reads. Know nothing of what is counted.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kinesisd::server::metrics {

// One thread at a time adds: a load and a store are all it costs. Whoever sees what was added sees what the
// thread has added to other counts before.
class Count {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_release);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// How often something was seen up to each of `Size` bounds, and what it came to together.
template <std::size_t Size>
class Buckets {
 public:
  // `bounds` ascend and are always the same.
  void add(const std::array<std::uint64_t, Size>& bounds, std::uint64_t amount) {
    const auto bound = std::lower_bound(bounds.begin(), bounds.end(), amount);
    counts_[static_cast<std::size_t>(bound - bounds.begin())].add();
    sum_.add(amount);
  }

  // The same of several threads, added up.
  struct Total {
    std::array<std::uint64_t, Size + 1> counts{};  // the last: above all bounds
    std::uint64_t sum = 0;
  };
  void add_to(Total& total) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) total.counts[i] += counts_[i].value();
    total.sum += sum_.value();
  }

 private:
  std::array<Count, Size + 1> counts_{};
  Count sum_;
};

// In microseconds; wide enough for a disk that stalls.
inline constexpr std::array<std::uint64_t, 16> duration_bounds_us = {
    100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
using Durations = Buckets<duration_bounds_us.size()>;

inline constexpr std::array<std::uint64_t, 13> size_bounds = {1,   2,   5,     10,    25,    50,    100,
                                                              250, 500, 1'000, 2'500, 5'000, 10'000};
using Sizes = Buckets<size_bounds.size()>;

}  // namespace kinesisd::server::metrics
