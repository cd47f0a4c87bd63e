#include "storage/journal/disposal.hpp"

#include <malloc.h>

#include <system_error>
#include <utility>

namespace kinesisd::storage {

namespace {

constexpr std::size_t many_bytes = 4U << 20;  // less is freed at once, and needed again soon
constexpr std::size_t garbage_max = 64;       // kept for the thread; beyond, whoever has it frees it

// What the allocator keeps for later otherwise.
void give_memory_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace

Disposal::~Disposal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Disposal::take(std::shared_ptr<const void> garbage, std::size_t bytes) {
  if (bytes < many_bytes) return;
  std::lock_guard lock(mutex_);
  if (garbage_.size() == garbage_max || !started()) return;
  garbage_.push_back(std::move(garbage));
  asked_ = true;
  changed_.notify_all();
}

void Disposal::freed(std::size_t bytes) {
  if (bytes < many_bytes) return;
  std::lock_guard lock(mutex_);
  if (!started()) return;
  asked_ = true;
  changed_.notify_all();
}

// False: the machine has no thread left for it.
bool Disposal::started() {
  try {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void Disposal::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    asked_ = false;
    auto garbage = std::exchange(garbage_, {});
    lock.unlock();
    garbage.clear();
    give_memory_back();
    lock.lock();
  }
}

}  // namespace kinesisd::storage
