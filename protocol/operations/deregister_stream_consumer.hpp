// Deletes a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct DeregisterStreamConsumer {
  static constexpr std::string_view name = "DeregisterStreamConsumer";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::string> stream_arn{};
    std::optional<std::string> consumer_name{};
    std::optional<std::string> consumer_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("ConsumerName", &Request::consumer_name, shapes::consumer_name),
          field("ConsumerARN", &Request::consumer_arn, shapes::consumer_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
