// One stored record: a single allocation with its place in the shard, its partition key and its data. Knows
// neither shard nor stream.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

class Record;
// Shared by the shard, the journal and every reader; the last one frees it. Any thread.
using RecordPtr = boost::intrusive_ptr<const Record>;

class Record {
 public:
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // The sequence index within the shard.
  std::uint64_t index() const { return index_; }
  Timestamp arrived() const { return arrived_; }
  // Whether its stream was encrypted when it was written.
  bool encrypted() const { return encrypted_; }
  // Empty: written without one.
  std::string_view partition_key() const { return {bytes(), key_size_}; }
  std::string_view data() const { return {bytes() + key_size_, data_size_}; }

  // What Kinesis counts: data plus partition key.
  std::size_t size_bytes() const { return std::size_t{key_size_} + data_size_; }
  // What holding it in a shard's log costs, bookkeeping included.
  std::size_t memory_bytes() const;

  // Storage calls it once, before any other thread can see the record.
  void place(std::uint64_t index, Timestamp arrived, bool encrypted = false) const {
    index_ = index;
    arrived_ = arrived;
    encrypted_ = encrypted;
  }

 private:
  friend RecordPtr make_record(std::string_view partition_key, std::string_view data);
  friend void intrusive_ptr_add_ref(const Record* record);
  friend void intrusive_ptr_release(const Record* record);

  Record(std::uint32_t key_size, std::uint32_t data_size) : key_size_(key_size), data_size_(data_size) {}
  ~Record() = default;
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  mutable std::uint64_t index_ = 0;
  mutable Timestamp arrived_{};
  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t key_size_;
  std::uint32_t data_size_;
  mutable bool encrypted_ = false;
};

// Copies both; throws std::bad_alloc, and std::length_error beyond 4 GiB.
RecordPtr make_record(std::string_view partition_key, std::string_view data);

inline void intrusive_ptr_add_ref(const Record* record) {
  record->references_.fetch_add(1, std::memory_order_relaxed);
}
void intrusive_ptr_release(const Record* record);

}  // namespace kinesisd::storage
