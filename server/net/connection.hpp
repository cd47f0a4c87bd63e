// A connection from its first byte to its last: looks at what the client speaks and runs that session.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/net/http1_session.hpp"
#include "server/net/http2_session.hpp"
#include "server/net/session_host.hpp"
#include "server/net/stream.hpp"
#include "server/net/tls/tls.hpp"
#include "server/net/tls_stream.hpp"

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

inline std::string_view view(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
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
      if (buffer.size() > 0 && !in_transfer()) begin_transfer();
      expect_within(buffer.size() == 0 ? host_.limits().idle : host_.limits().slow_request);
      const auto [error, size] = co_await stream_.async_read_some(buffer.prepare(read_bytes), nothrow);
      if (error) break;
      buffer.commit(size);
      result = spoken(view(buffer));
    }
    co_return result;
  }

  void stop_soon() override { abandon(); }
  void abandon() override { close_stream(stream_); }

 private:
  Stream& stream_;
  SessionHost& host_;
};

// The check takes a coroutine's own copies of its arguments for uses of what was moved into them.
// NOLINTBEGIN(bugprone-use-after-move)

// Serves one client to the end in the protocol it speaks.
template <class Stream>
boost::asio::awaitable<void> serve_as(Spoken speaks, Stream stream, std::shared_ptr<SessionHost> host,
                                      ConnectionPlace place, boost::beast::flat_buffer received) {
  if (speaks == Spoken::http2) {
    const auto session = std::make_shared<Http2Session<Stream>>(std::move(stream), host, std::move(place));
    co_await session->run(view(received));
  } else if (speaks == Spoken::http1) {
    std::optional<H2cUpgrade> upgrade;
    {
      Http1Session session(stream, *host, std::move(received));
      co_await session.run();
      upgrade = session.take_upgrade(received);
    }
    if (!upgrade) co_return;
    const auto session = std::make_shared<Http2Session<Stream>>(std::move(stream), host, std::move(place));
    session->begin_with(*std::move(upgrade));
    co_await session->run(view(received));
  }
}

template <class Stream>
boost::asio::awaitable<Spoken> listen(Stream& stream, SessionHost& host,
                                      boost::beast::flat_buffer& received) {
  Greeting greeting(stream, host);
  co_return co_await greeting.listen(received);
}

// Agrees on TLS within its time. Lives in a coroutine's frame.
template <class Stream>
class Handshake final : public Connection {
 public:
  Handshake(TlsStream<Stream>& stream, SessionHost& host) : Connection(host), stream_(stream), host_(host) {}

  // False: it failed, and the log says why.
  boost::asio::awaitable<bool> run() {
    expect_within(host_.limits().tls_handshake);  // for all of it, however busy the client is
    const boost::system::error_code error = co_await stream_.handshake();
    host_.service().note(error ? ConnectionEvent::handshake_failed : ConnectionEvent::handshake);
    if (error) explain();
    co_return !error;
  }

  void stop_soon() override { abandon(); }
  void abandon() override {
    gave_up_ = !host_.stopping();
    stream_.close();
  }

 private:
  void explain() {
    constexpr auto problem = "A client's TLS handshake failed: {}.";
    const unsigned long error = stream_.engine().error();
    if (error != 0) {
      host_.log().warn(problem, tls::explain(error, *host_.tls()));
    } else if (gave_up_) {
      host_.log().warn(problem, "it did not end in time; see what holds the client up");
    } else if (stream_.has_spoken() && !host_.stopping()) {
      host_.log().warn(problem, tls::explain_silence(*host_.tls()));
    } else {
      host_.log().info(problem, "the client closed the connection before the end");
    }
  }

  TlsStream<Stream>& stream_;
  SessionHost& host_;
  bool gave_up_ = false;
};

template <class Stream>
boost::asio::awaitable<void> serve_tls(Stream stream, std::shared_ptr<SessionHost> host,
                                       ConnectionPlace place, boost::beast::flat_buffer received) {
  TlsStream<Stream> encrypted(std::move(stream), host->tls()->accept(), view(received));
  received = {};
  {
    Handshake<Stream> handshake(encrypted, *host);
    const bool agreed = co_await handshake.run();
    if (!agreed) co_return;
  }
  encrypted.if_left_silently(host->limits().tls_silence, [host] {
    host->log().info("A client closed its TLS connection: {}.", tls::explain_silence(*host->tls()));
  });
  const std::string_view agreed_on = encrypted.engine().protocol();
  Spoken speaks = agreed_on == "h2" ? Spoken::http2 : Spoken::http1;
  if (agreed_on.empty()) speaks = co_await listen(encrypted, *host, received);
  if (speaks == Spoken::tls) speaks = Spoken::http1;  // which refuses it
  co_await serve_as(speaks, std::move(encrypted), host, std::move(place), std::move(received));
}

// Serves one client to the end.
template <class Stream>
boost::asio::awaitable<void> serve(Stream stream, std::shared_ptr<SessionHost> host, ConnectionPlace place) {
  boost::beast::flat_buffer received;
  const Spoken speaks = co_await listen(stream, *host, received);
  if (speaks == Spoken::tls && host->tls() != nullptr) {
    co_await serve_tls(std::move(stream), host, std::move(place), std::move(received));
  } else if (speaks == Spoken::tls) {
    host->log().info(
        "A client speaks TLS, which is off; use http:// instead of https://, or leave out --tls off.");
  } else {
    co_await serve_as(speaks, std::move(stream), host, std::move(place), std::move(received));
  }
}

// NOLINTEND(bugprone-use-after-move)

}  // namespace kinesisd::server
