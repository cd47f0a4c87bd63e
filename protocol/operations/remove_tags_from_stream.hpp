// Takes tags away from a stream.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct RemoveTagsFromStream {
  static constexpr std::string_view name = "RemoveTagsFromStream";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request {
    std::vector<std::string> tag_keys{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("TagKeys", &Request::tag_keys, shapes::tag_keys),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
