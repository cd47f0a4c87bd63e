// What is counted of streams, shards and consumers while the process runs, so that it can be told in
// CloudWatch's words. Plain numbers under the streams' lock, but for CallTimes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/model/sequence_number.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/words.hpp"

namespace kinesisd::storage {

// The calls of one operation on one stream that have succeeded. Whoever answers a call adds it when it is
// answered, on any thread and without the lock.
class CallTimes {
 public:
  void add(std::chrono::microseconds taken) {
    calls_.fetch_add(1, std::memory_order_relaxed);
    micros_.fetch_add(static_cast<std::uint64_t>(taken.count()), std::memory_order_relaxed);
  }
  std::uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  std::uint64_t micros() const { return micros_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> micros_{0};
};

struct StreamTimes {
  CallTimes put_record;
  CallTimes put_records;
  CallTimes get_records;
};

struct ShardCounts {
  std::uint64_t incoming_records = 0;           // that are committed
  std::uint64_t incoming_bytes = 0;             // their data and partition keys
  std::uint64_t outgoing_records = 0;           // to GetRecords and to subscribers
  std::uint64_t outgoing_bytes = 0;             // their data
  std::uint64_t writes_exceeded = 0;            // records refused because of the shard's limits
  std::uint64_t reads_exceeded = 0;             // GetRecords likewise
  std::optional<std::int64_t> iterator_age_ms;  // of the last GetRecords
};

struct StreamCounts {
  std::uint64_t put_record_calls = 0;  // failed ones, too
  std::uint64_t put_record_bytes = 0;  // committed
  std::uint64_t put_records_calls = 0;
  std::uint64_t put_records_bytes = 0;
  std::uint64_t put_records_total = 0;  // records, not calls; so are those that follow
  std::uint64_t put_records_committed = 0;
  std::uint64_t put_records_throttled = 0;
  std::uint64_t put_records_failed = 0;  // for want of room, or because a commit failed
  std::uint64_t get_records_calls = 0;
  std::uint64_t get_records_bytes = 0;
  std::uint64_t get_records_records = 0;
  std::optional<std::int64_t> iterator_age_ms;
};

struct ConsumerCounts {
  std::uint64_t calls = 0;
  std::uint64_t subscriptions = 0;
  std::uint64_t rate_exceeded = 0;  // too many calls, or subscribed already
  std::uint64_t events = 0;
  std::uint64_t event_records = 0;
  std::uint64_t event_bytes = 0;
  std::optional<std::int64_t> millis_behind;  // of the last event
};

// One stream's counts, copied.
struct CountedStream {
  StreamKey key;
  StreamCounts counts;
  ShardCounts all_shards;  // added up
  std::shared_ptr<const StreamTimes> times;
  std::set<ShardMetric> metrics;                           // of which `shards` are to be told
  std::vector<std::pair<ShardIndex, ShardCounts>> shards;  // only if there are such metrics
  std::vector<std::pair<std::string, ConsumerCounts>> consumers;
};

struct Counted {
  std::vector<CountedStream> streams;
  std::size_t left_out = 0;  // streams, shards and consumers

  std::size_t stream_count = 0;
  std::size_t open_shards = 0;
  std::size_t subscriptions = 0;
  std::size_t records_in_memory = 0;
  std::size_t memory_bytes = 0;
  std::uint64_t refused_for_memory = 0;
  std::uint64_t reads_over_limit = 0;
};

}  // namespace kinesisd::storage
