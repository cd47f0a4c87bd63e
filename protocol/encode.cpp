#include "protocol/encode.hpp"

namespace kinesisd::protocol {

namespace {

template <class Writer>
void write_error(std::string_view type, std::string_view message, Writer&& writer) {
  const std::string_view message_key =
      type == name(ErrorType::SerializationException) ? "Message" : "message";
  const bool has_message = !message.empty();
  writer.begin_map(has_message ? 2 : 1);
  writer.key("__type");
  writer.text(type);
  if (has_message) {
    writer.key(message_key);
    writer.text(message);
  }
  writer.end_map();
}

}  // namespace

std::string encode_error(const Error& error, Encoding encoding) {
  return encode_error(name(error.type), error.message, encoding);
}

std::string encode_error(std::string_view type, std::string_view message, Encoding encoding) {
  std::string body;
  if (encoding == Encoding::cbor) {
    write_error(type, message, cbor::Writer(body));
  } else {
    write_error(type, message, json::Writer(body));
  }
  return body;
}

}  // namespace kinesisd::protocol
