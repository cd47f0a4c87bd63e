// What DescribeStreamSummary says about a stream.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"
#include "protocol/structures/enhanced_metrics.hpp"
#include "protocol/structures/record_distribution_strategy.hpp"
#include "protocol/structures/stream_mode_details.hpp"
#include "protocol/structures/stream_status.hpp"
#include "protocol/structures/warm_throughput.hpp"

namespace kinesisd::protocol {

struct StreamDescriptionSummary {
  std::string stream_name{};
  std::string stream_arn{};
  std::optional<std::string> stream_id{};  // never set: clients would build endpoints from it
  StreamStatus stream_status{};
  std::optional<StreamModeDetails> stream_mode_details{};
  std::int32_t retention_period_hours = 0;
  Timestamp stream_creation_timestamp{};
  std::vector<EnhancedMetrics> enhanced_monitoring{};
  std::optional<EncryptionType> encryption_type{};
  std::optional<std::string> key_id{};
  std::int32_t open_shard_count = 0;
  std::optional<std::int32_t> consumer_count{};
  std::optional<WarmThroughputObject> warm_throughput{};
  std::optional<std::int32_t> max_record_size_in_kib{};
  std::optional<std::int32_t> channel_count{};
  std::optional<RecordDistributionStrategy> record_distribution_strategy{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &StreamDescriptionSummary::stream_name, shapes::stream_name),
        field("StreamARN", &StreamDescriptionSummary::stream_arn, shapes::stream_arn),
        field("StreamId", &StreamDescriptionSummary::stream_id, shapes::stream_id),
        field("StreamStatus", &StreamDescriptionSummary::stream_status),
        field("StreamModeDetails", &StreamDescriptionSummary::stream_mode_details),
        field("RetentionPeriodHours", &StreamDescriptionSummary::retention_period_hours),
        field("StreamCreationTimestamp", &StreamDescriptionSummary::stream_creation_timestamp),
        field("EnhancedMonitoring", &StreamDescriptionSummary::enhanced_monitoring),
        field("EncryptionType", &StreamDescriptionSummary::encryption_type),
        field("KeyId", &StreamDescriptionSummary::key_id, shapes::key_id),
        field("OpenShardCount", &StreamDescriptionSummary::open_shard_count, shapes::shard_count),
        field("ConsumerCount", &StreamDescriptionSummary::consumer_count, shapes::consumer_count),
        field("WarmThroughput", &StreamDescriptionSummary::warm_throughput),
        field("MaxRecordSizeInKiB", &StreamDescriptionSummary::max_record_size_in_kib,
              shapes::max_record_size_in_kib),
        field("ChannelCount", &StreamDescriptionSummary::channel_count, shapes::channel_count),
        field("RecordDistributionStrategy", &StreamDescriptionSummary::record_distribution_strategy),
    };
  }
};

}  // namespace kinesisd::protocol
