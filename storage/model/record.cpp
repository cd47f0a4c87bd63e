#include "storage/model/record.hpp"

#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

namespace kinesisd::storage {

namespace {

// The allocator's header, the log's pointer, and the record's share of the eviction order.
constexpr std::size_t bookkeeping_bytes = 16 + sizeof(void*) + 16;

}  // namespace

std::size_t Record::memory_bytes() const {
  return sizeof(Record) + size_bytes() + bookkeeping_bytes;
}

RecordPtr make_record(std::string_view partition_key, std::string_view data) {
  constexpr std::size_t size_max = std::numeric_limits<std::uint32_t>::max();
  if (partition_key.size() > size_max || data.size() > size_max)
    throw std::length_error("a record beyond 4 GiB");
  void* memory = ::operator new(sizeof(Record) + partition_key.size() + data.size());
  auto* record = new (memory)
      Record(static_cast<std::uint32_t>(partition_key.size()), static_cast<std::uint32_t>(data.size()));
  auto* bytes = reinterpret_cast<char*>(record + 1);
  if (!partition_key.empty()) std::memcpy(bytes, partition_key.data(), partition_key.size());
  if (!data.empty()) std::memcpy(bytes + partition_key.size(), data.data(), data.size());
  return RecordPtr{record};
}

void intrusive_ptr_release(const Record* record) {
  if (record->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  record->~Record();
  ::operator delete(const_cast<Record*>(record));
}

}  // namespace kinesisd::storage
