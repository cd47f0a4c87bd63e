// What is counted of requests, by operation: each I/O thread counts its own, whoever asks adds them up. Knows
// no HTTP.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/http/http_message.hpp"
#include "server/metrics/count.hpp"

namespace kinesisd::server::metrics {

// All operations and, last, `none`: what was refused before it was known to be one.
inline constexpr std::size_t operations_max = 64;
std::size_t operation_count();
std::string_view operation_name(std::size_t index);

// The types of errors, and one more for success.
inline constexpr std::size_t error_types =
    static_cast<std::size_t>(protocol::ErrorType::ValidationException) + 1;
inline constexpr std::size_t succeeded = error_types;

struct OperationCounts {
  Count started;
  std::array<Count, error_types + 1> answered;
  Durations micros;
  Count bytes_in;
  Count bytes_out;
};

// Of one thread.
struct alignas(64) RequestCounts {
  std::array<OperationCounts, operations_max> operations;
  std::array<Count, http_versions> plain;      // by version
  std::array<Count, http_versions> encrypted;  // the same, through TLS
  Count event_bytes;                           // of subscriptions
};

// One request from its beginning to its end. For the thread that began it.
class Measured {
 public:
  // `counts` may be nullptr: nothing is counted. Outlived by them.
  Measured(RequestCounts* counts, const Request& request);
  ~Measured();
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  // The request is one for this operation. From here to its end it is in flight, and by then it has failed
  // unless something else was said.
  void begin(std::string_view operation);
  void end(std::optional<protocol::ErrorType> error);  // nullopt: success
  // It ends before it has begun. `operation`: the one asked for, or anything else where none was.
  void refuse(std::string_view operation, protocol::ErrorType error);

  void sent(std::size_t bytes) { bytes_out_ = bytes; }
  std::chrono::microseconds taken() const;  // so far
  std::size_t bytes_in() const { return bytes_in_; }
  std::size_t bytes_out() const { return bytes_out_; }

 private:
  void count();

  RequestCounts* counts_;
  std::chrono::steady_clock::time_point begun_;
  std::size_t bytes_in_;
  std::size_t bytes_out_ = 0;
  std::optional<std::size_t> operation_;  // index; unset: not an operation's
  std::size_t code_;
};

}  // namespace kinesisd::server::metrics
