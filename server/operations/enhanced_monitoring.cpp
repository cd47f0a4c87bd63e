#include "server/operations/enhanced_monitoring.hpp"

#include <utility>

#include "server/operations/stream_shapes.hpp"

namespace kinesisd::server {

std::set<storage::ShardMetric> metrics_in(const protocol::EnhancedMonitoringRequest& request) {
  std::set<storage::ShardMetric> metrics;
  for (const protocol::MetricsName name : request.shard_level_metrics) {
    if (name == protocol::MetricsName::ALL) {
      const auto& all = protocol::enum_values<storage::ShardMetric>;
      return {all.begin(), all.end()};
    }
    metrics.insert(same_word<storage::ShardMetric>(name));
  }
  return metrics;
}

Committed<protocol::EnhancedMonitoringOutput> answer_to(const storage::StreamKey& stream,
                                                        const storage::MetricsChanged& changed) {
  protocol::EnhancedMonitoringOutput output;
  output.stream_name = stream.name;
  output.current_shard_level_metrics = to_wire(changed.before);
  output.desired_shard_level_metrics = to_wire(changed.after);
  output.stream_arn = storage::arn(stream);
  return {std::move(output), changed.ticket};
}

}  // namespace kinesisd::server
