// Gives a stream or a consumer tags, or its tags other values.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct TagResource {
  static constexpr std::string_view name = "TagResource";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::map<std::string, std::string> tags{};
    std::string resource_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("Tags", &Request::tags, shapes::tags),
          field("ResourceARN", &Request::resource_arn, shapes::resource_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
