// Every bound of the server, by name. Used by the code, the tests and the README.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kinesisd::server {

struct Limits {
  std::size_t body_bytes = 16U << 20;         // a larger body is answered 413
  std::size_t header_bytes = 64U << 10;       // all header lines of one request together
  std::size_t drain_bytes = 64U << 20;        // of a refused body, read so that the client sees its answer
  std::size_t connections = 4096;             // further ones are closed at once
  std::size_t streams_per_connection = 2048;  // HTTP/2 MAX_CONCURRENT_STREAMS
  // Bodies that have been received or are being answered. One connection may hold so many of them, and no
  // more than it leaves to all others; beyond: 503 ServiceUnavailable, and HTTP/2 requests wait first. What
  // is small always finds room.
  std::size_t in_flight_bytes = 512U << 20;
  std::size_t connection_bytes = 128U << 20;
  std::size_t small_request_bytes = 64U << 10;      // all that one connection holds
  std::size_t small_answer_bytes = 256U << 10;      // larger than any that tells of something done
  std::size_t policy_bytes = 20U << 10;             // of a resource policy, IAM's limit for most services
  std::chrono::milliseconds tls_handshake{20'000};  // from its first bytes to its last
  std::chrono::milliseconds tls_silence{2'000};     // a client gone by then has not liked our certificate
  std::size_t tls_certificates = 256;               // for names clients ask for; beyond: signed again
  std::chrono::milliseconds idle{180'000};          // a connection with nothing going on
  std::chrono::milliseconds slow_request{60'000};   // between two bytes of a request
  std::chrono::milliseconds transfer{300'000};  // from the first byte of a request, or answer, to its last
  std::chrono::milliseconds write_stalled{60'000};        // a client that does not read its answer
  std::chrono::milliseconds stalled_subscriber{300'000};  // a client that does not read its events
  std::chrono::milliseconds idle_event{5'000};            // a subscription without news is told so
  std::chrono::milliseconds before_stream{5};             // from a SubscribeToShard to its answer's head
  std::chrono::milliseconds linger{1'000};                // for a client to close after our goodbye
  std::chrono::milliseconds shutdown{10'000};             // what is in flight gets this long after SIGTERM
  std::uint32_t http2_window_bytes = 1U << 20;            // per stream, what a client may send ahead
  std::uint32_t http2_connection_window_bytes = 4U << 20;
  std::size_t http2_queued_frames = 1000;      // control frames waiting for a client that does not read
  std::size_t http2_resets_per_second = 400;   // streams a client may reset before it gets GOAWAY
  std::size_t http2_refused_streams = 20'000;  // a second, or waiting to be told so, likewise
  // Headers as they are once decompressed, where a byte may stand for thousands: of one request that is
  // answered 431, and a second of the requests that have more than is ordinary; beyond: GOAWAY.
  std::size_t http2_decoded_header_bytes = 256U << 10;
  std::size_t http2_ordinary_header_bytes = 8U << 10;
  std::size_t http2_large_header_bytes_per_second = 16U << 20;
  std::size_t http2_control_per_second = 1000;  // SETTINGS, PING and PRIORITY of one client, likewise
  std::size_t rate_buckets = 10'000;       // streams and operations whose calls are counted (--limits all)
  std::size_t forwards = 256;              // calls for other services under way (--forward); beyond: 503
  std::size_t forward_bytes = 256U << 20;  // of their answers together; beyond: 503
  std::size_t forward_answer_bytes = 64U << 20;      // of one of them; beyond: 502
  std::chrono::milliseconds forward_connect{5'000};  // until the other server takes the connection
  std::chrono::milliseconds forward{60'000};         // and until its answer is complete
  std::size_t metric_resources = 1'000;              // streams, shards and consumers that /metrics tells of
  std::size_t disk_reads_queued = 256;  // blocking reads waiting for a thread; beyond: 503 ServiceUnavailable
};

inline constexpr Limits limits{};

}  // namespace kinesisd::server
