// A value that can only be reached while its lock is held. Who only passes it on need not know its type.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace kinesisd::storage {

template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::make_unique<T>(std::forward<Args>(args)...)) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // Calls `fn(T&)` with the lock held and returns what it returns. `fn` does no I/O and lets no reference
  // escape.
  template <class F>
  decltype(auto) with(F&& fn) {
    std::lock_guard lock(mutex_);
    return std::forward<F>(fn)(*value_);
  }

 private:
  std::mutex mutex_;
  const std::unique_ptr<T> value_;
};

}  // namespace kinesisd::storage
