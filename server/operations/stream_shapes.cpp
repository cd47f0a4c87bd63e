#include "server/operations/stream_shapes.hpp"

namespace kinesisd::server {

protocol::HashKeyRange to_wire(const storage::HashKeyRange& range) {
  return {.starting_hash_key = storage::to_string(range.starting),
          .ending_hash_key = storage::to_string(range.ending)};
}

protocol::Shard to_wire(const storage::ShardSummary& shard) {
  protocol::Shard wire;
  wire.shard_id = shard.index.shard_id();
  if (shard.parent) wire.parent_shard_id = shard.parent->shard_id();
  if (shard.adjacent_parent) wire.adjacent_parent_shard_id = shard.adjacent_parent->shard_id();
  wire.hash_key_range = to_wire(shard.range);
  wire.sequence_number_range.starting_sequence_number = shard.starting.to_string();
  if (shard.ending) wire.sequence_number_range.ending_sequence_number = shard.ending->to_string();
  return wire;
}

protocol::StreamModeDetails mode_details(const storage::StreamSummary& stream) {
  return {.stream_mode = same_word<protocol::StreamMode>(stream.mode)};
}

protocol::WarmThroughputObject to_wire(const storage::WarmThroughput& throughput) {
  return {.target_mibps = throughput.target_mibps, .current_mibps = throughput.current_mibps};
}

std::vector<protocol::MetricsName> to_wire(const std::set<storage::ShardMetric>& metrics) {
  std::vector<protocol::MetricsName> wire;
  wire.reserve(metrics.size());
  for (const storage::ShardMetric metric : metrics) wire.push_back(same_word<protocol::MetricsName>(metric));
  return wire;
}

}  // namespace kinesisd::server
