#include "protocol/encode.hpp"

#include <cstdint>

namespace kinesisd::protocol {

namespace {

// A CBOR text string: its head (major type 3 and the length), then the bytes.
void append_cbor_text(std::string_view text, std::string& out) {
  constexpr unsigned text_string = 0x60;
  const std::size_t size = text.size();
  const unsigned length_bytes = size < 24 ? 0 : size <= 0xFF ? 1 : size <= 0xFFFF ? 2 : 4;
  const unsigned length_code = length_bytes == 1 ? 24 : length_bytes == 2 ? 25 : 26;
  out += static_cast<char>(text_string | (length_bytes == 0 ? static_cast<unsigned>(size) : length_code));
  for (unsigned i = length_bytes; i != 0; --i) out += static_cast<char>(size >> (8 * (i - 1)));
  out += text;
}

}  // namespace

std::string encode_error(const Error& error, Encoding encoding) {
  const std::string_view message_key =
      error.type == ErrorType::SerializationException ? "Message" : "message";
  const bool has_message = !error.message.empty();
  std::string body;
  if (encoding == Encoding::cbor) {
    body += has_message ? '\xA2' : '\xA1';  // a map of so many entries
    append_cbor_text("__type", body);
    append_cbor_text(name(error.type), body);
    if (has_message) {
      append_cbor_text(message_key, body);
      append_cbor_text(error.message, body);
    }
    return body;
  }
  json::Writer writer(body);
  writer.begin_map(has_message ? 2 : 1);
  writer.key("__type");
  writer.text(name(error.type));
  if (has_message) {
    writer.key(message_key);
    writer.text(error.message);
  }
  writer.end_map();
  return body;
}

}  // namespace kinesisd::protocol
