// What the state asks an engine to delete because it has expired, and what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

// The part of a shard whose time is over.
struct Expired {
  std::int64_t shard_serial;
  std::uint64_t next_index;  // what the shard's next record gets: kept, so that no number is given twice
  Timestamp arrived_before;
};

struct Trimmed {
  std::size_t records = 0;          // how many were deleted
  bool more = false;                // the slice ended before the expired records did
  std::uint64_t first_index = 0;    // of the oldest record left; meaningless without `oldest`
  std::optional<Timestamp> oldest;  // its arrival
};

}  // namespace kinesisd::storage
