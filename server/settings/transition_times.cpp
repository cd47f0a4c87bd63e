#include "server/settings/transition_times.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "server/support/duration.hpp"

namespace kinesisd::server {

namespace {

using storage::Lasting;
using storage::Transitions;
using storage::TransitionTime;

constexpr std::string_view automatic = "auto";
constexpr document::Duration transition_max = std::chrono::hours(24);

constexpr std::array create{Lasting::create};
constexpr std::array remove{Lasting::remove};
constexpr std::array split{Lasting::split};
constexpr std::array merge{Lasting::merge};
constexpr std::array scale{Lasting::scale};
constexpr std::array mode{Lasting::mode};
constexpr std::array start_encryption{Lasting::start_encryption};
constexpr std::array stop_encryption{Lasting::stop_encryption};
constexpr std::array register_consumer{Lasting::register_consumer};
constexpr std::array deregister_consumer{Lasting::deregister_consumer};
constexpr std::array update{
    Lasting::split,           Lasting::merge, Lasting::scale, Lasting::mode, Lasting::start_encryption,
    Lasting::stop_encryption, Lasting::update};

struct Word {
  std::string_view text;
  std::span<const Lasting> changes;
};
constexpr std::array words{Word{transition_words::create, create},
                           Word{transition_words::remove, remove},
                           Word{transition_words::update, update},
                           Word{transition_words::split, split},
                           Word{transition_words::merge, merge},
                           Word{transition_words::scale, scale},
                           Word{transition_words::mode, mode},
                           Word{transition_words::start_encryption, start_encryption},
                           Word{transition_words::stop_encryption, stop_encryption},
                           Word{transition_words::register_consumer, register_consumer},
                           Word{transition_words::deregister_consumer, deregister_consumer}};

std::optional<TransitionTime> parse_time(std::string_view text) {
  if (text == automatic) return TransitionTime{};
  const auto time = document::parse_duration(text);
  if (!time || *time > transition_max) return std::nullopt;
  return TransitionTime{.end_when_observed = false, .after_ms = time->count()};
}

// `WORD=TIME`.
bool add_exception(Transitions& to, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto changes = changes_of(text.substr(0, equals));
  const auto time = parse_time(text.substr(equals + 1));
  for (const Lasting change : changes) to.exception(change) = time;
  return !changes.empty() && time;
}

}  // namespace

std::span<const Lasting> changes_of(std::string_view word) {
  for (const Word& one : words) {
    if (one.text == word) return one.changes;
  }
  return {};
}

std::optional<Transitions> parse_transitions(std::string_view text) {
  std::size_t end = std::min(text.find(','), text.size());
  const auto all = parse_time(text.substr(0, end));
  if (!all) return std::nullopt;
  Transitions out{.end_when_observed = all->end_when_observed, .after_ms = all->after_ms};
  while (end != text.size()) {
    text.remove_prefix(end + 1);
    end = std::min(text.find(','), text.size());
    if (!add_exception(out, text.substr(0, end))) return std::nullopt;
  }
  return out;
}

std::string_view transitions_advice() {
  return "choose auto or a time up to 24h such as 2s or 500 (milliseconds), and behind it exceptions such as "
         "auto,create=2s,split=500";
}

}  // namespace kinesisd::server
