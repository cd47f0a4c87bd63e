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

// Seconds down to the millisecond, as the clock is read: a client's now is not to be in the future. Whole
// milliseconds, which a double only comes near, stay what they are, also after a client has reckoned with
// them.
double whole_ms(double seconds) {
  constexpr double steps = 4;  // of what doubles of this size can tell apart: a microsecond in our times
  const double ms = seconds * 1000.0;
  const double nearest = std::round(ms);
  const double size = std::abs(seconds);
  const double step = std::nextafter(size, std::numeric_limits<double>::infinity()) - size;
  return std::abs(ms - nearest) <= steps * step * 1000.0 ? nearest : std::floor(ms);
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

}  // namespace

bool Decoder::mismatch(std::string message) {
  mismatch_ = std::move(message);
  return false;
}

bool Decoder::unexpected_container(const Node& node) {
  return mismatch(std::string(node.kind == Kind::list ? unexpected_list : unexpected_map));
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
  violations_.check_text(text, path, rules);
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
  violations_.check_number(out, path, rules);
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::int64_t& out) {
  if (!read_number(node, "Long", out)) return false;
  violations_.check_number(out, path, rules);
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
  // A text is base64 in every encoding: what a value means then depends on its type alone, and a client that
  // writes blobs as texts has them so from JSON.
  if (node.kind == Kind::bytes) {
    out.bytes = node.text();
  } else if (node.kind != Kind::text) {
    return mismatch(fmt::format("class {} can not be converted to a Blob", java_class(node.kind)));
  } else if (!base64::decode(node.text(), out.bytes)) {
    return mismatch(
        fmt::format("'{}' can not be converted to a Blob: {}", node.text(), base64::problem(node.text())));
  }
  violations_.check_blob(out.bytes.size(), path, rules);
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
  const double ms = encoding_ == Encoding::json ? whole_ms(value) : std::floor(value);
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
    violations_.not_in_enum(text, path, names);
  } else {
    index = static_cast<std::size_t>(found - names.begin());
  }
  return true;
}

bool Decoder::expect_list(const Node& node) {
  if (node.kind == Kind::map) return unexpected_container(node);
  return node.kind == Kind::list || mismatch("Expected list or null");
}

bool Decoder::read_list(const Node& node, const Path& path, const Rules& rules) {
  if (!expect_list(node)) return false;
  violations_.check_structures(node.count, path, rules);
  return true;
}

bool Decoder::read_items(const Node& node, const Path& path, const Rules& rules,
                         std::vector<std::string_view>& out) {
  if (!expect_list(node)) return false;
  std::vector<std::size_t> absent;
  const Node* item = node.first();
  for (std::size_t i = 1; i <= node.count; ++i, item = item->next()) {
    std::string_view text = "null";
    if (item->kind == Kind::null) {
      absent.push_back(i);
    } else if (!read_text(*item, text)) {
      return false;
    }
    out.push_back(text);
  }
  violations_.check_texts(out, path, rules);
  for (const std::size_t i : absent) missing(Path{.parent = &path, .item = i});
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules, std::vector<std::string>& out) {
  std::vector<std::string_view> items;
  if (!read_items(node, path, rules, items)) return false;
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
  if (indexes.size() != items.size()) violations_.not_in_enum(items, path, names);
  return true;
}

bool Decoder::read(const Node& node, const Path& path, const Rules& rules,
                   std::map<std::string, std::string>& out) {
  if (node.kind == Kind::list) return unexpected_container(node);
  if (node.kind != Kind::map) return mismatch("Expected map or null");
  std::vector<Violations::Entry> entries;
  std::vector<std::string_view> absent;
  const Node* key = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Node* value = key->next();
    std::string_view text = "null";
    if (value->kind == Kind::null) {
      absent.push_back(key->text());
    } else if (!read_text(*value, text)) {
      return false;
    }
    entries.push_back({key->text(), text});
    out.insert_or_assign(std::string(key->text()), std::string(text));
    key = value->next();
  }
  violations_.check_map(entries, out.size(), path, rules);
  for (const std::string_view name : absent) {
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
  return violations_.error();
}

}  // namespace kinesisd::protocol
