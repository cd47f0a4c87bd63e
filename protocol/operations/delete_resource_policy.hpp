// Takes the policy of a stream or a consumer away.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteResourcePolicy.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/structures/resource_request.hpp"

namespace kinesisd::protocol {

struct DeleteResourcePolicy {
  static constexpr std::string_view name = "DeleteResourcePolicy";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request : ResourceRequest {};

  using Response = Void;
};

}  // namespace kinesisd::protocol
