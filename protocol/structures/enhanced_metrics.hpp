// The shard-level metrics that are switched on for a stream.
#pragma once

#include <boost/describe/enum.hpp>

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

enum class MetricsName {
  IncomingBytes,
  IncomingRecords,
  OutgoingBytes,
  OutgoingRecords,
  WriteProvisionedThroughputExceeded,
  ReadProvisionedThroughputExceeded,
  IteratorAgeMilliseconds,
  ALL,
};
BOOST_DESCRIBE_ENUM(MetricsName, IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords,
                    WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded,
                    IteratorAgeMilliseconds, ALL)

struct EnhancedMetrics {
  std::optional<std::vector<MetricsName>> shard_level_metrics{};

  static constexpr auto fields() {
    return std::tuple{
        field("ShardLevelMetrics", &EnhancedMetrics::shard_level_metrics, shapes::metrics_names),
    };
  }
};

}  // namespace kinesisd::protocol
