// Reading a document: each value in its place, so that whatever is wrong with it becomes one sentence (a
// document::Problem) that names the place and what to write instead. Knows no key of its own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/schema.hpp"
#include "server/document/value.hpp"
#include "server/support/duration.hpp"

namespace kinesisd::server::document {

class Object;

// A value and where it stands. The document outlives it. What reads a value throws a Problem when it has
// another type or is none of those allowed; the `absent` value of a key that is not there has no type at all.
class Item {
 public:
  Item(const Document& document, const Value& value, std::string path)
      : document_(&document), value_(&value), path_(std::move(path)), line_(value.line) {}

  const Value& value() const { return *value_; }
  Kind kind() const { return value_->kind; }
  bool is_text() const { return kind() == Kind::text; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_object() const { return kind() == Kind::object; }
  // As in messages: `streams[0].shards`; empty for the whole document.
  const std::string& path() const { return path_; }
  // `streams.toml, line 12: `; what a sentence about this value begins with. Empty for bodies.
  std::string place() const;

  const std::string& text() const;
  const std::string& word() const;  // a text that is not empty
  std::int64_t integer(std::int64_t min, std::int64_t max) const;
  double number(double min, double max) const;
  bool boolean() const;
  Duration duration(Endless infinity = Endless::refused) const;  // a text, or a number of milliseconds
  // Where it stands in `words`.
  std::size_t choice(std::span<const std::string_view> words) const;
  template <class Enum>
  Enum choice() const {
    return protocol::enum_values<Enum>[choice(protocol::enum_names<Enum>)];
  }
  std::vector<Item> list(std::size_t items_max = SIZE_MAX) const;
  // An object with none but these keys.
  Object object(std::initializer_list<std::string_view> keys) const;
  // One whose keys are names that the user chooses: {key, value} in the order of the document.
  std::vector<std::pair<std::string, Item>> entries() const;

  // `{place}{path} is {value}; {advice}.`
  [[noreturn]] void refuse(std::string_view advice) const;
  // `{place}{path}{what}.`, where `what` begins with a blank or a dot: for what is wrong with more than the
  // value.
  [[noreturn]] void complain(std::string_view what) const;

 private:
  friend class Object;

  const Document* document_;
  const Value* value_;
  std::string path_;
  std::int64_t line_;  // of what is absent: where the object begins
};

class Object {
 public:
  // The value of a key; a key that is not there gives the `absent` value, which every reading of it refuses.
  Item operator[](std::string_view key) const;
  // nullopt: not there, or null.
  std::optional<Item> find(std::string_view key) const;
  // What `read(Item)` makes of a key that is there.
  template <class Read>
  auto read(std::string_view key, Read read) const -> std::optional<decltype(read(std::declval<Item>()))> {
    const std::optional<Item> item = find(key);
    if (!item) return std::nullopt;
    return read(*item);
  }
  // The one of them that is there; nullopt when none is. Two are a Problem.
  std::optional<Item> one_of(std::initializer_list<std::string_view> keys) const;
  const Item& item() const { return item_; }

 private:
  friend class Item;
  explicit Object(Item item) : item_(std::move(item)) {}

  Item item_;
};

// The whole of a document.
Item root(const Document& document);

// The value as messages show it: short, quoted as in the document.
std::string shown(const Value& value, Format format);

}  // namespace kinesisd::server::document
