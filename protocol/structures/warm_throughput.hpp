// The throughput an on-demand stream is ready for without scaling first.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct WarmThroughputObject {
  std::optional<std::int32_t> target_mibps{};
  std::optional<std::int32_t> current_mibps{};

  static constexpr auto fields() {
    return std::tuple{
        field("TargetMiBps", &WarmThroughputObject::target_mibps, shapes::natural_integer),
        field("CurrentMiBps", &WarmThroughputObject::current_mibps, shapes::natural_integer),
    };
  }
};

}  // namespace kinesisd::protocol
