#include "server/net/listener.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <optional>

#include "server/net/address.hpp"
#include "server/net/connection.hpp"
#include "server/net/session_host.hpp"

namespace kinesisd::server {

namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

// Ports tried for localhost:0 until one is free for IPv4 and IPv6 alike.
constexpr int same_port_tries = 32;
// After an accept that failed for want of something, such as file descriptors.
constexpr std::chrono::milliseconds accept_pause{100};

std::string text(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  return address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), endpoint.port())
                         : fmt::format("{}:{}", address.to_string(), endpoint.port());
}

ListenError cannot_listen(const tcp::endpoint& endpoint, error_code error) {
  std::string why = error.message() + "; choose another address with --listen ADDR:PORT";
  if (error == asio::error::address_in_use) {
    why =
        "the port is taken; stop the other program or choose another with --listen ADDR:PORT (0 means any "
        "free "
        "port)";
  } else if (error == asio::error::access_denied) {
    why = "this user may not use the port; choose one above 1023 with --listen ADDR:PORT";
  } else if (error == boost::system::errc::address_not_available) {
    why =
        "this machine has no such address; choose one of its own, or 0.0.0.0 for all, with --listen "
        "ADDR:PORT";
  }
  return ListenError(fmt::format("Cannot listen on {}: {}.", text(endpoint), why));
}

error_code try_bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  return error;
}

error_code try_listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error = try_bind(acceptor, endpoint);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
  }
  return error;
}

ListenAddress parsed(const std::string& address) {
  const std::optional<ListenAddress> wanted = parse_listen_address(address);
  if (!wanted) {
    throw ListenError(fmt::format("Cannot listen on {}: choose ADDR:PORT, such as 127.0.0.1:4567.", address));
  }
  return *wanted;
}

bool means_no_ipv6(error_code error) {
  return error == asio::error::address_family_not_supported ||
         error == boost::system::errc::address_not_available;
}

}  // namespace

struct Listener::Shared {
  Log& log;
  std::shared_ptr<SharedBounds> bounds;
  std::vector<std::shared_ptr<SessionHost>> hosts;  // one for each I/O thread
};

class Listener::Acceptor {
 public:
  Acceptor(IoThreads& threads, std::size_t home, std::shared_ptr<Shared> shared)
      : threads_(threads), context_(threads.context(home)), acceptor_(context_), shared_(std::move(shared)) {}

  error_code listen(const tcp::endpoint& endpoint) { return try_listen(acceptor_, endpoint); }
  tcp::endpoint local() const { return acceptor_.local_endpoint(); }

  static void start(const std::shared_ptr<Acceptor>& self) {
    asio::co_spawn(self->context_, run(self), [self](std::exception_ptr problem) {
      if (problem != nullptr) self->shared_->log.error("Accepting connections has ended by a bug.");
    });
  }

  static void close(const std::shared_ptr<Acceptor>& self) {
    asio::post(self->context_, [self] {
      error_code ignored;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
    });
  }

 private:
  static asio::awaitable<void> run(std::shared_ptr<Acceptor> self) {
    for (std::size_t next = 0; self->acceptor_.is_open(); ++next) {
      const std::size_t thread = next % self->threads_.size();
      auto [error, socket] =
          co_await self->acceptor_.async_accept(self->threads_.context(thread).get_executor(), nothrow);
      if (!error) {
        self->welcome(thread, std::move(socket));
      } else if (self->acceptor_.is_open() && error != asio::error::connection_aborted) {
        self->shared_->log.warn("A connection cannot be accepted: {}.", error.message());
        self->pause_.expires_after(accept_pause);
        co_await self->pause_.async_wait(nothrow);
      }
    }
  }

  void welcome(std::size_t thread, Socket socket) {
    std::optional<ConnectionPlace> place = ConnectionPlace::take(shared_->bounds);
    Service& service = shared_->hosts[thread]->service();
    if (!place) {
      service.note(ConnectionEvent::refused);
      shared_->log.warn("A connection was closed at once: {} are open already.",
                        shared_->bounds->limits().connections);
      return;
    }
    service.note(ConnectionEvent::opened);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(threads_.context(thread),
                   serve(std::move(socket), shared_->hosts[thread], std::move(*place)),
                   [&log = shared_->log, &service](std::exception_ptr problem) {
                     service.note(ConnectionEvent::closed);
                     if (problem != nullptr) log.error("A connection was dropped because of a bug.");
                   });
  }

  IoThreads& threads_;
  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{context_};
  std::shared_ptr<Shared> shared_;
};

