// AWS's limits and its sentences about them: collects what a request violates into one ValidationException.
// Knows neither types nor encodings: values come as text, number or length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/schema.hpp"

namespace kinesisd::protocol {

// Where a value stands in the request: a chain on the stack, spelt out only for a message.
struct Path {
  const Path* parent = nullptr;
  std::string_view name{};  // of a member, or the key in a map
  std::size_t item = 0;     // from 1 in a list
  bool map_entry = false;
};

// As AWS prints it: `records.1.member.partitionKey`, `tags.owner.member`.
std::string to_string(const Path& path);

// Lengths of texts count UTF-16 units. Values of blobs and of lists of structures are not quoted in messages,
// all others are.
class Violations {
 public:
  static constexpr int shown_max = 10;  // in one message; AWS drops the rest

  // A required value that is not there.
  void missing(const Path& path);

  void check_text(std::string_view text, const Path& path, const Rules& rules);
  void check_number(std::int64_t value, const Path& path, const Rules& rules);
  void check_blob(std::size_t bytes, const Path& path, const Rules& rules);
  void check_structures(std::size_t count, const Path& path, const Rules& rules);
  // The list first, then its items in one violation.
  void check_texts(std::span<const std::string_view> items, const Path& path, const Rules& rules);

  struct Entry {
    std::string_view key;
    std::string_view value;
  };
  // `entries` in the order they were sent in; `count` of them have different keys.
  void check_map(std::span<const Entry> entries, std::size_t count, const Path& path, const Rules& rules);

  void not_in_enum(std::string_view text, const Path& path, std::span<const std::string_view> names);
  // Some of `items` are not among `names`.
  void not_in_enum(std::span<const std::string_view> items, const Path& path,
                   std::span<const std::string_view> names);

  // The ValidationException, if anything was violated.
  std::optional<Error> error() const;

 private:
  void add(const Path& path, std::string_view value, std::string_view constraint);
  template <class Quote>
  void check_length(std::size_t length, const Path& path, const Rules& rules, Quote&& quote);

  std::string list_;  // joined as in the message
  int count_ = 0;
};

// The ValidationException for a blob at `path` (as path_of gives it) of more than `max` bytes.
Error too_long(std::string_view path, std::size_t max);

}  // namespace kinesisd::protocol
