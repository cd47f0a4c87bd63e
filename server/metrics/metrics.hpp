// Everything that is counted outside of the streams, for as long as the process runs. Knows no format.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/http/service.hpp"
#include "server/metrics/measured_engine.hpp"
#include "server/metrics/request_counts.hpp"

namespace kinesisd::server::metrics {

// What happens seldom enough that all threads share a number.
class SharedCount {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct DiskReadCounts {
  SharedCount reads;
  SharedCount records;
  SharedCount bytes;  // of data and partition keys
};

class Metrics {
 public:
  // `threads`: how many I/O threads there are.
  explicit Metrics(std::size_t threads) : started_(std::chrono::system_clock::now()) {
    for (std::size_t i = 0; i < threads; ++i) requests_.push_back(std::make_unique<RequestCounts>());
  }

  // For that thread to add to.
  RequestCounts& requests_of(std::size_t thread) { return *requests_[thread]; }
  const std::vector<std::unique_ptr<RequestCounts>>& requests() const { return requests_; }

  CommitCounts commits;
  DiskReadCounts disk_reads;
  std::array<SharedCount, connection_events> connections;  // by ConnectionEvent
  SharedCount bodies_too_large;
  SharedCount overloads;

  std::chrono::system_clock::time_point started() const { return started_; }

 private:
  std::chrono::system_clock::time_point started_;
  std::vector<std::unique_ptr<RequestCounts>> requests_;
};

}  // namespace kinesisd::server::metrics
