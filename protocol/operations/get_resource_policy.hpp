// The policy of a stream or a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/structures/resource_request.hpp"

namespace kinesisd::protocol {

struct GetResourcePolicy {
  static constexpr std::string_view name = "GetResourcePolicy";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request : ResourceRequest {};

  struct Response {
    std::string policy{};

    static constexpr auto fields() {
      return std::tuple{
          field("Policy", &Response::policy),
      };
    }
  };
};

}  // namespace kinesisd::protocol
