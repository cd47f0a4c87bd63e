// HTTP/2 by hand: frames as bytes, also such as no client library would send, and what the engine says to
// them as one line of text.
#pragma once

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/http2_engine.hpp"
#include "tests/unit/server/net/net_support.hpp"

namespace kinesisd::server::test {

inline std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

constexpr std::uint8_t no_flags = 0;
constexpr std::uint8_t end_stream = NGHTTP2_FLAG_END_STREAM;
constexpr std::uint8_t end_headers = NGHTTP2_FLAG_END_HEADERS;
constexpr std::uint8_t whole_request = end_stream | end_headers;

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                         std::string_view payload) {
  return big_endian(payload.size(), 3) + static_cast<char>(type) + static_cast<char>(flags) +
         big_endian(stream, 4) + std::string(payload);
}

inline std::string data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = end_stream) {
  return frame(NGHTTP2_DATA, flags, stream, bytes);
}
inline std::string headers(std::uint32_t stream, std::string_view block, std::uint8_t flags = whole_request) {
  return frame(NGHTTP2_HEADERS, flags, stream, block);
}
inline std::string continuation(std::uint32_t stream, std::string_view block, std::uint8_t flags) {
  return frame(NGHTTP2_CONTINUATION, flags, stream, block);
}
inline std::string reset(std::uint32_t stream, std::uint32_t error = NGHTTP2_CANCEL) {
  return frame(NGHTTP2_RST_STREAM, no_flags, stream, big_endian(error, 4));
}
inline std::string settings(std::string_view entries = {}, std::uint8_t flags = no_flags) {
  return frame(NGHTTP2_SETTINGS, flags, 0, entries);
}
inline std::string setting(std::uint16_t id, std::uint32_t value) {
  return big_endian(id, 2) + big_endian(value, 4);
}
inline std::string window(std::uint32_t stream, std::uint32_t bytes) {
  return frame(NGHTTP2_WINDOW_UPDATE, no_flags, stream, big_endian(bytes, 4));
}
inline std::string ping(std::string_view eight_bytes, std::uint8_t flags = no_flags) {
  return frame(NGHTTP2_PING, flags, 0, eight_bytes);
}
inline std::string goodbye(std::uint32_t last_stream, std::uint32_t error = NGHTTP2_NO_ERROR) {
  return frame(NGHTTP2_GOAWAY, no_flags, 0, big_endian(last_stream, 4) + big_endian(error, 4));
}

// HPACK without its table: a length of 127 or more goes on in further bytes.
inline std::string hpack_string(std::string_view text) {
  std::string out;
  std::size_t left = text.size();
  if (left < 127) return static_cast<char>(left) + std::string(text);
  out += '\x7F';
  for (left -= 127; left >= 128; left /= 128) out += static_cast<char>(left % 128 + 128);
  out += static_cast<char>(left);
  return out + std::string(text);
}
inline std::string literal(std::string_view name, std::string_view value) {
  return '\0' + hpack_string(name) + hpack_string(value);
}

inline const std::string post = "\x83";          // :method
inline const std::string over_http = "\x86";     // :scheme
inline const std::string root = "\x84";          // :path
inline const std::string to_host = "\x01\x01h";  // :authority
inline const std::string request_block = post + over_http + root + to_host;

