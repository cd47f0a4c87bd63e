#include "protocol/event_stream.hpp"

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cstdint>
#include <utility>

namespace kinesisd::protocol::event_stream {

namespace {

constexpr std::size_t word_bytes = 4;
constexpr std::size_t prelude_bytes = 3 * word_bytes;  // both lengths and their checksum
constexpr char string_header = 7;                      // the type of the only headers the service uses

unsigned char* bytes_at(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data() + at);
}

std::uint32_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

// Header names are short and values are short: lengths of one and of two bytes.
void append(std::string& out, const Frame::Header& header) {
  out += static_cast<char>(header.name.size());
  out += header.name;
  out += string_header;
  const std::size_t at = out.size();
  out.resize(at + sizeof(std::uint16_t));
  boost::endian::store_big_u16(bytes_at(out, at), static_cast<std::uint16_t>(header.value.size()));
  out += header.value;
}

}  // namespace

Frame::Frame(std::initializer_list<Header> headers) {
  bytes_.resize(prelude_bytes);
  for (const Header& header : headers) append(bytes_, header);
  header_bytes_ = bytes_.size() - prelude_bytes;
}

std::string Frame::finish() && {
  const std::size_t total = bytes_.size() + word_bytes;
  boost::endian::store_big_u32(bytes_at(bytes_, 0), static_cast<std::uint32_t>(total));
  boost::endian::store_big_u32(bytes_at(bytes_, word_bytes), static_cast<std::uint32_t>(header_bytes_));
  const std::uint32_t of_prelude = checksum(std::string_view(bytes_).substr(0, 2 * word_bytes));
  boost::endian::store_big_u32(bytes_at(bytes_, 2 * word_bytes), of_prelude);
  const std::uint32_t of_all = checksum(bytes_);
  bytes_.resize(total);
  boost::endian::store_big_u32(bytes_at(bytes_, total - word_bytes), of_all);
  return std::move(bytes_);
}

std::string initial_response() {
  Frame frame({{":event-type", "initial-response"},
               {":content-type", "application/x-amz-json-1.1"},
               {":message-type", "event"}});
  frame.payload() += "{}";
  return std::move(frame).finish();
}

std::string exception(const Error& error) {
  // The only type that has another name here than in an answer.
  const std::string_view type =
      error.type == ErrorType::InternalFailure ? "InternalFailureException" : name(error.type);
  Frame frame(
      {{":exception-type", type}, {":content-type", "application/json"}, {":message-type", "exception"}});
  json::Writer writer(frame.payload());
  writer.begin_map(1);
  writer.key("message");
  writer.text(error.message);
  writer.end_map();
  return std::move(frame).finish();
}

}  // namespace kinesisd::protocol::event_stream
