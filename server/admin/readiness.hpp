// Whether everything is there that was to be there when the server started. Set by whoever starts it, read by
// health checks.
#pragma once

#include <atomic>

namespace kinesisd::server::own {

// Any thread.
class Readiness {
 public:
  // Once, when all streams and consumers of the start are ACTIVE.
  void set_started() { started_.store(true, std::memory_order_release); }
  bool started() const { return started_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> started_{false};
};

}  // namespace kinesisd::server::own
