// A consumer and its stream.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/structures/consumer.hpp"
#include "protocol/structures/consumer_request.hpp"

namespace kinesisd::protocol {

struct DescribeStreamConsumer {
  static constexpr std::string_view name = "DescribeStreamConsumer";
  static constexpr Rate rate{.per_second = 20, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request : ConsumerRequest {};

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
