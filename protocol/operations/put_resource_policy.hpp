// Sets the policy of a stream or a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct PutResourcePolicy {
  static constexpr std::string_view name = "PutResourcePolicy";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::string resource_arn{};
    std::optional<std::string> stream_id{};
    std::string policy{};

    static constexpr auto fields() {
      return std::tuple{
          field("ResourceARN", &Request::resource_arn, shapes::resource_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("Policy", &Request::policy),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
