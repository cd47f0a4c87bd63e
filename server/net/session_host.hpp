// What the sessions of one I/O thread share: bounds, the Date header, and the list of connections with their
// deadlines. One timer serves them all, so that a request costs no timer operation. Knows no protocol.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "server/http/service.hpp"
#include "server/support/limits.hpp"
#include "server/support/log.hpp"

namespace kinesisd::server {

// The bounds that all I/O threads share.
class SharedBounds {
 public:
  explicit SharedBounds(const Limits& bounds) : limits_(bounds) {}

  const Limits& limits() const { return limits_; }

  // See ConnectionPlace.
  bool enter();
  void leave();
  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
  // Blocks until no connection is left; false: some are left after `patience`.
  bool wait_until_empty(std::chrono::milliseconds patience);

  // Bytes of requests and answers that there are; who may add to them says ConnectionBytes.
  void force(std::size_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void give(std::size_t bytes) { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t bytes_in_flight() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  const Limits limits_;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> bytes_{0};
  std::mutex mutex_;
  std::condition_variable empty_;
};

// One of the limited number of connections; a moved-from place is none.
class ConnectionPlace {
 public:
  // nullopt: there are too many.
  static std::optional<ConnectionPlace> take(std::shared_ptr<SharedBounds> bounds);
  ConnectionPlace(ConnectionPlace&&) noexcept = default;
  ConnectionPlace& operator=(ConnectionPlace&&) = delete;
  ~ConnectionPlace() {
    if (bounds_ != nullptr) bounds_->leave();
  }

 private:
  explicit ConnectionPlace(std::shared_ptr<SharedBounds> bounds) : bounds_(std::move(bounds)) {}
  std::shared_ptr<SharedBounds> bounds_;
};

// The bytes that the requests and answers of one connection hold; for the connection's thread.
class ConnectionBytes {
 public:
  explicit ConnectionBytes(SharedBounds& bounds) : bounds_(bounds) {}
  ConnectionBytes(const ConnectionBytes&) = delete;
  ConnectionBytes& operator=(const ConnectionBytes&) = delete;

  // Of a request; false: there is no room, see Limits::in_flight_bytes.
  bool take(std::size_t bytes);
  // Of an answer; false likewise, never for a small one.
  bool take_answer(std::size_t bytes);
  // What is there anyway.
  void force(std::size_t bytes);
  void give(std::size_t bytes);

  // Whether a connection may hold so many, when all of it is what this one has already.
  bool may_hold(std::size_t bytes) const { return may_hold(bytes, 0); }

 private:
  bool may_hold(std::size_t bytes, std::size_t more) const;

  SharedBounds& bounds_;
  std::size_t held_ = 0;
};

// The bytes that one request and its answer hold, given back in the end. The connection's outlive it.
class InFlight {
 public:
  explicit InFlight(ConnectionBytes& held) : held_(&held) {}
  InFlight(InFlight&& other) noexcept : held_(other.held_), bytes_(std::exchange(other.bytes_, 0)) {}
  InFlight& operator=(InFlight&& other) noexcept {
    std::swap(held_, other.held_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~InFlight() { release(); }

  // Makes it at least `total` bytes; false: there is no room.
  bool grow_to(std::size_t total);
  // The answer takes the request's place; false: there is no room.
  bool change_to_answer(std::size_t bytes);
  // Adds what is there anyway.
  void add(std::size_t bytes);
  void release();
  std::size_t bytes() const { return bytes_; }

 private:
  ConnectionBytes* held_;
  std::size_t bytes_ = 0;
};

namespace tls {
class Tls;
}

class SessionHost;

// A connection as its thread sees it: something that can be told to stop and that may be late. Registered
// from construction to destruction.
class Connection {
 public:
  explicit Connection(SessionHost& host);  // shares the host's ownership
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The server stops: finish what is in flight, start nothing new, tell the client.
  virtual void stop_soon() = 0;
  // Close the socket now. The session ends by itself when its reads and writes fail; not within this call.
  virtual void abandon() = 0;

 protected:
  // From now on something must happen within `patience` (and up to two ticks more), or `abandon` is called.
  void expect_within(std::chrono::milliseconds patience);
  void expect_nothing();
  // Until `end_transfer` all that `expect_within` expects ends no later than Limits::transfer from now.
  void begin_transfer();
  void end_transfer();
  bool in_transfer() const { return transfer_ends_ != std::chrono::steady_clock::time_point::max(); }

 private:
  friend class SessionHost;
  std::shared_ptr<SessionHost> host_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point transfer_ends_ = std::chrono::steady_clock::time_point::max();
  Connection* before_ = nullptr;
  Connection* after_ = nullptr;
};

// Everything but `bounds` is for its own thread. Sessions share its ownership.
class SessionHost : public std::enable_shared_from_this<SessionHost> {
 public:
  // `service`, `log` and `tls` outlive the host.
  SessionHost(const boost::asio::any_io_executor& executor, Service& service, Log& log,
              std::shared_ptr<SharedBounds> bounds, tls::Tls* tls = nullptr);

  Service& service() { return service_; }
  Log& log() { return log_; }
  tls::Tls* tls() { return tls_; }  // nullptr: it is off
  SharedBounds& bounds() { return *bounds_; }
  const Limits& limits() const { return bounds_->limits(); }

  // The Date header's value, `Mon, 23 Nov 2026 04:05:06 GMT`. Valid until the next call.
  std::string_view date();

  // Tells all connections, and those to come.
  void stop_soon();
  void abandon_all();
  bool stopping() const { return stopping_; }
  // As of the last tick, which is seldom more than a second ago.
  std::chrono::steady_clock::time_point now() const { return now_; }

 private:
  friend class Connection;
  void add(Connection& connection);
  void remove(Connection& connection);
  void schedule_tick();
  void tick();

  Service& service_;
  Log& log_;
  std::shared_ptr<SharedBounds> bounds_;
  tls::Tls* tls_;
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds tick_length_;
  std::chrono::steady_clock::time_point now_{};  // of the last tick
  Connection* first_ = nullptr;
  bool ticking_ = false;
  bool stopping_ = false;
  std::chrono::sys_seconds date_second_{};
  std::array<char, 29> date_{};
};

}  // namespace kinesisd::server
