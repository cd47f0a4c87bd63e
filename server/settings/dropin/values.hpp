// How values of other emulators' variables and flags are read. Knows no variable and no setting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings/dropin/wishes.hpp"

namespace kinesisd::server::dropin {

// Without the blanks and quotes around it: compose files write `${X- }`, and keep quotes in their lists.
std::string_view bare(std::string_view text);

// The bare parts between commas or blanks; none is empty.
std::vector<std::string> parts_of(std::string_view text);

// 1, true, yes, on; 0, false, no, off; in any case. nullopt: something else.
std::optional<bool> parse_truth(std::string_view text);

std::optional<std::uint16_t> parse_port(std::string_view text);

// From 0 to 1.
std::optional<double> parse_probability(std::string_view text);

// `0.0.0.0:4566`, `[::]:4566`, `:4566` or `4566`; without a host it is every address in the image and
// localhost elsewhere. What --listen takes; empty: none of these.
std::vector<std::string> parse_addresses(std::string_view text, bool in_image);

// `name:shards:region,...`: shards and region may be left out or empty. nullopt: something else.
std::optional<std::vector<InitialStream>> parse_streams(std::string_view text);

}  // namespace kinesisd::server::dropin
