// A page of a stream's tags.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/tag.hpp"

namespace kinesisd::protocol {

struct ListTagsForStream {
  static constexpr std::string_view name = "ListTagsForStream";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request {
    std::optional<std::int32_t> limit{};
    std::optional<std::string> exclusive_start_tag_key{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("Limit", &Request::limit, shapes::tag_result_limit),
          field("ExclusiveStartTagKey", &Request::exclusive_start_tag_key, shapes::tag_key),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    std::vector<Tag> tags{};
    bool has_more_tags = false;

    static constexpr auto fields() {
      return std::tuple{
          field("Tags", &Response::tags, shapes::tag_list),
          field("HasMoreTags", &Response::has_more_tags),
      };
    }
  };
};

}  // namespace kinesisd::protocol
