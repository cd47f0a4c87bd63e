// Deletes a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/structures/consumer_request.hpp"

namespace kinesisd::protocol {

struct DeregisterStreamConsumer {
  static constexpr std::string_view name = "DeregisterStreamConsumer";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request : ConsumerRequest {};

  using Response = Void;
};

}  // namespace kinesisd::protocol
