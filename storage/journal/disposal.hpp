// Frees what holds much memory and gives it back to the system: on a thread of its own, because both take
// long and nobody is to wait for them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace kinesisd::storage {

class Disposal {
 public:
  Disposal() = default;
  // Frees what it has.
  ~Disposal();
  Disposal(const Disposal&) = delete;
  Disposal& operator=(const Disposal&) = delete;

  // Destroys `garbage`, which holds about so many bytes: later if they are many, else here. Any thread.
  void take(std::shared_ptr<const void> garbage, std::size_t bytes);
  // So many bytes were freed elsewhere: they are given back, if they are many. Any thread.
  void freed(std::size_t bytes);

 private:
  bool started();
  void run();

  std::mutex mutex_;  // guards all but changed_
  std::vector<std::shared_ptr<const void>> garbage_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;  // from the first time on that there is something to do
  std::condition_variable changed_;
};

}  // namespace kinesisd::storage
