// How a record's place becomes the key of its row.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "storage/sqlite/schema.hpp"

namespace kinesisd::storage {

// The key of a record, or of the end of a range; indices beyond what a row can have are the shard's end.
inline std::int64_t record_key(std::int64_t shard_serial, std::uint64_t index) {
  const auto end = static_cast<std::uint64_t>(index_end);
  return shard_serial * index_end + static_cast<std::int64_t>(index < end ? index : end);
}

inline std::uint64_t index_of_key(std::int64_t key) {
  return static_cast<std::uint64_t>(key & (index_end - 1));
}

// Throws when the database cannot number so many shards or records.
inline void require_numberable(std::int64_t shard_serial, std::uint64_t index) {
  if (shard_serial >= shard_serial_end || index >= static_cast<std::uint64_t>(index_end))
    throw std::length_error("the database has no numbers left for records of a shard");
}

}  // namespace kinesisd::storage
