// The frames of an event stream, application/vnd.amazon.eventstream: how SubscribeToShard answers. Payloads
// are JSON whatever the request was in. Knows no operation and no HTTP.
// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "protocol/encode.hpp"
#include "protocol/error.hpp"

namespace kinesisd::protocol::event_stream {

inline constexpr std::string_view content_type = "application/vnd.amazon.eventstream";

// One message being written: the headers first, then whatever is appended to `payload`.
class Frame {
 public:
  struct Header {
    std::string_view name;
    std::string_view value;
  };

  explicit Frame(std::initializer_list<Header> headers);

  // To append to only.
  std::string& payload() { return bytes_; }
  // The whole message, lengths and checksums included.
  std::string finish() &&;

 private:
  std::string bytes_;
  std::size_t header_bytes_ = 0;
};

// What every stream begins with.
std::string initial_response();

// A message with one event, which has a name of its own.
template <class Event>
std::string event(const Event& value) {
  Frame frame(
      {{":event-type", Event::name}, {":content-type", "application/json"}, {":message-type", "event"}});
  json::Writer writer(frame.payload());
  write(value, writer);
  return std::move(frame).finish();
}

// What a stream ends with when it fails.
std::string exception(const Error& error);

}  // namespace kinesisd::protocol::event_stream
