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

// Several threads may decide at once; what they then have too much is a few bodies.
bool ConnectionBytes::may_hold(std::size_t bytes, std::size_t more) const {
  const Limits& l = bounds_.limits();
  if (bytes <= l.small_request_bytes) return true;
  const std::size_t all = bounds_.bytes_in_flight() + more;
  return bytes <= l.connection_bytes && all <= l.in_flight_bytes && bytes <= l.in_flight_bytes - all;
}

bool ConnectionBytes::take(std::size_t bytes) {
  if (!may_hold(held_ + bytes, bytes)) return false;
  force(bytes);
  return true;
}

bool ConnectionBytes::take_answer(std::size_t bytes) {
  const Limits& l = bounds_.limits();
  const std::size_t all = bounds_.bytes_in_flight() + bytes;
  // The last one may go beyond the connection's share, for it is there already.
  const bool has_room =
      held_ <= l.connection_bytes && all <= l.in_flight_bytes && held_ + bytes <= l.in_flight_bytes - all;
  if (!has_room && bytes > l.small_answer_bytes) return false;
  force(bytes);
  return true;
}

void ConnectionBytes::force(std::size_t bytes) {
  bounds_.force(bytes);
  held_ += bytes;
}

void ConnectionBytes::give(std::size_t bytes) {
  bounds_.give(bytes);
  held_ -= bytes;
}

bool InFlight::grow_to(std::size_t total) {
  if (total <= bytes_) return true;
  if (!held_->take(total - bytes_)) return false;
  bytes_ = total;
  return true;
}

bool InFlight::change_to_answer(std::size_t bytes) {
  release();
  if (!held_->take_answer(bytes)) return false;
  bytes_ = bytes;
  return true;
}

void InFlight::add(std::size_t bytes) {
  held_->force(bytes);
  bytes_ += bytes;
}

void InFlight::release() {
  if (bytes_ > 0) held_->give(std::exchange(bytes_, 0));
}

Connection::Connection(SessionHost& host) : host_(host.shared_from_this()) {
  host_->add(*this);
}

Connection::~Connection() {
  host_->remove(*this);
}

void Connection::expect_within(milliseconds patience) {
  deadline_ = std::min(host_->now_ + patience + host_->tick_length_, transfer_ends_);
}

void Connection::begin_transfer() {
  transfer_ends_ = host_->now_ + host_->limits().transfer + host_->tick_length_;
}

void Connection::end_transfer() {
  transfer_ends_ = steady_clock::time_point::max();
}

void Connection::expect_nothing() {
  deadline_ = steady_clock::time_point::max();
}

SessionHost::SessionHost(const boost::asio::any_io_executor& executor, Service& service, Log& log,
                         std::shared_ptr<SharedBounds> bounds, tls::Tls* tls)
    : service_(service), log_(log), bounds_(std::move(bounds)), tls_(tls), timer_(executor) {
  const Limits& l = limits();
  tick_length_ = std::clamp(std::min({l.idle, l.slow_request, l.write_stalled, l.transfer}) / 4,
                            milliseconds(1), milliseconds(1000));
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
