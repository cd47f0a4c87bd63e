// A stream with a page of its shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/stream_description.hpp"

namespace kinesisd::protocol {

struct DescribeStream {
  static constexpr std::string_view name = "DescribeStream";
  static constexpr Rate rate{.per_second = 10, .scope = RateScope::account};
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::int32_t> limit{};
    std::optional<std::string> exclusive_start_shard_id{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("Limit", &Request::limit, shapes::result_limit),
          field("ExclusiveStartShardId", &Request::exclusive_start_shard_id, shapes::shard_id),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    StreamDescription stream_description{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamDescription", &Response::stream_description),
      };
    }
  };
};

}  // namespace kinesisd::protocol
