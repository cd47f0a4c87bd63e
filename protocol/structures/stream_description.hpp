// What DescribeStream says about a stream.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"
#include "protocol/structures/enhanced_metrics.hpp"
#include "protocol/structures/shard.hpp"
#include "protocol/structures/stream_mode_details.hpp"
#include "protocol/structures/stream_status.hpp"

namespace kinesisd::protocol {

struct StreamDescription {
  std::string stream_name{};
  std::string stream_arn{};
  StreamStatus stream_status{};
  std::optional<StreamModeDetails> stream_mode_details{};
  std::vector<Shard> shards{};
  bool has_more_shards = false;
  std::int32_t retention_period_hours = 0;
  Timestamp stream_creation_timestamp{};
  std::vector<EnhancedMetrics> enhanced_monitoring{};
  std::optional<EncryptionType> encryption_type{};
  std::optional<std::string> key_id{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &StreamDescription::stream_name, shapes::stream_name),
        field("StreamARN", &StreamDescription::stream_arn, shapes::stream_arn),
        field("StreamStatus", &StreamDescription::stream_status),
        field("StreamModeDetails", &StreamDescription::stream_mode_details),
        field("Shards", &StreamDescription::shards),
        field("HasMoreShards", &StreamDescription::has_more_shards),
        field("RetentionPeriodHours", &StreamDescription::retention_period_hours),
        field("StreamCreationTimestamp", &StreamDescription::stream_creation_timestamp),
        field("EnhancedMonitoring", &StreamDescription::enhanced_monitoring),
        field("EncryptionType", &StreamDescription::encryption_type),
        field("KeyId", &StreamDescription::key_id, shapes::key_id),
    };
  }
};

}  // namespace kinesisd::protocol
