// A stream without its shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/stream_description_summary.hpp"

namespace kinesisd::protocol {

struct DescribeStreamSummary {
  static constexpr std::string_view name = "DescribeStreamSummary";
  static constexpr Rate rate{.per_second = 20, .scope = RateScope::account};
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    StreamDescriptionSummary stream_description_summary{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamDescriptionSummary", &Response::stream_description_summary),
      };
    }
  };
};

}  // namespace kinesisd::protocol
