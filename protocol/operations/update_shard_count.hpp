// Splits and merges shards until there are so many.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/scaling_type.hpp"

namespace kinesisd::protocol {

struct UpdateShardCount {
  static constexpr std::string_view name = "UpdateShardCount";
  static constexpr Rate rate{.per_second = 10, .scope = RateScope::account};

  struct Request {
    std::optional<std::string> stream_name{};
    std::int32_t target_shard_count = 0;
    ScalingType scaling_type{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("TargetShardCount", &Request::target_shard_count, shapes::positive_integer),
          field("ScalingType", &Request::scaling_type),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    std::optional<std::string> stream_name{};
    std::optional<std::int32_t> current_shard_count{};
    std::optional<std::int32_t> target_shard_count{};
    std::optional<std::string> stream_arn{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamName", &Response::stream_name, shapes::stream_name),
          field("CurrentShardCount", &Response::current_shard_count, shapes::positive_integer),
          field("TargetShardCount", &Response::target_shard_count, shapes::positive_integer),
          field("StreamARN", &Response::stream_arn, shapes::stream_arn),
      };
    }
  };
};

}  // namespace kinesisd::protocol
