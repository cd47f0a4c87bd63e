// A consumer as Register and List show it, and as Describe does.
#pragma once

#include <boost/describe/enum.hpp>

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

enum class ConsumerStatus { CREATING, DELETING, ACTIVE };
BOOST_DESCRIBE_ENUM(ConsumerStatus, CREATING, DELETING, ACTIVE)

struct Consumer {
  std::string consumer_name{};
  std::string consumer_arn{};
  ConsumerStatus consumer_status{};
  Timestamp consumer_creation_timestamp{};

  static constexpr auto fields() {
    return std::tuple{
        field("ConsumerName", &Consumer::consumer_name, shapes::consumer_name),
        field("ConsumerARN", &Consumer::consumer_arn, shapes::consumer_arn),
        field("ConsumerStatus", &Consumer::consumer_status),
        field("ConsumerCreationTimestamp", &Consumer::consumer_creation_timestamp),
    };
  }
};

struct ConsumerDescription {
  std::string consumer_name{};
  std::string consumer_arn{};
  ConsumerStatus consumer_status{};
  Timestamp consumer_creation_timestamp{};
  std::string stream_arn{};

  static constexpr auto fields() {
    return std::tuple{
        field("ConsumerName", &ConsumerDescription::consumer_name, shapes::consumer_name),
        field("ConsumerARN", &ConsumerDescription::consumer_arn, shapes::consumer_arn),
        field("ConsumerStatus", &ConsumerDescription::consumer_status),
        field("ConsumerCreationTimestamp", &ConsumerDescription::consumer_creation_timestamp),
        field("StreamARN", &ConsumerDescription::stream_arn, shapes::stream_arn),
    };
  }
};

}  // namespace kinesisd::protocol
