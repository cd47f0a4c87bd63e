// What was counted since the process began, for metrics.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/model/clock.hpp"
#include "storage/state/counts.hpp"

namespace kinesisd::storage {

struct State;

// Of as many streams, shards and consumers as that.
Counted counted(const State& state, std::size_t resources_max, Timestamp now);
// How many puts were refused because the memory was full and nothing could be evicted (--db :memory:).
std::uint64_t refused_for_memory(const State& state);
// How many reads were served that AWS would have throttled.
std::uint64_t reads_over_limit(const State& state);

}  // namespace kinesisd::storage
