// A settings or rules document as a tree of values, the same for TOML and JSON, with the lines they stand in.
// Knows no key: what they mean is decided by whoever reads the tree (reader.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server::document {

inline constexpr std::size_t depth_max = 32;              // lists and objects inside each other
inline constexpr std::size_t file_bytes_max = 64U << 20;  // of a file that is read

// What is wrong with a document: one sentence that names the place and what to write instead.
class Problem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Format { toml, json };

enum class Kind {
  absent,  // no value at all
  null,    // of JSON
  boolean,
  integer,
  real,
  text,  // UTF-8
  date,  // of TOML: dates and times; `text` as they were written in ISO 8601
  list,
  object,
};

struct Member;

struct Value {
  Kind kind = Kind::absent;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text = {};
  std::vector<Value> items = {};  // of a list
  std::vector<Member> members;    // of an object, as they stand there; no key twice
  std::int64_t line = 0;          // from 1; 0: unknown
};

struct Member {
  std::string key;
  Value value;
};

struct Document {
  Format format = Format::json;
  std::string name = {};  // of the file; empty: a body that was sent
  Value root = {};
};

// All throw a Problem for what is no TOML or JSON, is too deep, or has a key twice.
Document parse_toml(std::string_view text, std::string name);
Document parse_json(std::string text, std::string name = {});
// TOML, or JSON if the file's name ends in .json. A file that can't be read is a Problem too, which says to
// name another with `flag`.
Document read_file(const std::string& path, std::string_view flag);

// The value as JSON text: what a policy or a record is sent as. Dates are texts.
std::string to_json(const Value& value);

}  // namespace kinesisd::server::document
