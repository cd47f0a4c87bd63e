// What is freed where.
#include "storage/journal/disposal.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <thread>

namespace kinesisd::tests {

using namespace kinesisd::storage;

namespace {

// Tells the thread that destroys it.
struct Tell {
  explicit Tell(std::promise<std::thread::id>& told) : by(told) {}
  Tell(const Tell&) = delete;
  Tell& operator=(const Tell&) = delete;
  ~Tell() { by.set_value(std::this_thread::get_id()); }
  std::promise<std::thread::id>& by;
};

std::thread::id destroyed_by(std::size_t bytes) {
  std::promise<std::thread::id> by;
  auto told = by.get_future();
  Disposal disposal;
  disposal.take(std::make_shared<const Tell>(by), bytes);
  return told.get();
}

}  // namespace

TEST_CASE("Much is freed by a thread that nobody waits for, little at once") {
  CHECK(destroyed_by(1000) == std::this_thread::get_id());
  CHECK(destroyed_by(100U << 20) != std::this_thread::get_id());
}

TEST_CASE("What others still hold stays") {
  const auto held = std::make_shared<const int>(7);
  {
    Disposal disposal;
    disposal.take(held, 100U << 20);
    disposal.freed(100U << 20);
  }
  CHECK(held.use_count() == 1);
  CHECK(*held == 7);
}

}  // namespace kinesisd::tests
