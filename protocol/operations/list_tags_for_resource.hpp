// All tags of a stream or a consumer.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/resource_request.hpp"
#include "protocol/structures/tag.hpp"

namespace kinesisd::protocol {

struct ListTagsForResource {
  static constexpr std::string_view name = "ListTagsForResource";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request : ResourceRequest {};

  struct Response {
    std::optional<std::vector<Tag>> tags{};

    static constexpr auto fields() {
      return std::tuple{
          field("Tags", &Response::tags, shapes::tag_list),
      };
    }
  };
};

}  // namespace kinesisd::protocol
