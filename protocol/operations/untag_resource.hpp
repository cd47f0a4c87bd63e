// Takes tags away from a stream or a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct UntagResource {
  static constexpr std::string_view name = "UntagResource";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::vector<std::string> tag_keys{};
    std::string resource_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("TagKeys", &Request::tag_keys, shapes::tag_keys),
          field("ResourceARN", &Request::resource_arn, shapes::resource_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
