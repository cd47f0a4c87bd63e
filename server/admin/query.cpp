#include "server/admin/query.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "server/admin/json_body.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::own {

namespace {

using document::Problem;

std::string listed(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
  return text;
}

std::string decoded(std::string_view text) {
  auto out = percent_decoded(text);
  if (!out) throw Problem(fmt::format("The query has \"{}\", which is not percent-encoded UTF-8.", text));
  return *std::move(out);
}

}  // namespace

Query::Query(std::string_view text, std::initializer_list<std::string_view> names) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = decoded(pair.substr(0, equals));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Problem(
          fmt::format("The query has {}, which is not known here; there are {}.", name, listed(names)));
    }
    values_.emplace_back(std::move(name), decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
}

// The last one counts.
std::optional<std::string> Query::text(std::string_view name) const {
  const auto found =
      std::find_if(values_.rbegin(), values_.rend(), [&](const auto& value) { return value.first == name; });
  return found == values_.rend() ? std::nullopt : std::optional(found->second);
}

std::int64_t Query::number(std::string_view name, std::int64_t otherwise, std::int64_t min,
                           std::int64_t max) const {
  const auto value = text(name);
  if (!value) return otherwise;
  std::int64_t number = 0;
  const char* const end = value->data() + value->size();
  const auto [stopped, wrong] = std::from_chars(value->data(), end, number);
  if (wrong != std::errc() || stopped != end || number < min || number > max) {
    throw Problem(fmt::format("{}={} has no sense; choose a number from {} to {}.", name, *value, min, max));
  }
  return number;
}

bool Query::boolean(std::string_view name, bool otherwise) const {
  if (!text(name)) return otherwise;
  return choice(name, {"false", "true"}) == 1;
}

std::size_t Query::choice(std::string_view name, std::initializer_list<std::string_view> words) const {
  const auto value = text(name);
  if (!value) return 0;
  const auto found = std::find(words.begin(), words.end(), *value);
  if (found == words.end()) {
    throw Problem(fmt::format("{}={} has no sense; choose one of {}.", name, *value, listed(words)));
  }
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace kinesisd::server::own
