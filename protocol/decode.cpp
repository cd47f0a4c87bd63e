#include "protocol/decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "protocol/base64.hpp"
#include "protocol/errors.hpp"

namespace kinesisd::protocol {

using wire::Kind;
using wire::Node;

namespace {

// The farthest time from the epoch that is told apart, far beyond all that calendars print.
constexpr std::int64_t timestamp_ms_max = 8'640'000'000'000'000;

constexpr std::string_view unexpected_list = "Start of list found where not expected";
constexpr std::string_view unexpected_map = "Start of structure or map found where not expected.";

// How AWS names the class of a scalar in its messages.
std::string_view java_class(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "java.lang.Boolean";
    case Kind::integer:
    case Kind::real:
      return "com.amazon.coral.value.json.numbers.TruncatingBigNumber";
    case Kind::bytes:
      return "java.nio.HeapByteBuffer";
    default:
      return "java.lang.String";
  }
}

bool is_container(const Node& node) {
  return node.kind == Kind::list || node.kind == Kind::map;
}

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

std::string quoted(std::string_view value) {
  return fmt::format(" '{}'", value);
}

std::string quoted_list(const std::vector<std::string_view>& items) {
  return fmt::format(" '[{}]'", fmt::join(items, ", "));
}

// A map of texts in the order it was sent in.
std::string quoted_map(const Node& map) {
  std::string entries;
  const Node* key = map.first();
  for (std::uint32_t i = 0; i < map.count; ++i, key = key->next()->next()) {
    if (i != 0) entries += ", ";
    const Node& value = *key->next();
    entries += fmt::format("{}={}", key->text(), value.kind == Kind::text ? value.text() : "null");
  }
  return fmt::format(" '{{{}}}'", entries);
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

bool Decoder::mismatch(std::string message) {
  mismatch_ = std::move(message);
  return false;
}

bool Decoder::unexpected_container(const Node& node) {
  return mismatch(std::string(node.kind == Kind::list ? unexpected_list : unexpected_map));
}

void Decoder::violation(const Path& path, std::string_view value, std::string_view constraint) {
  if (violation_count_ == violations_max) return;
  if (violation_count_++ != 0) violations_ += "; ";
  violations_ +=
      fmt::format("Value{} at '{}' failed to satisfy constraint: {}", value, to_string(path), constraint);
}

void Decoder::missing(const Path& path) {
  violation(path, " null", "Member must not be null");
}

template <class Render>
void Decoder::check_length(std::size_t length, const Path& path, const Rules& rules, Render&& value) {
  const auto have = static_cast<std::int64_t>(length);
  if (rules.min_length && have < *rules.min_length) {
    violation(path, value(), min_length_constraint(*rules.min_length));
  }
  if (rules.max_length && have > *rules.max_length) {
    violation(path, value(), max_length_constraint(*rules.max_length));
  }
}

void Decoder::check_value(std::int64_t value, const Path& path, const Rules& rules) {
  if (rules.min_value && value < *rules.min_value) {
    violation(path, quoted(std::to_string(value)),
              fmt::format("Member must have value greater than or equal to {}", *rules.min_value));
  }
  if (rules.max_value && value > *rules.max_value) {
    violation(path, quoted(std::to_string(value)),
              fmt::format("Member must have value less than or equal to {}", *rules.max_value));
  }
}

bool Decoder::read_text(const Node& node, std::string_view& out) {
  if (is_container(node)) return unexpected_container(node);
  if (node.kind != Kind::text) {
    return mismatch(fmt::format("class {} can not be converted to an String", java_class(node.kind)));
  }
  out = node.text();
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::string& out) {
  std::string_view text;
  if (!read_text(node, text)) return false;
  if (rules.pattern != nullptr && !rules.pattern->matches(text)) {
    violation(path, quoted(text), pattern_constraint(*rules.pattern));
  }
  check_length(wire::utf16_length(text), path, rules, [&] { return quoted(text); });
  out = text;
  return true;
}

bool Decoder::read_number(const Node& node, std::string_view type, std::int64_t& out) {
  if (is_container(node)) return unexpected_container(node);
  if (node.kind == Kind::integer) {
    out = node.integer;
  } else if (node.kind == Kind::real) {
    out = wire::saturate(node.real);
  } else {
    return mismatch(fmt::format("class {} can not be converted to an {}", java_class(node.kind), type));
  }
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::int32_t& out) {
  using Limits = std::numeric_limits<std::int32_t>;
  std::int64_t value = 0;
  if (!read_number(node, "Integer", value)) return false;
  out = static_cast<std::int32_t>(std::clamp<std::int64_t>(value, Limits::min(), Limits::max()));
  check_value(out, path, rules);
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::int64_t& out) {
  if (!read_number(node, "Long", out)) return false;
  check_value(out, path, rules);
  return true;
}

bool Decoder::read(const Node& node, const Path& /*path*/, const Rules& /*rules*/, bool& out) {
  if (is_container(node)) return unexpected_container(node);
  if (node.kind == Kind::boolean) {
    out = node.boolean;
    return true;
  }
  if (node.kind == Kind::real) {
    out = node.real != 0.0;
    return true;
  }
  if (node.kind != Kind::text) {
    return mismatch(fmt::format("class {} can not be converted to an Boolean", java_class(node.kind)));
  }
  const std::string word = in_capitals(node.text());
  out = word == "TRUE" || word == "1" || word == "YES";
  if (out || word == "FALSE" || word == "0" || word == "NO") return true;
  return mismatch(fmt::format("'{}' can not be converted to an Boolean", word));
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, Blob& out) {
  if (is_container(node)) return unexpected_container(node);
  if (node.kind == Kind::bytes) {
    out.bytes = node.text();
  } else if (node.kind != Kind::text) {
    return mismatch(fmt::format("class {} can not be converted to a Blob", java_class(node.kind)));
  } else if (!base64::decode(node.text(), out.bytes)) {
    return mismatch(
        fmt::format("'{}' can not be converted to a Blob: {}", node.text(), base64::problem(node.text())));
  }
  check_length(out.bytes.size(), path, rules, [] { return std::string(); });
  return true;
}

bool Decoder::read(const Node& node, const Path& /*path*/, const Rules& /*rules*/, Timestamp& out) {
  if (is_container(node)) return unexpected_container(node);
  if (node.kind != Kind::integer && node.kind != Kind::real) {
    return mismatch(
        fmt::format("class {} can not be converted to milliseconds since epoch", java_class(node.kind)));
  }
  // JSON counts seconds, CBOR milliseconds.
  const double value = node.kind == Kind::real ? node.real : static_cast<double>(node.integer);
  const double ms = std::round(encoding_ == Encoding::json ? value * 1000.0 : value);
  out = Timestamp{
      std::chrono::milliseconds{std::clamp(wire::saturate(ms), -timestamp_ms_max, timestamp_ms_max)}};
  return true;
}

bool Decoder::read_enum(const Node& node, const Path& path, std::span<const std::string_view> names,
                        std::size_t& index) {
  std::string_view text;
  if (!read_text(node, text)) return false;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    violation(path, quoted(text), enum_constraint(names));
  } else {
    index = static_cast<std::size_t>(found - names.begin());
  }
  return true;
}

bool Decoder::read_list(const Node& node, const Path& path, const Rules& rules) {
  if (node.kind == Kind::map) return unexpected_container(node);
  if (node.kind != Kind::list) return mismatch("Expected list or null");
  // Structures are not quoted; that there are none is.
  check_length(node.count, path, rules, [&] { return node.count == 0 ? quoted("[]") : std::string(); });
  return true;
}

bool Decoder::read_items(const Node& node, const Path& path, const Rules& rules,
                         std::vector<std::string_view>& out) {
  if (node.kind != Kind::list) return read_list(node, path, rules);
  const Node* item = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) {
    std::string_view text = "null";
    if (item->kind != Kind::null && !read_text(*item, text)) return false;
    out.push_back(text);
  }
  check_length(node.count, path, rules, [&] { return quoted_list(out); });
  item = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) {
    if (item->kind == Kind::null) missing(Path{.parent = &path, .item = i + 1});
  }
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::vector<std::string>& out) {
  std::vector<std::string_view> items;
  if (!read_items(node, path, rules, items)) return false;
  if (!std::all_of(items.begin(), items.end(), [&](auto item) { return satisfies(item, rules.each); })) {
    violation(path, quoted_list(items),
              fmt::format("Member must satisfy constraint: {}", all_constraints(*rules.each)));
  }
  out.assign(items.begin(), items.end());
  return true;
}

