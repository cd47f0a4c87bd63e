// A rate limit: what it holds is spent by the helping, and time brings more. Knows no clock.
#pragma once

#include <algorithm>
#include <cstdint>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

class TokenBucket {
 public:
  // Full at first; holds what one second brings.
  explicit TokenBucket(std::int64_t per_second)
      : per_second_(per_second), balance_milli_(per_second * 1000) {}

  // For helpings of any size: the balance may go negative by one of them.
  bool admits(Timestamp now) const { return balance_milli(now) > 0; }
  // For helpings of one size: whether there is a whole one.
  bool holds(std::int64_t amount, Timestamp now) const { return balance_milli(now) >= amount * 1000; }
  // When it will be full, if nothing is taken until then.
  Timestamp full_at(Timestamp now) const {
    return now + std::chrono::milliseconds{missing_ms(balance_milli(now))};
  }

  void take(std::int64_t amount, Timestamp now) {
    balance_milli_ = balance_milli(now) - amount * 1000;
    filled_ = std::max(filled_, now);
  }

 private:
  // A millisecond brings `per_second` thousandths.
  std::int64_t balance_milli(Timestamp now) const {
    const auto capacity = per_second_ * 1000;
    if (now <= filled_) return balance_milli_;
    return epoch_ms(now) - epoch_ms(filled_) >= missing_ms(balance_milli_)
               ? capacity
               : balance_milli_ + (epoch_ms(now) - epoch_ms(filled_)) * per_second_;
  }

  std::int64_t missing_ms(std::int64_t balance_milli) const {
    return (per_second_ * 1000 - balance_milli + per_second_ - 1) / per_second_;
  }

  std::int64_t per_second_;
  std::int64_t balance_milli_;
  Timestamp filled_{};
};

}  // namespace kinesisd::storage