Listener::Listener(IoThreads& threads, Service& service, Log& log, const Limits& bounds, tls::Tls* tls)
    : threads_(threads),
      shared_(std::make_shared<Shared>(Shared{log, std::make_shared<SharedBounds>(bounds), {}})) {
  for (std::size_t i = 0; i < threads.size(); ++i) {
    shared_->hosts.push_back(
        std::make_shared<SessionHost>(threads.context(i).get_executor(), service, log, shared_->bounds, tls));
  }
}

// Acceptors end with the last context, but a host's timer must go before its own.
Listener::~Listener() {
  shared_->hosts.clear();
}

void Listener::check(std::span<const std::string> addresses) {
  asio::io_context context;
  std::size_t bound = 0;
  const auto check_one = [&](const asio::ip::address& ip, std::uint16_t port, bool may_be_absent) {
    tcp::acceptor acceptor(context);
    const tcp::endpoint endpoint(ip, port);
    const error_code error = try_bind(acceptor, endpoint);
    if (error && !(may_be_absent && means_no_ipv6(error))) throw cannot_listen(endpoint, error);
    if (!error) ++bound;
  };
  for (const std::string& address : addresses) {
    const ListenAddress wanted = parsed(address);
    const asio::ip::address ip = wanted.ip.value_or(asio::ip::address_v4::loopback());
    check_one(ip, wanted.port, ip == asio::ip::address_v6::any() && bound != 0);
    if (!wanted.ip) check_one(asio::ip::address_v6::loopback(), wanted.port, true);
  }
}

void Listener::bind(std::span<const std::string> addresses) {
  for (const std::string& address : addresses) {
    const ListenAddress wanted = parsed(address);
    if (wanted.ip) {
      bind_one(*wanted.ip, wanted.port);
    } else {
      bind_localhost(wanted.port);
    }
  }
}

std::shared_ptr<Listener::Acceptor> Listener::new_acceptor() {
  return std::make_shared<Acceptor>(threads_, acceptors_.size() % threads_.size(), shared_);
}

void Listener::bind_one(const asio::ip::address& ip, std::uint16_t port) {
  auto acceptor = new_acceptor();
  const tcp::endpoint endpoint(ip, port);
  const error_code error = acceptor->listen(endpoint);
  // [::] is whatever IPv6 a machine has, and beside another address that may be none.
  if (ip == asio::ip::address_v6::any() && !acceptors_.empty() && means_no_ipv6(error)) return;
  if (error) throw cannot_listen(endpoint, error);
  acceptors_.push_back(std::move(acceptor));
}

void Listener::bind_localhost(std::uint16_t port) {
  for (int tries = 1;; ++tries) {
    bind_one(asio::ip::address_v4::loopback(), port);
    auto v6 = new_acceptor();
    const tcp::endpoint endpoint(asio::ip::address_v6::loopback(), acceptors_.back()->local().port());
    const error_code error = v6->listen(endpoint);
    if (means_no_ipv6(error)) return;
    if (!error) {
      acceptors_.push_back(std::move(v6));
      return;
    }
    if (port != 0 || error != asio::error::address_in_use || tries == same_port_tries) {
      throw cannot_listen(endpoint, error);
    }
    acceptors_.pop_back();
  }
}

std::vector<std::string> Listener::addresses() const {
  std::vector<tcp::endpoint> endpoints;
  for (const auto& acceptor : acceptors_) endpoints.push_back(acceptor->local());
  std::stable_partition(endpoints.begin(), endpoints.end(),
                        [](const tcp::endpoint& endpoint) { return endpoint.address().is_v4(); });
  std::vector<std::string> out;
  out.reserve(endpoints.size());
  for (const tcp::endpoint& endpoint : endpoints) out.push_back(text(endpoint));
  return out;
}

void Listener::start() {
  for (const auto& acceptor : acceptors_) Acceptor::start(acceptor);
}

bool Listener::shut_down() {
  for (const auto& acceptor : acceptors_) Acceptor::close(acceptor);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    asio::post(threads_.context(i), [host = shared_->hosts[i]] { host->stop_soon(); });
  }
  const Limits& bounds = shared_->bounds->limits();
  if (shared_->bounds->wait_until_empty(bounds.shutdown)) return true;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    asio::post(threads_.context(i), [host = shared_->hosts[i]] { host->abandon_all(); });
  }
  shared_->bounds->wait_until_empty(bounds.linger);
  return false;
}

}  // namespace kinesisd::server
