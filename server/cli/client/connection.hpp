// One connection to a server, in plain text or over TLS, that blocks no longer than it is allowed to. Knows
// no HTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/endpoint.hpp"
#include "server/net/tls/openssl.hpp"

namespace kinesisd::server::client {

using Deadline = std::chrono::steady_clock::time_point;

// Why there is no answer, as a sentence without its full stop.
struct ConnectionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One that another attempt would not change.
struct LastingError : ConnectionError {
  using ConnectionError::ConnectionError;
};

// The other side has not answered the beginning of TLS in TLS.
struct NoTlsError : ConnectionError {
  using ConnectionError::ConnectionError;
};

// The person or the system wants the program to end.
struct Interrupted : std::exception {};

// Whom to trust on TLS.
struct Trust {
  std::optional<std::string> bundle;  // a PEM file; unset: whom this system trusts
  std::string also_pem;               // certificates trusted besides, in PEM form
};

class Connection {
 public:
  // Throws ConnectionError. `interrupt`: a file whose being readable throws Interrupted, here and in every
  // wait; -1: none.
  Connection(const Endpoint& endpoint, const Trust& trust, Deadline deadline, int interrupt = -1);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // All of `bytes`. Throws ConnectionError.
  void write(std::string_view bytes, Deadline deadline);
  // Some bytes; 0: the other side has finished. Throws ConnectionError.
  std::size_t read(char* into, std::size_t size, Deadline deadline);

  // The other side has closed, or said what was not asked for: nothing more can be sent.
  bool is_stale() const;

 private:
  bool connect_to(const std::string& address, Deadline deadline);
  void begin_tls(const Trust& trust, Deadline deadline);
  // Until OpenSSL has what it asked for; throws for any other result.
  void wait_for_tls(int result, Deadline deadline);
  void wait(short events, Deadline deadline) const;

  Endpoint endpoint_;
  int interrupt_;
  int socket_ = -1;
  std::string reason_;  // of the last address that refused
  tls::ContextPtr context_;
  tls::SslPtr tls_;
};

// Waits for `interrupt` until the deadline; throws Interrupted.
void pause_until(Deadline deadline, int interrupt);

}  // namespace kinesisd::server::client
