// The format in which the Kinesis Producer Library packs several user records into one: a magic number, a
// protocol buffer, and the MD5 of that buffer. Knows no stream.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace kinesisd::protocol {

inline constexpr std::size_t aggregated_records_max = 100'000;
inline constexpr std::size_t aggregated_keys_max = 100'000;  // of either table
inline constexpr std::size_t aggregated_tags_max = 100'000;  // of all records together

struct AggregatedTag {
  std::string_view key;
  std::optional<std::string_view> value;
};

// All views are into what was read.
struct UserRecord {
  std::string_view partition_key;
  std::optional<std::string_view> explicit_hash_key;
  std::string_view data;
  std::vector<AggregatedTag> tags;
};

using Md5 = std::array<unsigned char, 16>;

// The user records in `data`, in order. nullopt: it is no aggregate, however little is wrong with it
// (consumer libraries then take it for a plain record), or it is beyond the bounds. `md5` computes a digest.
std::optional<std::vector<UserRecord>> read_aggregate(std::string_view data, Md5 (*md5)(std::string_view));

}  // namespace kinesisd::protocol
