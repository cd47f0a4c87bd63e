// What comes of a client's HTTP/2 frames: requests, or their refusal.
#include <algorithm>
#include <charconv>
#include <utility>

#include "server/net/http1_parser.hpp"
#include "server/net/http2_engine.hpp"

namespace kinesisd::server {

namespace {

constexpr std::size_t first_body_bytes = 4096;

}  // namespace

bool Http2Engine::affords_header(std::size_t bytes) {
  const Limits& bounds = host_.limits();
  block_bytes_ += bytes;
  if (block_bytes_ > bounds.http2_decoded_header_bytes) return false;
  return block_bytes_ <= bounds.http2_ordinary_header_bytes ||
         !large_headers_.exceeds(bounds.http2_large_header_bytes_per_second, bytes);
}

void Http2Engine::on_header(Stream& stream, std::string_view name, std::string_view value) {
  if (stream.state != State::receiving) return;
  if (block_bytes_ > host_.limits().header_bytes) {
    Response too_large;
    too_large.status = 431;
    refuse(stream, std::move(too_large));
  } else if (name == ":method") {
    stream.request.method = value;
    stream.is_head = value == "HEAD";
  } else if (name == ":path") {
    split_target(value, stream.request);
  } else if (name == ":authority") {
    if (keeps_header("host")) stream.request.headers.push_back({"host", std::string(value)});
  } else if (name == "content-length") {
    std::uint64_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    if (length > host_.limits().body_bytes) {
      refuse(stream, host_.service().body_too_large());
    } else {
      stream.announced_bytes = static_cast<std::size_t>(length);
    }
  } else if (name == "expect") {
    stream.expects_continue = value == "100-continue";
  }
  if (stream.state != State::receiving) return;
  const bool kept = every_header_ ? !name.starts_with(':') : keeps_header(name);
  if (kept) stream.request.headers.push_back({std::string(name), std::string(value)});
}

void Http2Engine::on_headers_end(Stream& stream) {
  if (stream.state != State::receiving || !std::exchange(stream.expects_continue, false)) return;
  constexpr std::string_view status = ":status";
  constexpr std::string_view value = "100";
  const auto bytes = [](std::string_view text) {  // nghttp2 copies them
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  const nghttp2_nv go_on = {bytes(status), bytes(value), status.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id, nullptr, &go_on, 1, nullptr);
}

void Http2Engine::on_body(Stream& stream, std::string_view bytes) {
  if (stream.state != State::receiving) return;  // refused; nghttp2 resets it once the answer is out
  ++progress_;
  std::string& body = stream.request.body;
  const std::size_t needed = body.size() + bytes.size();
  if (needed > host_.limits().body_bytes) return refuse(stream, host_.service().body_too_large());
  if (needed > stream.in_flight.bytes()) {
    // For what has arrived: an announcement costs a client nothing.
    std::size_t room = std::max({needed, 2 * stream.in_flight.bytes(), first_body_bytes});
    if (stream.announced_bytes >= needed) room = std::min(room, stream.announced_bytes);
    if (!stream.in_flight.grow_to(room)) return refuse(stream, host_.service().overloaded());
    body.reserve(room);
  }
  body += bytes;
}

void Http2Engine::on_request_end(Stream& stream) {
  if (stream.state != State::receiving) return;
  // A client that resets its streams frees their places, but not what the service still works on.
  if (in_service_ >= 2 * host_.limits().streams_per_connection) {
    count_refusal();
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_REFUSED_STREAM);
    return;
  }
  ++progress_;
  ++in_service_;
  set_state(stream, State::in_service);
  ready_.push_back({stream.id, std::move(stream.request)});
}

}  // namespace kinesisd::server
