#include "server/net/alarm.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>

#include "server/net/io_threads.hpp"

namespace kinesisd::server {

// Outlives the alarm where others hold it. Of many rings before the thread gets round to it, one counts.
class Alarm::Bell final : public storage::Subscriber, public std::enable_shared_from_this<Bell> {
 public:
  Bell(asio::io_context& context, asio::steady_timer& timer) : context_(context), timer_(&timer) {}

  void wake() override {
    if (ringing_.exchange(true)) return;
    asio::post(context_, [self = shared_from_this()] {
      self->ringing_ = false;
      if (self->timer_ != nullptr) self->timer_->cancel();
    });
  }

  // The alarm's thread.
  void put_away() { timer_ = nullptr; }

 private:
  asio::io_context& context_;
  asio::steady_timer* timer_;
  std::atomic<bool> ringing_{false};
};

Alarm::Alarm()
    : timer_(IoThread::current().context()),
      bell_(std::make_shared<Bell>(IoThread::current().context(), timer_)) {}

Alarm::~Alarm() {
  bell_->put_away();
}

boost::asio::awaitable<void> Alarm::wait_until(std::chrono::steady_clock::time_point then) {
  timer_.expires_at(then);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Alarm::ring() {
  timer_.cancel();
}

std::shared_ptr<storage::Subscriber> Alarm::bell() const {
  return bell_;
}

}  // namespace kinesisd::server
