// A body that comes piece by piece as a test has written it down, and remembers what was asked of it.
#pragma once

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/http/http_message.hpp"
#include "server/net/io_threads.hpp"

namespace kinesisd::server::test {

// What happened to a body. Any thread; outlives the body.
struct PiecesSeen {
  std::atomic<int> asked{0};
  std::atomic<int> stops{0};
  std::promise<void> stopped;  // for the first time
  std::promise<void> gone;     // destroyed

  bool is_stopped_soon() { return soon(stopped_); }
  bool is_gone_soon() { return soon(gone_); }
  bool is_gone_within(std::chrono::milliseconds patience) {
    return gone_.wait_for(patience) == std::future_status::ready;
  }

 private:
  static bool soon(std::future<void>& event) {
    return event.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
  }
  std::future<void> stopped_ = stopped.get_future();
  std::future<void> gone_ = gone.get_future();
};

class Pieces final : public BodySource, public std::enable_shared_from_this<Pieces> {
 public:
  // Before piece `waits_at` (the end counts as one) it waits for `go_on` or for its stop.
  Pieces(std::vector<std::string> pieces, PiecesSeen& seen, std::optional<std::size_t> waits_at = {})
      : pieces_(std::move(pieces)), seen_(seen), waits_at_(waits_at) {}
  ~Pieces() override { seen_.gone.set_value(); }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  asio::awaitable<std::string> next() override {
    const bool waits = !stopped_ && waits_at_ == at_;
    if (waits) timer_.emplace(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    ++seen_.asked;  // from here on `go_on` has a timer
    if (waits) co_await timer_->async_wait(asio::as_tuple(asio::use_awaitable));
    if (stopped_ || at_ == pieces_.size()) co_return std::string();
    co_return pieces_[at_++];
  }
  void stop() override {
    if (!std::exchange(stopped_, true)) seen_.stopped.set_value();
    ++seen_.stops;
    if (timer_) timer_->cancel();
  }
  // Any thread, once the wait has begun.
  void go_on() {
    asio::post(timer_->get_executor(), [self = shared_from_this()] { self->timer_->cancel(); });
  }

 private:
  std::vector<std::string> pieces_;
  PiecesSeen& seen_;
  std::optional<std::size_t> waits_at_;
  std::optional<asio::steady_timer> timer_;
  std::size_t at_ = 0;
  bool stopped_ = false;
};

}  // namespace kinesisd::server::test
