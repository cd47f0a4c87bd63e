// What switches shard-level metrics on or off, and the answer to it.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/enhanced_metrics.hpp"

namespace kinesisd::protocol {

struct EnhancedMonitoringRequest {
  std::optional<std::string> stream_name{};
  std::vector<MetricsName> shard_level_metrics{};
  std::optional<std::string> stream_arn{};
  std::optional<std::string> stream_id{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &EnhancedMonitoringRequest::stream_name, shapes::stream_name),
        field("ShardLevelMetrics", &EnhancedMonitoringRequest::shard_level_metrics, shapes::metrics_names),
        field("StreamARN", &EnhancedMonitoringRequest::stream_arn, shapes::stream_arn),
        field("StreamId", &EnhancedMonitoringRequest::stream_id, shapes::stream_id),
    };
  }
};

struct EnhancedMonitoringOutput {
  std::optional<std::string> stream_name{};
  std::optional<std::vector<MetricsName>> current_shard_level_metrics{};
  std::optional<std::vector<MetricsName>> desired_shard_level_metrics{};
  std::optional<std::string> stream_arn{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &EnhancedMonitoringOutput::stream_name, shapes::stream_name),
        field("CurrentShardLevelMetrics", &EnhancedMonitoringOutput::current_shard_level_metrics,
              shapes::metrics_names),
        field("DesiredShardLevelMetrics", &EnhancedMonitoringOutput::desired_shard_level_metrics,
              shapes::metrics_names),
        field("StreamARN", &EnhancedMonitoringOutput::stream_arn, shapes::stream_arn),
    };
  }
};

}  // namespace kinesisd::protocol
