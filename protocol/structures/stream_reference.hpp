// The stream a request names, whatever else is in its body.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct StreamReference {
  std::optional<std::string> stream_name{};
  std::optional<std::string> stream_arn{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &StreamReference::stream_name, shapes::stream_name),
        field("StreamARN", &StreamReference::stream_arn, shapes::stream_arn),
    };
  }
};

}  // namespace kinesisd::protocol
