// JSON text to the value tree and back. Knows no operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/schema.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::protocol::json {

// As protocol::parse, whatever the root is. Texts are unescaped in place.
Result<wire::Tree> parse(std::string& body);

// Appends JSON to a string it does not own. The calls follow the structure of the value; keys come before
// their values. Counts are for encodings that need them and ignored here.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void begin_map(std::size_t count);
  void end_map();
  void begin_list(std::size_t count);
  void end_list();
  void key(std::string_view name);
  void text(std::string_view value);  // UTF-8
  void integer(std::int64_t value);
  void boolean(bool value);
  void bytes(std::string_view value);
  void timestamp(Timestamp value);  // seconds, up to three decimals

 private:
  void comma() {
    if (comma_) out_ += ',';
    comma_ = true;
  }

  std::string& out_;
  bool comma_ = false;  // the next value or key needs one before it
};

}  // namespace kinesisd::protocol::json
