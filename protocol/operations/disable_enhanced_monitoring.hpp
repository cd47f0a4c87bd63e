// Switches shard-level metrics off.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/enhanced_monitoring.hpp"

namespace kinesisd::protocol {

struct DisableEnhancedMonitoring {
  static constexpr std::string_view name = "DisableEnhancedMonitoring";

  struct Request : EnhancedMonitoringRequest {};

  using Response = EnhancedMonitoringOutput;
};

}  // namespace kinesisd::protocol
