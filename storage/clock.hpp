// Time as storage sees it: an argument. Only the server owns a Clock and asks it.
#pragma once

#include <chrono>
#include <cstdint>

namespace kinesisd::storage {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// Milliseconds since the epoch.
inline std::int64_t epoch_ms(Timestamp at) {
  return at.time_since_epoch().count();
}

// Seconds since the epoch, rounded down.
inline std::int64_t epoch_s(Timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

inline Timestamp from_epoch_ms(std::int64_t ms) {
  return Timestamp{std::chrono::milliseconds{ms}};
}

// Gives the service's time. `now` never goes backwards; any thread may call it.
struct Clock {
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
};

}  // namespace kinesisd::storage
