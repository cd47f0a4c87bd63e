// Where changes are kept. Used by the journal thread alone; knows nothing of queues, locks or tickets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "storage/journal/rewrite.hpp"
#include "storage/state/change.hpp"
#include "storage/state/trimming.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

// How much of old data one slice of trimming may delete at most.
struct SliceLimits {
  std::size_t records_max = 10'000;
  std::size_t bytes_max = 8U << 20;
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Makes all changes durable together, or throws and has kept none of them. Usable again after a throw.
  virtual void write(std::span<const Change> changes) = 0;

  // Deletes one slice of a shard's expired records. Throws like `write`.
  virtual Trimmed trim(const Expired& expired, const SliceLimits& slice) = 0;

  // Does all of it together. Throws like `write`.
  virtual void rewrite(const Rewrite& changes) = 0;

  // Deletes one slice of what deleted streams left behind, but for the shards of these serials; when nothing
  // of it is left, gives one slice of unused space back. True while there is more. Throws like `write`.
  virtual bool sweep(Timestamp now, const SliceLimits& slice, const std::set<std::int64_t>& pinned) = 0;

  // Writes something that changes nothing, to find out whether writing works. Throws like `write`.
  virtual void try_writing() = 0;

  // Brings everything into one file. Nothing is written afterwards. Throws std::runtime_error with a whole
  // sentence when that fails; nothing is lost then.
  virtual void close() = 0;
};

// Reads records that are no longer in memory.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // Blocks on the disk, throws when it fails. Any thread.
  virtual std::vector<RecordPtr> read(const DiskRange& range) = 0;
};

}  // namespace kinesisd::storage
