// Time as storage sees it: an argument. Only the server owns a Clock and asks it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

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

// How the service's time follows from the wall's.
struct ClockState {
  std::chrono::milliseconds offset{0};   // ahead of the wall; while frozen: as it was when it froze
  std::optional<Timestamp> frozen = {};  // where it stands still
  friend bool operator==(const ClockState&, const ClockState&) = default;
};

struct ClockChanged {
  ClockState before;
  ClockState after;
};

// Gives the service's time. `now` never goes backwards; any thread may call it.
struct Clock {
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
  // Time changes here, once that is durable; or it does not, because it was lost. In the order of the
  // changes, lost ones backwards. Called with the streams' lock held.
  virtual void settle(const ClockChanged& /*change*/, bool /*durable*/) {}
};

}  // namespace kinesisd::storage
