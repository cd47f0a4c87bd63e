// TLS without I/O, the server's side of one connection: the client's bytes in, what they mean out, and the
// other way round. Knows no sockets and no HTTP.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/tls/openssl.hpp"

namespace kinesisd::server {

// Stays where it is: OpenSSL points into it.
class TlsEngine {
 public:
  enum class Step {
    done,
    needs_bytes,  // from the client
    ended,        // by the client, in order
    failed        // there may be an alert to be sent
  };

  // `received` is what the client has sent so far.
  TlsEngine(tls::SslPtr ssl, std::string_view received);
  ~TlsEngine() = default;
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // Room for the client's next bytes; then how many came. Only when the step before needed some.
  std::span<char> room();
  void received(std::size_t bytes) { in_end_ += bytes; }

  // To be repeated with more bytes until done. What there is to send then comes first.
  Step handshake();
  // What client and server agreed to speak: `h2`, `http/1.1` or nothing.
  std::string_view protocol() const;

  // As much as there is and fits; done: at least one byte.
  Step read(std::span<char> into, std::size_t& bytes);
  // Takes some of the bytes and says how many; failed: none.
  Step write(std::span<const char> first, std::span<const char> second, std::size_t& bytes);
  // No more will be written: the client is told so. Once; nothing before the handshake is done.
  void finish();

  // To be sent to the client, in this order. The taker empties it.
  std::string& out() { return out_; }
  // OpenSSL's code for the first failure.
  unsigned long error() const { return error_; }

 private:
  struct Bio;  // OpenSSL's way to `in_` and `out_`, in tls_engine.cpp

  Step step_after(int result);

  // Before `ssl_`, which reads and writes them to its end.
  std::vector<char> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;
  unsigned long error_ = 0;
  tls::SslPtr ssl_;
};

}  // namespace kinesisd::server
