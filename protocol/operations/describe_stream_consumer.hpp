// A consumer and its stream.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/consumer.hpp"

namespace kinesisd::protocol {

struct DescribeStreamConsumer {
  static constexpr std::string_view name = "DescribeStreamConsumer";
  static constexpr Rate rate{.per_second = 20, .scope = RateScope::stream};
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

  struct Response {
    ConsumerDescription consumer_description{};

    static constexpr auto fields() {
      return std::tuple{
          field("ConsumerDescription", &Response::consumer_description),
      };
    }
  };
};

}  // namespace kinesisd::protocol
