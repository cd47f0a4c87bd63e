#include "server/support/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>

namespace kinesisd::server::document {

namespace {

struct Unit {
  std::string_view word;
  double ms;
};

constexpr double second_ms = 1000;
constexpr double minute_ms = 60 * second_ms;
constexpr double hour_ms = 60 * minute_ms;
constexpr double day_ms = 24 * hour_ms;
constexpr double microsecond_ms = 1e-3;
constexpr double nanosecond_ms = 1e-6;

// Each also with an s behind it, where it is longer than two letters.
constexpr std::array units{
    Unit{"", 1},
    Unit{"ms", 1},
    Unit{"milli", 1},
    Unit{"millisecond", 1},
    Unit{"s", second_ms},
    Unit{"sec", second_ms},
    Unit{"second", second_ms},
    Unit{"m", minute_ms},
    Unit{"min", minute_ms},
    Unit{"minute", minute_ms},
    Unit{"h", hour_ms},
    Unit{"hour", hour_ms},
    Unit{"d", day_ms},
    Unit{"day", day_ms},
    Unit{"us", microsecond_ms},
    Unit{"µs", microsecond_ms},
    Unit{"micro", microsecond_ms},
    Unit{"microsecond", microsecond_ms},
    Unit{"ns", nanosecond_ms},
    Unit{"nano", nanosecond_ms},
    Unit{"nanosecond", nanosecond_ms},
};

constexpr std::array<std::string_view, 5> endless_words{"infinity", "inf", "infinite", "unlimited",
                                                        "plusinf"};

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<double> unit_ms(std::string_view word) {
  for (const Unit& unit : units) {
    if (word == unit.word) return unit.ms;
    if (unit.word.size() > 2 && word.ends_with('s') && word.substr(0, word.size() - 1) == unit.word) {
      return unit.ms;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text, Endless infinity) {
  const std::string words = lower(trimmed(text));
  if (infinity == Endless::allowed) {
    for (const std::string_view word : endless_words) {
      if (words == word) return endless;
    }
  }
  const std::size_t digits = std::min(words.find_first_not_of("0123456789."), words.size());
  double number = 0;
  const auto [end, wrong] =
      std::from_chars(words.data(), words.data() + digits, number, std::chars_format::fixed);
  if (wrong != std::errc() || end != words.data() + digits) return std::nullopt;
  const std::optional<double> unit = unit_ms(trimmed(std::string_view(words).substr(digits)));
  if (!unit) return std::nullopt;
  // Products such as 0.3 * 10 land a little beside the whole number that is meant.
  constexpr double beside = 1e-9;
  const double ms = std::ceil(number * *unit - beside);
  if (ms > static_cast<double>(duration_max.count())) return std::nullopt;
  return Duration(static_cast<std::int64_t>(ms));
}

std::string_view duration_advice(Endless infinity) {
  return infinity == Endless::allowed
             ? "write a time such as \"500ms\", \"5s\", \"1 minute\" or \"25h\", or \"unlimited\""
             : "write a time such as \"500ms\", \"5s\", \"1 minute\" or \"25h\"";
}

}  // namespace kinesisd::server::document
