// Shard ids and sequence numbers: their parts, their order, and the texts clients see. Knows no stream.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

// The number of a shard within its stream, in order of creation.
struct ShardIndex {
  std::uint32_t value = 0;

  // `shardId-000000000007`
  std::string shard_id() const;
  friend auto operator<=>(const ShardIndex&, const ShardIndex&) = default;
};

// What a client may write for a shard: anything up to a hyphen, then digits up to 2147483647.
std::optional<ShardIndex> parse_shard_id(std::string_view text);

// The index in the EndingSequenceNumber of every closed shard.
inline constexpr std::uint64_t sequence_index_max = 0x7fff'ffff'ffff'ffff;

// A number of the current layout, version 2. Seconds are epoch seconds and logical: see logical_s in
// storage/state/state.hpp.
struct SequenceNumber {
  std::int64_t shard_created_s = 0;
  std::uint64_t index = 0;
  std::int64_t recorded_s = 0;
  ShardIndex shard;
  // No record's own number: it lies between the record of this index, whenever that came, and the next.
  bool past_record = false;

  // 56 decimal digits.
  std::string to_string() const;

  // The order of the numbers as printed.
  friend std::strong_ordering operator<=>(const SequenceNumber& a, const SequenceNumber& b);
  friend bool operator==(const SequenceNumber&, const SequenceNumber&) = default;
};

// What a client's number says. Of the older versions 0 and 1 only the shard, its creation and (version 1) the
// time are known.
struct ParsedSequenceNumber {
  int version = 2;
  SequenceNumber number;
};

// nullopt: not a sequence number of any layout.
std::optional<ParsedSequenceNumber> parse_sequence_number(std::string_view decimal);

}  // namespace kinesisd::storage
