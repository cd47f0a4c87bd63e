#include "protocol/encode.hpp"

namespace kinesisd::protocol {

namespace {

template <class Writer>
void write_error(const Error& error, Writer&& writer) {
  const std::string_view message_key =
      error.type == ErrorType::SerializationException ? "Message" : "message";
  const bool has_message = !error.message.empty();
  writer.begin_map(has_message ? 2 : 1);
  writer.key("__type");
  writer.text(name(error.type));
  if (has_message) {
    writer.key(message_key);
    writer.text(error.message);
  }
  writer.end_map();
}

}  // namespace

std::string encode_error(const Error& error, Encoding encoding) {
  std::string body;
  if (encoding == Encoding::cbor) {
    write_error(error, cbor::Writer(body));
  } else {
    write_error(error, json::Writer(body));
  }
  return body;
}

}  // namespace kinesisd::protocol
