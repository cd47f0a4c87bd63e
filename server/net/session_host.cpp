#include "server/net/session_host.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <utility>

namespace kinesisd::server {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool SharedBounds::enter() {
  if (connections_.fetch_add(1, std::memory_order_relaxed) < limits_.connections) return true;
  leave();
  return false;
}

void SharedBounds::leave() {
  if (connections_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::lock_guard lock(mutex_);
  empty_.notify_all();
}

std::optional<ConnectionPlace> ConnectionPlace::take(std::shared_ptr<SharedBounds> bounds) {
  if (!bounds->enter()) return std::nullopt;
  return ConnectionPlace(std::move(bounds));
}

bool SharedBounds::wait_until_empty(milliseconds patience) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, patience, [this] { return connections() == 0; });
}

bool SharedBounds::take(std::size_t bytes) {
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limits_.in_flight_bytes) return true;
  give(bytes);
  return false;
}

bool InFlight::grow_to(std::size_t total) {
  if (total <= bytes_) return true;
  if (!bounds_->take(total - bytes_)) return false;
  bytes_ = total;
  return true;
}

void InFlight::add(std::size_t bytes) {
  bounds_->force(bytes);
  bytes_ += bytes;
}

void InFlight::release() {
  if (bytes_ > 0) bounds_->give(std::exchange(bytes_, 0));
}

Connection::Connection(SessionHost& host) : host_(host.shared_from_this()) {
  host_->add(*this);
}

Connection::~Connection() {
  host_->remove(*this);
}

void Connection::expect_within(milliseconds patience) {
  deadline_ = host_->now_ + patience + host_->tick_length_;
}

void Connection::expect_nothing() {
  deadline_ = steady_clock::time_point::max();
}

SessionHost::SessionHost(const boost::asio::any_io_executor& executor, Service& service, Log& log,
                         std::shared_ptr<SharedBounds> bounds, tls::Tls* tls)
    : service_(service), log_(log), bounds_(std::move(bounds)), tls_(tls), timer_(executor) {
  const Limits& l = limits();
  tick_length_ = std::clamp(std::min({l.idle, l.slow_request, l.write_stalled}) / 4, milliseconds(1),
                            milliseconds(1000));
}

std::string_view SessionHost::date() {
  const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (second != date_second_) {
    date_second_ = second;
    fmt::format_to_n(date_.data(), date_.size(), "{:%a, %d %b %Y %H:%M:%S} GMT",
                     fmt::gmtime(second.time_since_epoch().count()));
  }
  return {date_.data(), date_.size()};
}

void SessionHost::stop_soon() {
  stopping_ = true;
  for (Connection *c = first_, *next = nullptr; c != nullptr; c = next) {
    next = c->after_;
    c->stop_soon();
  }
}

void SessionHost::abandon_all() {
  for (Connection *c = first_, *next = nullptr; c != nullptr; c = next) {
    next = c->after_;
    c->abandon();
  }
}

void SessionHost::add(Connection& connection) {
  connection.after_ = first_;
  if (first_ != nullptr) first_->before_ = &connection;
  first_ = &connection;
  if (ticking_) return;
  now_ = steady_clock::now();
  schedule_tick();
}

void SessionHost::remove(Connection& connection) {
  (connection.before_ == nullptr ? first_ : connection.before_->after_) = connection.after_;
  if (connection.after_ != nullptr) connection.after_->before_ = connection.before_;
}

void SessionHost::schedule_tick() {
  ticking_ = true;
  timer_.expires_after(tick_length_);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto host = weak.lock(); host != nullptr && !error) host->tick();
  });
}

void SessionHost::tick() {
  now_ = steady_clock::now();
  for (Connection *c = first_, *next = nullptr; c != nullptr; c = next) {
    next = c->after_;
    if (c->deadline_ > now_) continue;
    c->expect_nothing();
    c->abandon();
  }
  ticking_ = first_ != nullptr;
  if (ticking_) schedule_tick();
}

}  // namespace kinesisd::server
