// A wait that a time ends, or whoever has its bell. Knows nothing of what is waited for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "storage/state/subscriber.hpp"

namespace kinesisd::server {

// Belongs to the I/O thread it was made on, where all calls are made.
class Alarm {
 public:
  Alarm();
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Ends then, or when it is rung. Ringing before the wait has no effect: look at what may have changed
  // first.
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point then);
  void ring();

  // Rings from any thread, also when the alarm is gone.
  std::shared_ptr<storage::Subscriber> bell() const;

 private:
  class Bell;

  boost::asio::steady_timer timer_;
  std::shared_ptr<Bell> bell_;
};

}  // namespace kinesisd::server
