// CBOR (RFC 8949) to the value tree and back, as AWS uses it: blobs are byte strings, times are whole
// milliseconds in tag 1. Knows no operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/schema.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::protocol::cbor {

// As protocol::parse, whatever the root is. Strings that come in pieces are joined in place.
Result<wire::Tree> parse(std::string& body);

// Appends CBOR to a string it does not own, as json::Writer appends JSON. All lengths are definite, so the
// counts have to be right.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void begin_map(std::size_t count);
  void end_map() {}
  void begin_list(std::size_t count);
  void end_list() {}
  void key(std::string_view name) { text(name); }
  void text(std::string_view value);  // UTF-8
  void integer(std::int64_t value);
  void boolean(bool value);
  void bytes(std::string_view value);
  void timestamp(Timestamp value);  // tag 1: milliseconds, and never a float, which AWS's SDKs cannot read

 private:
  void head(unsigned major, std::uint64_t value);

  std::string& out_;
};

}  // namespace kinesisd::protocol::cbor
