// Points in time as people write and read them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/schema.hpp"
#include "protocol/structures/shard_iterator_type.hpp"

namespace kinesisd::server::commands {

// 2026-01-31T09:30:00.250Z, with an offset in place of Z, or without either (UTC); a date alone; seconds
// since 1970, with decimals or without. nullopt: none of them.
std::optional<protocol::Timestamp> parse_instant(std::string_view text);

// Where in a shard reading begins.
struct ReadingStart {
  protocol::ShardIteratorType type = protocol::ShardIteratorType::LATEST;  // or TRIM_HORIZON, AT_TIMESTAMP
  std::optional<protocol::Timestamp> at = {};                              // for AT_TIMESTAMP this or that
  std::optional<std::chrono::milliseconds> ago = {};
};

// latest, trim or AWS's TRIM_HORIZON, in any case; what parse_instant takes; 5m and the like, so long ago.
// nullopt: none of them.
std::optional<ReadingStart> parse_reading_start(std::string_view text);

// 2026-01-31T09:30:00.250Z.
std::string instant_text(protocol::Timestamp at);

}  // namespace kinesisd::server::commands
