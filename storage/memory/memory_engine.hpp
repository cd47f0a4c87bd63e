// The engine that keeps nothing: records live as long as the process. Knows no file.
#pragma once

#include "storage/journal/engine.hpp"

namespace kinesisd::storage {

class MemoryEngine : public Engine {
 public:
  void write(std::span<const Change> /*changes*/) override {}
  Trimmed trim(const Expired& /*expired*/, const SliceLimits& /*slice*/) override { return {}; }
  void rewrite(const Rewrite& /*changes*/) override {}
  bool sweep(Timestamp /*now*/, const SliceLimits& /*slice*/,
             const std::set<std::int64_t>& /*pinned*/) override {
    return false;
  }
  void try_writing() override {}
  void close() override {}
};

// Nothing is ever evicted to where this would have to look.
class MemoryReader final : public RecordReader {
 public:
  std::vector<RecordPtr> read(const DiskRange& /*range*/) override { return {}; }
};

}  // namespace kinesisd::storage
