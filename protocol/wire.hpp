// A body as a tree of values, the same for every encoding. Knows no operation and no AWS type: what a number
// or a text means is decided by decode.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/error.hpp"

namespace kinesisd::protocol {

enum class Encoding { json, cbor };

namespace wire {

inline constexpr std::size_t depth_max = 32;         // lists and maps inside each other
inline constexpr std::size_t nodes_expected = 24;    // a PutRecord in one allocation
inline constexpr std::size_t nodes_max = 1'000'000;  // values and keys of one body

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,
  real,
  text,   // UTF-8
  bytes,  // of encodings that have them
  list,
  map,
};

// A value; its parts follow it directly. The parts of a map are a text (the key) and a value in turn.
struct Node {
  union {
    bool boolean;
    std::int64_t integer;  // saturated
    double real;
    const char* start;  // of text and bytes: points into the body
  };
  std::uint32_t count;     // bytes of text and bytes, items of a list, entries of a map
  std::uint32_t span = 1;  // nodes up to the next value at the same level, itself included
  Kind kind = Kind::null;

  Node() : integer(0), count(0) {}

  std::string_view text() const { return {start, count}; }
  // The first part of a list or map.
  const Node* first() const { return this + 1; }
  // The value after this one at the same level.
  const Node* next() const { return this + span; }
};

struct Tree {
  Encoding encoding = Encoding::json;
  std::vector<Node> nodes;  // the root first; never empty

  const Node& root() const { return nodes.front(); }
};

// Puts a tree together from events in the order of the body. Each call answers false when a bound is passed;
// the body then does not parse.
class Builder {
 public:
  Builder() { nodes_.reserve(nodes_expected); }

  bool null();
  bool boolean(bool value);
  bool integer(std::int64_t value);
  bool real(double value);
  bool text(std::string_view value) { return characters(Kind::text, value); }
  bool bytes(std::string_view value) { return characters(Kind::bytes, value); }
  bool begin(Kind list_or_map);
  // `count` items or entries have been given since `begin`.
  bool end(std::uint32_t count);

  std::vector<Node> take() { return std::move(nodes_); }

 private:
  Node* add(Kind kind);  // nullptr when there is no room
  bool characters(Kind text_or_bytes, std::string_view value);

  std::vector<Node> nodes_;
  std::array<std::uint32_t, depth_max> open_{};
  std::size_t depth_ = 0;
};

// Whether all of `text` is UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// The length Java gives a string: its UTF-16 units, two for what lies beyond U+FFFF. `text` is UTF-8.
std::size_t utf16_length(std::string_view text);

// `value` as far as it fits, rounded down; 0 for NaN.
std::int64_t saturate(double value);

}  // namespace wire

// Reads a whole body, which it overwrites on the way. The tree points into it: the string may be moved, but
// neither changed nor destroyed. Gives the bare SerializationException for what does not parse and for a root
// that is neither map nor list (a list is for decode to refuse, in AWS's words).
Result<wire::Tree> parse(std::string& body, Encoding encoding);

}  // namespace kinesisd::protocol
