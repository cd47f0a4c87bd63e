// A consumer as requests name it: by its ARN, or by its name and its stream's ARN.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct ConsumerRequest {
  std::optional<std::string> stream_arn{};
  std::optional<std::string> consumer_name{};
  std::optional<std::string> consumer_arn{};
  std::optional<std::string> stream_id{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamARN", &ConsumerRequest::stream_arn, shapes::stream_arn),
        field("ConsumerName", &ConsumerRequest::consumer_name, shapes::consumer_name),
        field("ConsumerARN", &ConsumerRequest::consumer_arn, shapes::consumer_arn),
        field("StreamId", &ConsumerRequest::stream_id, shapes::stream_id),
    };
  }
};

}  // namespace kinesisd::protocol
