// Switches shard-level metrics on.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/enhanced_monitoring.hpp"

namespace kinesisd::protocol {

struct EnableEnhancedMonitoring {
  static constexpr std::string_view name = "EnableEnhancedMonitoring";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request : EnhancedMonitoringRequest {};

  using Response = EnhancedMonitoringOutput;
};

}  // namespace kinesisd::protocol
