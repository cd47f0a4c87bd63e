// What can be changed about a stream: retention, record size, distribution, metrics, mode, throughput.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<Ticket> increase_retention(State& state, const StreamKey& stream, std::int32_t hours, Timestamp now);
Result<Ticket> decrease_retention(State& state, const StreamKey& stream, std::int32_t hours, Timestamp now);
Result<Ticket> update_max_record_size(State& state, const StreamKey& stream, std::int32_t kib, Timestamp now);
Result<Ticket> update_record_distribution(State& state, const StreamKey& stream,
                                          RecordDistributionStrategy strategy, Timestamp now);
Result<MetricsChanged> enable_metrics(State& state, const StreamKey& stream,
                                      const std::set<ShardMetric>& metrics, Timestamp now);
Result<MetricsChanged> disable_metrics(State& state, const StreamKey& stream,
                                       const std::set<ShardMetric>& metrics, Timestamp now);
Result<Ticket> update_mode(State& state, const StreamKey& stream, StreamMode mode,
                           std::optional<std::int32_t> warm_mibps, Timestamp now);
Result<WarmThroughputChanged> update_warm_throughput(State& state, const StreamKey& stream,
                                                     std::int32_t mibps, Timestamp now);

}  // namespace kinesisd::storage
