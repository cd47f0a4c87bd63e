#include "server/document/reader.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "server/document/closest.hpp"

namespace kinesisd::server::document {

namespace {

// What to write instead of `wrong`, as the middle and end of a sentence.
std::string known_keys(std::initializer_list<std::string_view> keys, std::string_view wrong) {
  const auto like = closest(wrong, keys);
  return fmt::format("{}the keys here are {}", like ? fmt::format("{} is, and ", *like) : std::string(),
                     fmt::join(keys, ", "));
}

// `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
std::string one_of(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
    out += fmt::format("\"{}\"", words[i]);
  }
  return out;
}

Value text_value(std::string_view text) {
  Value value;
  value.kind = Kind::text;
  value.text = text;
  return value;
}

std::string member_path(const std::string& parent, std::string_view key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  constexpr std::size_t key_bytes_max = 128;  // shown of it
  const std::string shown_key =
      plain && key.size() <= key_bytes_max ? std::string(key) : shown(text_value(key), Format::json);
  return parent.empty() ? shown_key : fmt::format("{}.{}", parent, shown_key);
}

}  // namespace

std::string shown(const Value& value, Format format) {
  constexpr std::size_t text_bytes_max = 60;
  switch (value.kind) {
    case Kind::absent:
      return "missing";
    case Kind::list:
      return "a list";
    case Kind::object:
      return format == Format::toml ? "a table" : "an object";
    case Kind::date:
      return value.text;
    case Kind::text:
      if (value.text.size() > text_bytes_max) {
        std::size_t end = text_bytes_max;
        while ((value.text[end] & 0xC0) == 0x80) --end;  // not within a character
        std::string cut = to_json(text_value(std::string_view(value.text).substr(0, end)));
        return cut.insert(cut.size() - 1, "...");
      }
      return to_json(value);
    case Kind::real:
      return fmt::format("{}", value.real);
    default:
      return to_json(value);
  }
}

std::string Item::place() const {
  if (document_->name.empty()) return {};
  if (line_ == 0) return document_->name + ": ";
  return fmt::format("{}, line {}: ", document_->name, line_);
}

void Item::complain(std::string_view what) const {
  const std::string whole = document_->format == Format::json ? "the document" : "the file";
  throw Problem(fmt::format("{}{}{}.", place(), path_.empty() ? whole : path_, what));
}

void Item::refuse(std::string_view advice) const {
  complain(fmt::format(" is {}; {}", shown(*value_, document_->format), advice));
}

const std::string& Item::text() const {
  if (kind() != Kind::text) refuse("write a text in quotes");
  return value_->text;
}

const std::string& Item::word() const {
  if (kind() != Kind::text || value_->text.empty()) refuse("write a text in quotes that is not empty");
  return value_->text;
}

std::int64_t Item::integer(std::int64_t min, std::int64_t max) const {
  if (kind() != Kind::integer || value_->integer < min || value_->integer > max) {
    refuse(fmt::format("write a {}number from {} to {}", kind() == Kind::real ? "whole " : "", min, max));
  }
  return value_->integer;
}

double Item::number(double min, double max) const {
  const double value = kind() == Kind::integer ? static_cast<double>(value_->integer) : value_->real;
  const bool is_number = kind() == Kind::integer || kind() == Kind::real;
  if (!is_number || !(value >= min && value <= max)) {
    refuse(fmt::format("write a number from {} to {}", min, max));
  }
  return value;
}

bool Item::boolean() const {
  if (kind() != Kind::boolean) refuse("write true or false");
  return value_->boolean;
}

Duration Item::duration(Endless infinity) const {
  std::optional<Duration> duration;
  if (kind() == Kind::text) duration = parse_duration(value_->text, infinity);
  if (kind() == Kind::integer && value_->integer >= 0 && value_->integer <= duration_max.count()) {
    duration = Duration(value_->integer);
  }
  if (!duration) refuse(duration_advice(infinity));
  return *duration;
}

std::size_t Item::choice(std::span<const std::string_view> words) const {
  const auto found = kind() == Kind::text ? std::find(words.begin(), words.end(), value_->text) : words.end();
  if (found == words.end()) refuse(fmt::format("write {}", one_of(words)));
  return static_cast<std::size_t>(found - words.begin());
}

std::vector<Item> Item::list(std::size_t items_max) const {
  if (kind() == Kind::object && document_->format == Format::toml && path_.find('.') == std::string::npos)
    refuse(fmt::format("write [[{0}]] instead of [{0}]", path_));
  if (kind() != Kind::list) refuse("write a list: [...]");
  if (value_->items.size() > items_max) {
    complain(fmt::format(" has {} items; write at most {}", value_->items.size(), items_max));
  }
  std::vector<Item> out;
  out.reserve(value_->items.size());
  for (std::size_t i = 0; i < value_->items.size(); ++i) {
    out.emplace_back(*document_, value_->items[i], fmt::format("{}[{}]", path_, i));
  }
  return out;
}

std::vector<std::pair<std::string, Item>> Item::entries() const {
  if (kind() != Kind::object) {
    refuse(document_->format == Format::toml ? "write a table: { key = value }"
                                             : "write an object: { \"key\": value }");
  }
  std::vector<std::pair<std::string, Item>> out;
  out.reserve(value_->members.size());
  for (const Member& member : value_->members) {
    out.emplace_back(member.key, Item(*document_, member.value, member_path(path_, member.key)));
  }
  return out;
}

Object Item::object(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, item] : entries()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      item.complain(fmt::format(" is not known; {}", known_keys(keys, key)));
    }
  }
  return Object(*this);
}

Item Object::operator[](std::string_view key) const {
  const Document& document = *item_.document_;
  for (const Member& member : item_.value().members) {
    if (member.key == key) return {document, member.value, member_path(item_.path(), key)};
  }
  static const Value absent;
  Item item(document, absent, member_path(item_.path(), key));
  item.line_ = item_.line_;
  return item;
}

std::optional<Item> Object::find(std::string_view key) const {
  Item item = (*this)[key];
  if (item.kind() == Kind::absent || item.kind() == Kind::null) return std::nullopt;
  return item;
}

std::optional<Item> Object::one_of(std::initializer_list<std::string_view> keys) const {
  std::optional<Item> found;
  std::string_view found_key;
  for (const std::string_view key : keys) {
    std::optional<Item> item = find(key);
    if (!item) continue;
    if (found) item->complain(fmt::format(" stands beside {}; write one of them", found_key));
    found = std::move(item);
    found_key = key;
  }
  return found;
}

Item root(const Document& document) {
  return {document, document.root, {}};
}

}  // namespace kinesisd::server::document
