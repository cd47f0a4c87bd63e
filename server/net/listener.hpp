// Accepts connections, bounded in number, spreads them over the I/O threads and gives each the session its
// first bytes ask for. Knows nothing of what requests mean.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/http/service.hpp"
#include "server/net/io_threads.hpp"
#include "server/support/limits.hpp"
#include "server/support/log.hpp"

namespace kinesisd::server {

namespace tls {
class Tls;
}

// The message is one sentence for the user: the address and what to do about it.
struct ListenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Listener {
 public:
  // All of these outlive the listener; service, log and tls outlive the threads' contexts too. Without `tls`
  // clients that speak it are closed.
  Listener(IoThreads& threads, Service& service, Log& log, const Limits& bounds = limits,
           tls::Tls* tls = nullptr);
  ~Listener();  // closes; the threads are stopped, or shut_down was called
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Throws the ListenError that `bind` would throw now; binds nothing for longer than the call.
  static void check(std::span<const std::string> addresses);

  // Binds each ADDR:PORT (IPv4, [IPv6] or localhost); throws ListenError. Connections queue up from here on.
  void bind(std::span<const std::string> addresses);

  // What was bound, port 0 replaced by the real one, IPv4 first: `127.0.0.1:4567`, `[::1]:4567`.
  std::vector<std::string> addresses() const;

  // Starts accepting on the I/O threads.
  void start();

  // Stops accepting, lets what is in flight end and says goodbye to the clients; after limits.shutdown closes
  // what is left. Returns false in that case. Blocks; not for I/O threads, which must be running.
  bool shut_down();

 private:
  struct Shared;
  class Acceptor;

  std::shared_ptr<Acceptor> new_acceptor();
  void bind_one(const asio::ip::address& ip, std::uint16_t port);
  void bind_localhost(std::uint16_t port);

  IoThreads& threads_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

}  // namespace kinesisd::server
