// Who decides on the number of shards: the caller or the service.
#pragma once

#include <boost/describe/enum.hpp>

#include "protocol/schema.hpp"

namespace kinesisd::protocol {

enum class StreamMode { PROVISIONED, ON_DEMAND };
BOOST_DESCRIBE_ENUM(StreamMode, PROVISIONED, ON_DEMAND)

struct StreamModeDetails {
  StreamMode stream_mode{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamMode", &StreamModeDetails::stream_mode),
    };
  }
};

}  // namespace kinesisd::protocol
