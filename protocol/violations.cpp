#include "protocol/violations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::protocol {

namespace {

std::string quoted(std::string_view value) {
  return fmt::format(" '{}'", value);
}

std::string quoted(std::span<const std::string_view> items) {
  return fmt::format(" '[{}]'", fmt::join(items, ", "));
}

std::string quoted(std::span<const Violations::Entry> entries) {
  std::string text;
  for (const auto& [key, value] : entries) {
    fmt::format_to(std::back_inserter(text), "{}{}={}", text.empty() ? "" : ", ", key, value);
  }
  return fmt::format(" '{{{}}}'", text);
}

std::string enum_constraint(std::span<const std::string_view> names) {
  return fmt::format("Member must satisfy enum value set: [{}]", fmt::join(names, ", "));
}

std::string pattern_constraint(const Pattern& pattern) {
  return fmt::format("Member must satisfy regular expression pattern: {}", pattern.text);
}

std::string min_length_constraint(std::int64_t length) {
  return fmt::format("Member must have length greater than or equal to {}", length);
}

std::string max_length_constraint(std::int64_t length) {
  return fmt::format("Member must have length less than or equal to {}", length);
}

// All limits of a text, as AWS lists them for the items of a list and the keys and values of a map.
std::string all_constraints(const Rules& rules) {
  std::vector<std::string> constraints;
  if (rules.max_length) constraints.push_back(max_length_constraint(*rules.max_length));
  if (rules.min_length) constraints.push_back(min_length_constraint(*rules.min_length));
  if (rules.pattern != nullptr) constraints.push_back(pattern_constraint(*rules.pattern));
  return fmt::format("[{}]", fmt::join(constraints, ", "));
}

bool satisfies(std::string_view text, const Rules* rules) {
  if (rules == nullptr) return true;
  const auto length = static_cast<std::int64_t>(wire::utf16_length(text));
  return (!rules->min_length || length >= *rules->min_length) &&
         (!rules->max_length || length <= *rules->max_length) &&
         (rules->pattern == nullptr || rules->pattern->matches(text));
}

void append_to(std::string& out, const Path& path) {
  if (path.parent != nullptr) {
    append_to(out, *path.parent);
    out += '.';
  }
  if (path.item != 0) {
    out += fmt::format("{}.member", path.item);
  } else if (path.map_entry) {
    out += fmt::format("{}.member", path.name);
  } else {
    const std::size_t start = out.size();
    out += path.name;
    if (out[start] >= 'A' && out[start] <= 'Z') out[start] = static_cast<char>(out[start] - 'A' + 'a');
  }
}

}  // namespace

std::string to_string(const Path& path) {
  std::string out;
  append_to(out, path);
  return out;
}

// `value` with its quotes and a space before it; empty when it is not shown.
void Violations::add(const Path& path, std::string_view value, std::string_view constraint) {
  if (count_ == shown_max) return;
  if (count_++ != 0) list_ += "; ";
  fmt::format_to(std::back_inserter(list_), "Value{} at '{}' failed to satisfy constraint: {}", value,
                 to_string(path), constraint);
}

void Violations::missing(const Path& path) {
  add(path, " null", "Member must not be null");
}

// `quote` renders the value, which takes time only when there is something to report.
template <class Quote>
void Violations::check_length(std::size_t length, const Path& path, const Rules& rules, Quote&& quote) {
  const auto have = static_cast<std::int64_t>(length);
  if (rules.min_length && have < *rules.min_length) {
    add(path, quote(), min_length_constraint(*rules.min_length));
  }
  if (rules.max_length && have > *rules.max_length) {
    add(path, quote(), max_length_constraint(*rules.max_length));
  }
}

void Violations::check_text(std::string_view text, const Path& path, const Rules& rules) {
  if (rules.pattern != nullptr && !rules.pattern->matches(text)) {
    add(path, quoted(text), pattern_constraint(*rules.pattern));
  }
  check_length(wire::utf16_length(text), path, rules, [&] { return quoted(text); });
}

void Violations::check_number(std::int64_t value, const Path& path, const Rules& rules) {
  if (rules.min_value && value < *rules.min_value) {
    add(path, quoted(std::to_string(value)),
        fmt::format("Member must have value greater than or equal to {}", *rules.min_value));
  }
  if (rules.max_value && value > *rules.max_value) {
    add(path, quoted(std::to_string(value)),
        fmt::format("Member must have value less than or equal to {}", *rules.max_value));
  }
}

void Violations::check_blob(std::size_t bytes, const Path& path, const Rules& rules) {
  check_length(bytes, path, rules, [] { return std::string(); });
}

void Violations::check_structures(std::size_t count, const Path& path, const Rules& rules) {
  // That there are none is shown.
  check_length(count, path, rules, [&] { return count == 0 ? quoted("[]") : std::string(); });
}

void Violations::check_texts(std::span<const std::string_view> items, const Path& path, const Rules& rules) {
  check_length(items.size(), path, rules, [&] { return quoted(items); });
  if (!std::all_of(items.begin(), items.end(), [&](auto item) { return satisfies(item, rules.each); })) {
    add(path, quoted(items), fmt::format("Member must satisfy constraint: {}", all_constraints(*rules.each)));
  }
}

void Violations::check_map(std::span<const Entry> entries, std::size_t count, const Path& path,
                           const Rules& rules) {
  check_length(count, path, rules, [&] { return quoted(entries); });
  const auto all_satisfy = [&](std::string_view Entry::*part, const Rules* each) {
    return std::all_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return satisfies(entry.*part, each); });
  };
  if (!all_satisfy(&Entry::key, rules.keys)) {
    add(path, quoted(entries),
        fmt::format("Map keys must satisfy constraint: {}", all_constraints(*rules.keys)));
  }
  if (!all_satisfy(&Entry::value, rules.each)) {
    add(path, quoted(entries),
        fmt::format("Map value must satisfy constraint: {}", all_constraints(*rules.each)));
  }
}

void Violations::not_in_enum(std::string_view text, const Path& path,
                             std::span<const std::string_view> names) {
  add(path, quoted(text), enum_constraint(names));
}

void Violations::not_in_enum(std::span<const std::string_view> items, const Path& path,
                             std::span<const std::string_view> names) {
  add(path, quoted(items), fmt::format("Member must satisfy constraint: [{}]", enum_constraint(names)));
}

std::optional<Error> Violations::error() const {
  if (count_ == 0) return std::nullopt;
  return errors::validation(
      fmt::format("{} validation error{} detected: {}", count_, count_ == 1 ? "" : "s", list_));
}

Error too_long(std::string_view path, std::size_t max) {
  return errors::validation(
      fmt::format("1 validation error detected: Value at '{}' failed to satisfy constraint: {}", path,
                  max_length_constraint(static_cast<std::int64_t>(max))));
}

}  // namespace kinesisd::protocol
