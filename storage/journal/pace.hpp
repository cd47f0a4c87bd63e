// How much of the work that nobody waits for is done at once, and when. Values only: time is an argument.
#pragma once

#include <chrono>

#include "storage/journal/engine.hpp"

namespace kinesisd::storage {

using SteadyTime = std::chrono::steady_clock::time_point;

struct PaceLimits {
  // What one slice should take: this is how long a put may find the thread taken.
  std::chrono::microseconds slice_target{2'000};
  // While others write, this many times what a slice took is left to them before the next.
  int pause_per_slice = 8;
  // Others write for as long after their last transaction.
  std::chrono::milliseconds busy_for{100};
  // A slice is never smaller than its limits divided by this: what a transaction costs by itself would never
  // be earned.
  std::size_t smallest_slice = 32;
};

class Pace {
 public:
  // `largest`: of a slice, however quick it would be.
  explicit Pace(SliceLimits largest, PaceLimits limits = {}) : largest_(largest), limits_(limits) {}

  // What the next slice may do.
  SliceLimits slice() const;
  // Somebody's transaction was written.
  void wrote(SteadyTime at) { wrote_ = at; }
  // A slice was done; `full`: it ended because of its size. The next ones become such that they take as long
  // as they should.
  void sliced(SteadyTime begun, SteadyTime ended, bool full);
  // When the next slice may begin.
  SteadyTime due() const { return due_; }

 private:
  const SliceLimits largest_;
  const PaceLimits limits_;
  double part_ = 0;  // of the largest slice; at least what smallest_slice says
  SteadyTime wrote_{};
  SteadyTime due_{};
};

}  // namespace kinesisd::storage
