// Storage's words for streams and shards turned into AWS's structures. Used by several operations.
#pragma once

#include <set>
#include <vector>

#include "protocol/structures/encryption_type.hpp"
#include "protocol/structures/enhanced_metrics.hpp"
#include "protocol/structures/shard.hpp"
#include "protocol/structures/stream_mode_details.hpp"
#include "protocol/structures/stream_status.hpp"
#include "protocol/structures/warm_throughput.hpp"
#include "server/operations/same_word.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::server {

protocol::HashKeyRange to_wire(const storage::HashKeyRange& range);
protocol::Shard to_wire(const storage::ShardSummary& shard);
protocol::StreamModeDetails mode_details(const storage::StreamSummary& stream);
protocol::WarmThroughputObject to_wire(const storage::WarmThroughput& throughput);
// In the order of AWS's enumeration.
std::vector<protocol::MetricsName> to_wire(const std::set<storage::ShardMetric>& metrics);

// What DescribeStream and DescribeStreamSummary say alike; both structures have these members.
template <class Description>
void describe(const storage::StreamSummary& stream, Description& description) {
  description.stream_name = stream.key.name;
  description.stream_arn = storage::arn(stream.key);
  description.stream_status = same_word<protocol::StreamStatus>(stream.status);
  description.stream_mode_details = mode_details(stream);
  description.retention_period_hours = stream.retention_hours;
  description.stream_creation_timestamp = stream.created;
  // AWS lists one element also when no shard-level metric is on.
  description.enhanced_monitoring = {
      protocol::EnhancedMetrics{.shard_level_metrics = to_wire(stream.metrics)}};
  description.encryption_type =
      stream.key_id ? protocol::EncryptionType::KMS : protocol::EncryptionType::NONE;
  description.key_id = stream.key_id;
}

}  // namespace kinesisd::server
