// Makes a consumer of a stream.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/consumer.hpp"

namespace kinesisd::protocol {

struct RegisterStreamConsumer {
  static constexpr std::string_view name = "RegisterStreamConsumer";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request {
    std::string stream_arn{};
    std::string consumer_name{};
    std::optional<std::string> stream_id{};
    std::optional<std::map<std::string, std::string>> tags{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("ConsumerName", &Request::consumer_name, shapes::consumer_name),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("Tags", &Request::tags, shapes::tags),
      };
    }
  };

  struct Response {
    Consumer consumer{};

    static constexpr auto fields() {
      return std::tuple{
          field("Consumer", &Response::consumer),
      };
    }
  };
};

}  // namespace kinesisd::protocol
