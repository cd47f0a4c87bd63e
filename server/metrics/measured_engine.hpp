// An engine that counts what is written through it, and how long that takes. Knows nothing of what is
// written.
#pragma once

#include <cstdint>
#include <set>
#include <span>

#include "server/metrics/count.hpp"
#include "storage/journal/engine.hpp"

namespace kinesisd::server::metrics {

// Of transactions; the journal's thread counts.
struct CommitCounts {
  Durations micros;
  Sizes changes;
  Count bytes;
  Count failed;  // counted nowhere else
};

class MeasuredEngine final : public storage::Engine {
 public:
  // Both outlive this one.
  MeasuredEngine(storage::Engine& engine, CommitCounts& counts) : engine_(engine), counts_(counts) {}

  void write(std::span<const storage::Change> changes) override;
  storage::Trimmed trim(const storage::Expired& expired, const storage::SliceLimits& slice) override {
    return engine_.trim(expired, slice);
  }
  void rewrite(const storage::Rewrite& changes) override { engine_.rewrite(changes); }
  bool sweep(storage::Timestamp now, const storage::SliceLimits& slice,
             const std::set<std::int64_t>& pinned) override {
    return engine_.sweep(now, slice, pinned);
  }
  void try_writing() override { engine_.try_writing(); }
  void close() override { engine_.close(); }

 private:
  storage::Engine& engine_;
  CommitCounts& counts_;
};

}  // namespace kinesisd::server::metrics