inline const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// What the engine sends, frame by frame.
class Listening {
 public:
  Listening() { nghttp2_hd_inflate_new(&inflater_); }
  ~Listening() { nghttp2_hd_inflate_del(inflater_); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  // `RST 1 CANCEL; 200 on 3: body; GOAWAY NO_ERROR`, bodies once they are whole. Of settings, windows and the
  // like there is nothing to say.
  void hear(std::string_view bytes) {
    constexpr std::size_t head_bytes = 9;
    pending_ += bytes;
    while (pending_.size() >= head_bytes) {
      const std::size_t size = number(pending_, 0, 3);
      if (pending_.size() < head_bytes + size) return;
      const std::string payload = pending_.substr(head_bytes, size);
      take(static_cast<std::uint8_t>(pending_[3]), static_cast<std::uint8_t>(pending_[4]),
           static_cast<std::uint32_t>(number(pending_, 5, 4)), payload);
      pending_.erase(0, head_bytes + size);
    }
  }

  std::string heard;
  std::map<std::uint32_t, std::size_t> windows;  // given by the server, by stream
  std::map<std::uint32_t, std::string> bodies;
  std::string pongs;
  std::size_t announced_streams = 0;  // the server's MAX_CONCURRENT_STREAMS

 private:
  static std::size_t number(std::string_view bytes, std::size_t at, std::size_t count) {
    std::size_t value = 0;
    for (std::size_t i = at; i < at + count; ++i) value = value * 256 + static_cast<unsigned char>(bytes[i]);
    return value;
  }
  void say(const std::string& what) { heard += (heard.empty() ? "" : "; ") + what; }
  static std::string error_name(std::size_t code) {
    return nghttp2_http2_strerror(static_cast<std::uint32_t>(code));
  }

  void take(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, const std::string& payload) {
    if (type == NGHTTP2_HEADERS) statuses_[stream] = status_in(payload);
    if (type == NGHTTP2_DATA) bodies[stream] += payload;
    if ((type == NGHTTP2_HEADERS || type == NGHTTP2_DATA) && (flags & end_stream) != 0) {
      const std::string& body = bodies[stream];
      say(fmt::format("{} on {}{}{}", statuses_[stream], stream, body.empty() ? "" : ": ",
                      body.size() > 200 ? fmt::format("{} bytes", body.size()) : body));
    }
    if (type == NGHTTP2_RST_STREAM) say(fmt::format("RST {} {}", stream, error_name(number(payload, 0, 4))));
    if (type == NGHTTP2_GOAWAY) say(fmt::format("GOAWAY {}", error_name(number(payload, 4, 4))));
    if (type == NGHTTP2_WINDOW_UPDATE) windows[stream] += number(payload, 0, 4);
    constexpr std::size_t setting_bytes = 6;
    for (std::size_t at = 0; type == NGHTTP2_SETTINGS && at < payload.size(); at += setting_bytes) {
      if (number(payload, at, 2) == NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS) {
        announced_streams = number(payload, at + 2, 4);
      }
    }
    if (type == NGHTTP2_PING && flags == NGHTTP2_FLAG_ACK) pongs += payload;
  }

  std::string status_in(std::string_view block) {
    std::string status;
    while (true) {
      nghttp2_nv field{};
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(
          inflater_, &field, &flags, reinterpret_cast<const std::uint8_t*>(block.data()), block.size(), 1);
      if (used < 0) return "unreadable";
      block.remove_prefix(static_cast<std::size_t>(used));
      const std::string_view name(reinterpret_cast<const char*>(field.name), field.namelen);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && name == ":status") {
        status.assign(reinterpret_cast<const char*>(field.value), field.valuelen);
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return status;
  }

  nghttp2_hd_inflater* inflater_ = nullptr;
  std::string pending_;
  std::map<std::uint32_t, std::string> statuses_;
};

// An engine whose service answers at once with `POST / [body]`, or with what `answer` makes of the request.
class RawTalk {
 public:
  explicit RawTalk(const Limits& limit_values = limits)
      : bounds(std::make_shared<SharedBounds>(limit_values)),
        host(std::make_shared<SessionHost>(context_.get_executor(), service_, log_, bounds)),
        engine(std::make_unique<Http2Engine>(*host)) {}

  // Begins as every client does.
  void begin(std::string_view entries = {}) {
    say(preface + settings(entries) + settings({}, NGHTTP2_FLAG_ACK));
  }

  // Sends bytes, `at_a_time` of them; returns all that has been heard since the beginning.
  const std::string& say(std::string_view bytes, std::size_t at_a_time = std::string_view::npos) {
    do {
      engine->receive(bytes.substr(0, at_a_time));
      bytes.remove_prefix(std::min(at_a_time, bytes.size()));
      for (Http2Engine::Ready& ready : engine->take_ready()) {
        engine->answer(ready.stream, answer(std::move(ready.request)));
      }
      for (std::string out; engine->fill(out, 1000), !out.empty(); out.clear()) listening.hear(out);
    } while (!bytes.empty());
    return listening.heard;
  }

  std::function<Response(Request)> answer = [](Request request) {
    Response response;
    response.body = request.method + " " + request.path;
    if (!request.body.empty()) response.body += " [" + request.body + "]";
    return response;
  };

 private:
  boost::asio::io_context context_;
  StubService service_;
  std::ostringstream log_text_;
  Log log_{LogLevel::info, LogFormat::text, log_text_};

 public:
  std::shared_ptr<SharedBounds> bounds;
  std::shared_ptr<SessionHost> host;
  std::unique_ptr<Http2Engine> engine;
  Listening listening;
};

}  // namespace kinesisd::server::test
