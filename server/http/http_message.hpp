// A request and its answer as every session sees them, whatever the client speaks. No sockets.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinesisd::server {

struct Header {
  std::string name;  // lower case in requests
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

// The two random headers that mark every answer of AWS.
struct RequestIds {
  std::string id;    // 36 characters, shaped like a UUID: x-amzn-RequestId
  std::string id_2;  // Base64 of 72 bytes: x-amz-id-2
};
enum class HttpVersion : std::uint8_t { http10, http11, http2 };
inline constexpr std::size_t http_versions = 3;

struct Request {
  std::string method;
  std::string path;             // without the query
  std::string query;            // without the question mark
  std::vector<Header> headers;  // in the order received; see Service::reads_every_header
  std::string body;
  bool over_tls = false;
  RequestIds ids = {};         // the service's: sessions leave them empty
  bool from_loopback = false;  // the peer is on this machine
  HttpVersion version = HttpVersion::http11;
  const std::string* client = nullptr;  // ADDR:PORT, the session's; nullptr: nobody can tell

  // The first header of this lower-case name, or nullptr.
  const std::string* header(std::string_view name) const {
    auto found =
        std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return h.name == name; });
    return found == headers.end() ? nullptr : &found->value;
  }
};

// Headers that anything above a session reads; sessions drop all others, unless the service wants every one.
// `name` is lower case.
bool keeps_header(std::string_view name);

// A body that comes into being while it is sent, for as long as that takes. Everything happens on the
// connection's thread.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next bytes, when there are any; none: the body is complete. Asked again once those are sent. Never
  // throws, and is not asked twice at a time.
  virtual boost::asio::awaitable<std::string> next() = 0;
  // The client has gone or the server stops: `next` soon has nothing more.
  virtual void stop() = 0;
  // Asked when there is nothing more: the body ends here without being complete, and the connection breaks.
  virtual bool is_broken_off() const { return false; }
};

// Content-Length and Date (HTTP/1.1: also Connection) are the session's, which also lower-cases header names
// where the protocol wants it.
struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  bool chunked_empty = false;  // 413 answers `Transfer-Encoding: chunked` and no body, as AWS does
  std::shared_ptr<BodySource> source = {};  // set: the body, in place of `body`
  bool reset = false;  // there is no answer: the connection breaks, and all that is on it
};

}  // namespace kinesisd::server
