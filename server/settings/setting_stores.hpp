// How values of settings are read, for the rows of the table of settings: each is a store function for one
// member of Settings. Knows no setting.
#pragma once

#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/settings/setting_table.hpp"

namespace kinesisd::server {

// Of a whole text; nullopt when it is no number or out of range.
std::optional<std::int64_t> number_between(std::string_view text, std::int64_t min, std::int64_t max);

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

// One of some words, such as {Choice{"off", false}, Choice{"on", true}}.
template <class T, std::size_t N>
SettingAdvice choose(T& out, const std::string& text, const std::array<Choice<T>, N>& choices) {
  std::string words;
  for (std::size_t i = 0; i < N; ++i) {
    if (choices[i].word == text) {
      out = choices[i].value;
      return std::nullopt;
    }
    words += i == 0 ? "" : i + 1 == N ? " or " : ", ";
    words += choices[i].word;
  }
  return "choose " + words;
}

template <auto Member, const auto& Choices>
SettingAdvice store_choice(Settings& settings, const SettingValues& values) {
  return choose(settings.*Member, values.front(), Choices);
}

// The path of a file of some kind: `what` ends the sentence `choose the path of ...`.
template <auto Member, const auto& What>
SettingAdvice store_path(Settings& settings, const SettingValues& values) {
  if (values.front().empty()) return fmt::format("choose the path of {}", What);
  settings.*Member = values.front();
  return std::nullopt;
}

// A number, or a word that means none. `Member` is an optional.
template <auto Member, const auto& Word, std::int64_t Max>
SettingAdvice store_number_or(Settings& settings, const SettingValues& values) {
  settings.*Member = number_between(values.front(), 0, Max);
  if (settings.*Member || values.front() == Word) return std::nullopt;
  return fmt::format("choose {} or a number from 0 to {}", Word, Max);
}

template <auto Member, std::int64_t Min, std::int64_t Max>
SettingAdvice store_number(Settings& settings, const SettingValues& values) {
  const auto number = number_between(values.front(), Min, Max);
  if (!number) return fmt::format("choose a number from {} to {}", Min, Max);
  settings.*Member = static_cast<std::remove_reference_t<decltype(settings.*Member)>>(*number);
  return std::nullopt;
}

// off or on; a flag alone is on.
inline constexpr std::string_view off_or_on_help = "off|on";
inline constexpr std::array off_or_on{Choice<bool>{"off", false}, Choice<bool>{"on", true}};
template <auto Member>
SettingAdvice store_switch(Settings& settings, const SettingValues& values) {
  return choose(settings.*Member, values.front(), off_or_on);
}

}  // namespace kinesisd::server
