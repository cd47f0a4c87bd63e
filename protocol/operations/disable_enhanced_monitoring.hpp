// Switches shard-level metrics off.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/enhanced_monitoring.hpp"

namespace kinesisd::protocol {

struct DisableEnhancedMonitoring {
  static constexpr std::string_view name = "DisableEnhancedMonitoring";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request : EnhancedMonitoringRequest {};

  using Response = EnhancedMonitoringOutput;
};

}  // namespace kinesisd::protocol
