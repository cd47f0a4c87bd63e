#include "server/metrics/measured_engine.hpp"

#include <chrono>

namespace kinesisd::server::metrics {

void MeasuredEngine::write(std::span<const storage::Change> changes) {
  const auto begun = std::chrono::steady_clock::now();
  try {
    engine_.write(changes);
  } catch (...) {
    counts_.failed.add();
    throw;
  }
  const auto taken = std::chrono::steady_clock::now() - begun;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
  counts_.micros.add(duration_bounds_us, static_cast<std::uint64_t>(micros));
  counts_.changes.add(size_bounds, changes.size());
  std::uint64_t bytes = 0;
  for (const storage::Change& change : changes) bytes += change.bytes;
  counts_.bytes.add(bytes);
}

}  // namespace kinesisd::server::metrics
