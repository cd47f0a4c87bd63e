// Every bound of the server, by name. Used by the code, the tests and the README.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kinesisd::server {

struct Limits {
  std::size_t body_bytes = 16U << 20;         // a larger body is answered 413
  std::size_t header_bytes = 64U << 10;       // all header lines of one request together
  std::size_t connections = 4096;             // further ones are closed at once
  std::size_t streams_per_connection = 2048;  // HTTP/2 MAX_CONCURRENT_STREAMS
  std::size_t pipelined_requests = 64;        // HTTP/1.1 requests read ahead on one connection
  std::size_t in_flight_bytes =
      512U << 20;                         // bodies being received or answered; beyond: 503 ServiceUnavailable
  std::chrono::seconds idle{180};         // a connection with nothing going on
  std::chrono::seconds slow_request{60};  // from a request's first byte to its last, unless bytes keep coming
  std::chrono::seconds write_stalled{60};       // a client that does not read its answer
  std::chrono::seconds shutdown{10};            // what is in flight gets this long after SIGTERM
  std::uint32_t http2_window_bytes = 1U << 20;  // per stream, what a client may send ahead
  std::uint32_t http2_connection_window_bytes = 4U << 20;
  std::size_t http2_queued_frames = 1000;     // control frames waiting for a client that does not read
  std::size_t http2_resets_per_second = 400;  // streams a client may reset before it gets GOAWAY
};

inline constexpr Limits limits{};

}  // namespace kinesisd::server