bool Decoder::read_enums(const Node& node, const Path& path, const Rules& rules,
                         std::span<const std::string_view> names, std::vector<std::size_t>& indexes) {
  std::vector<std::string_view> items;
  if (!read_items(node, path, rules, items)) return false;
  for (const std::string_view item : items) {
    const auto found = std::find(names.begin(), names.end(), item);
    if (found != names.end()) indexes.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  if (indexes.size() != items.size()) {
    violation(path, quoted_list(items),
              fmt::format("Member must satisfy constraint: [{}]", enum_constraint(names)));
  }
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules,
                   std::map<std::string, std::string>& out) {
  if (node.kind == Kind::list) return unexpected_container(node);
  if (node.kind != Kind::map) return mismatch("Expected map or null");
  std::vector<std::string_view> without_value;
  const Node* key = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, key = key->next()->next()) {
    std::string_view text;
    if (key->next()->kind == Kind::null) {
      without_value.push_back(key->text());
    } else if (!read_text(*key->next(), text)) {
      return false;
    }
    out.insert_or_assign(std::string(key->text()), std::string(text));
  }
  check_length(out.size(), path, rules, [&] { return quoted_map(node); });
  const auto all_satisfy = [&](const Rules* each, auto part) {
    return std::all_of(out.begin(), out.end(),
                       [&](const auto& entry) { return satisfies(entry.*part, each); });
  };
  using Entry = std::map<std::string, std::string>::value_type;
  if (!all_satisfy(rules.keys, &Entry::first)) {
    violation(path, quoted_map(node),
              fmt::format("Map keys must satisfy constraint: {}", all_constraints(*rules.keys)));
  }
  if (!all_satisfy(rules.each, &Entry::second)) {
    violation(path, quoted_map(node),
              fmt::format("Map value must satisfy constraint: {}", all_constraints(*rules.each)));
  }
  for (const std::string_view name : without_value) {
    missing(Path{.parent = &path, .name = name, .map_entry = true});
  }
  return true;
}

bool Decoder::read_structure(const Node& node, std::span<const std::string_view> names,
                             std::span<const Node*> found) {
  if (node.kind == Kind::list) return unexpected_container(node);
  if (node.kind != Kind::map) return mismatch("Expected null");
  const Node* key = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Node* value = key->next();
    const auto at = std::find(names.begin(), names.end(), key->text());
    if (at != names.end()) {
      found[static_cast<std::size_t>(at - names.begin())] = value->kind == Kind::null ? nullptr : value;
    }
    key = value->next();
  }
  return true;
}

std::optional<Error> Decoder::error() const {
  if (mismatch_) return errors::serialization(*mismatch_);
  if (violation_count_ == 0) return std::nullopt;
  return errors::validation(fmt::format("{} validation error{} detected: {}", violation_count_,
                                        violation_count_ == 1 ? "" : "s", violations_));
}

Error too_long(std::string_view path, std::size_t max) {
  return errors::validation(
      fmt::format("1 validation error detected: Value at '{}' failed to satisfy constraint: {}", path,
                  max_length_constraint(static_cast<std::int64_t>(max))));
}

}  // namespace kinesisd::protocol
