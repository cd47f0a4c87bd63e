// Gives a stream tags, or its tags other values.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct AddTagsToStream {
  static constexpr std::string_view name = "AddTagsToStream";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::map<std::string, std::string> tags{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("Tags", &Request::tags, shapes::tags),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
