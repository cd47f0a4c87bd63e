// Points in time as people write and read them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/schema.hpp"

namespace kinesisd::server::commands {

// 2026-01-31T09:30:00.250Z, with an offset in place of Z, or without either (UTC); a date alone; seconds
// since 1970, with decimals or without. nullopt: none of them.
std::optional<protocol::Timestamp> parse_instant(std::string_view text);

// 2026-01-31T09:30:00.250Z.
std::string instant_text(protocol::Timestamp at);

}  // namespace kinesisd::server::commands
