// How long something takes, as people write it. Knows no clock.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace kinesisd::server::document {

using Duration = std::chrono::milliseconds;

inline constexpr Duration endless = Duration::max();
inline constexpr Duration duration_max = std::chrono::hours(24 * 366 * 100);  // of those that end

enum class Endless { refused, allowed };

// "500ms", "5s", "1 minute", "1.5h", "25 hours", "2d", a bare number of milliseconds; with Endless::allowed
// also "Infinity", "Inf", "infinite" or "unlimited". What is shorter than a millisecond is rounded up.
// nullopt: none of them, negative, or longer than duration_max.
std::optional<Duration> parse_duration(std::string_view text, Endless infinity = Endless::refused);

// What parse_duration takes, as the end of a sentence.
std::string_view duration_advice(Endless infinity = Endless::refused);

}  // namespace kinesisd::server::document
