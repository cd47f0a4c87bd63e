// How long changes of streams and consumers take: CREATING, UPDATING and DELETING. Values only.
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace kinesisd::storage {

// The changes that take their time. `update` are those that have no word of their own: retention, record
// size, metrics.
enum class Lasting {
  create,
  remove,
  split,
  merge,
  scale,
  mode,
  start_encryption,
  stop_encryption,
  update,
  register_consumer,
  deregister_consumer
};
BOOST_DESCRIBE_ENUM(Lasting, create, remove, split, merge, scale, mode, start_encryption, stop_encryption,
                    update, register_consumer, deregister_consumer)
inline constexpr std::size_t lasting_count = static_cast<std::size_t>(Lasting::deregister_consumer) + 1;

struct TransitionTime {
  // auto: ends when observed, or after `after_ms`; otherwise exactly `after_ms` for everyone.
  bool end_when_observed = true;
  std::int64_t after_ms = 500;
  friend bool operator==(const TransitionTime&, const TransitionTime&) = default;
};

struct Transitions {
  // Of every change that is no exception.
  bool end_when_observed = true;
  std::int64_t after_ms = 500;
  std::array<std::optional<TransitionTime>, lasting_count> exceptions = {};

  std::optional<TransitionTime>& exception(Lasting what) {
    return exceptions[static_cast<std::size_t>(what)];
  }
  TransitionTime of(Lasting what) const {
    return exceptions[static_cast<std::size_t>(what)].value_or(TransitionTime{end_when_observed, after_ms});
  }
  friend bool operator==(const Transitions&, const Transitions&) = default;
};

}  // namespace kinesisd::storage
