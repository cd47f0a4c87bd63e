// A connection from its first byte to its last: looks at what the client speaks and runs that session.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "server/net/http1_session.hpp"
#include "server/net/http2_session.hpp"
#include "server/net/session_host.hpp"
#include "server/net/stream.hpp"

namespace kinesisd::server {

enum class Spoken { undecided, http1, http2, tls };

// What the first bytes of a connection say. HTTP/1.1 unless they are the beginning of something else.
inline Spoken spoken(std::string_view first_bytes) {
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  constexpr char tls_handshake = 0x16;
  if (first_bytes.empty()) return Spoken::undecided;
  if (first_bytes.front() == tls_handshake) return Spoken::tls;
  const std::size_t compared = std::min(first_bytes.size(), preface.size());
  if (first_bytes.substr(0, compared) != preface.substr(0, compared)) return Spoken::http1;
  return compared == preface.size() ? Spoken::http2 : Spoken::undecided;
}

// Waits for enough bytes to tell what the client speaks. Lives in a coroutine's frame.
template <class Stream>
class Greeting final : public Connection {
 public:
  Greeting(Stream& stream, SessionHost& host) : Connection(host), stream_(stream), host_(host) {}

  // Undecided: the client has gone.
  boost::asio::awaitable<Spoken> listen(boost::beast::flat_buffer& buffer) {
    constexpr std::size_t read_bytes = 8U << 10;
    Spoken result = Spoken::undecided;
    while (result == Spoken::undecided && !host_.stopping()) {
      expect_within(buffer.size() == 0 ? host_.limits().idle : host_.limits().slow_request);
      const auto [error, size] = co_await stream_.async_read_some(buffer.prepare(read_bytes), nothrow);
      if (error) break;
      buffer.commit(size);
      result = spoken(view(buffer));
    }
    co_return result;
  }

  static std::string_view view(const boost::beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  void stop_soon() override { abandon(); }
  void abandon() override { close_stream(stream_); }

 private:
  Stream& stream_;
  SessionHost& host_;
};

// Serves one client to the end.
template <class Stream>
boost::asio::awaitable<void> serve(Stream stream, std::shared_ptr<SessionHost> host, ConnectionPlace place) {
  boost::beast::flat_buffer received;
  Spoken speaks = Spoken::undecided;
  {
    Greeting greeting(stream, *host);
    // NOLINTNEXTLINE(bugprone-use-after-move): the check takes a coroutine's own copy of `place` for a use.
    speaks = co_await greeting.listen(received);
  }
  if (speaks == Spoken::http1) {
    Http1Session session(stream, *host, std::move(received));
    co_await session.run();
  } else if (speaks == Spoken::http2) {
    const auto session = std::make_shared<Http2Session<Stream>>(std::move(stream), host, std::move(place));
    co_await session->run(Greeting<Stream>::view(received));
  } else if (speaks == Spoken::tls) {
    host->log().info("A client speaks TLS to this plain-text port; use http:// instead of https://.");
  }
}

}  // namespace kinesisd::server
