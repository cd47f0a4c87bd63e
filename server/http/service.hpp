// What sessions call: one request in, one answer out. Sessions know nothing of operations, operations nothing
// of sessions.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/http/http_message.hpp"

namespace kinesisd::server {

// What becomes of connections, for whoever counts it.
enum class ConnectionEvent { opened, refused, closed, handshake, handshake_failed };
inline constexpr std::size_t connection_events = 5;

class Service {
 public:
  virtual ~Service() = default;

  // Answers one request on the calling I/O thread; suspends while a commit or a disk read is awaited. Never
  // throws: a bug becomes the bare InternalFailure. May run concurrently for many requests of one connection.
  virtual boost::asio::awaitable<Response> answer(Request request) = 0;

  // Whether `answer` reads all headers and not only those that `keeps_header` names. Always the same.
  virtual bool reads_every_header() const { return false; }

  // Any I/O thread.
  virtual void note(ConnectionEvent /*event*/) {}

  // What a body over limits.body_bytes is answered with: 413, no request id.
  virtual Response body_too_large() const = 0;
  // The JSON ServiceUnavailable (503) for a request there is no room for.
  virtual Response overloaded() const = 0;
};

}  // namespace kinesisd::server
