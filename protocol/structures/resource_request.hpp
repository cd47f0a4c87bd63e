// A stream or a consumer as requests about its tags or policy name it.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct ResourceRequest {
  std::string resource_arn{};
  std::optional<std::string> stream_id{};

  static constexpr auto fields() {
    return std::tuple{
        field("ResourceARN", &ResourceRequest::resource_arn, shapes::resource_arn),
        field("StreamId", &ResourceRequest::stream_id, shapes::stream_id),
    };
  }
};

}  // namespace kinesisd::protocol
