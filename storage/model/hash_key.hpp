// Where a record goes: 128-bit hash keys, the ranges shards own, and the MD5 that maps partition keys to
// them. Knows no stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::storage {

__extension__ typedef unsigned __int128 HashKey;

inline constexpr HashKey hash_key_max = ~HashKey{0};

// Both ends belong to the range.
struct HashKeyRange {
  HashKey starting = 0;
  HashKey ending = hash_key_max;

  bool contains(HashKey key) const { return starting <= key && key <= ending; }
  friend bool operator==(const HashKeyRange&, const HashKeyRange&) = default;
};

// Decimal, as hash keys travel.
std::string to_string(HashKey key);

// Nothing but digits and at most 2^128-1; otherwise nullopt.
std::optional<HashKey> parse_hash_key(std::string_view decimal);

// MD5 of the partition key's bytes, read as a big-endian number. Any thread.
HashKey hash_of(std::string_view partition_key);

// Where the upper half of a range starts.
inline HashKey middle_of(const HashKeyRange& range) {
  return range.starting + (range.ending - range.starting) / 2 + 1;
}

// The range of shard `index` when `count` shards share all hash keys evenly; the last takes the remainder.
HashKeyRange even_range(std::uint32_t index, std::uint32_t count);

}  // namespace kinesisd::storage
