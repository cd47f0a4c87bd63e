// Replaces two neighbouring shards by one.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct MergeShards {
  static constexpr std::string_view name = "MergeShards";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request {
    std::string shard_to_merge{};
    std::string adjacent_shard_to_merge{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardToMerge", &Request::shard_to_merge, shapes::shard_id),
          field("AdjacentShardToMerge", &Request::adjacent_shard_to_merge, shapes::shard_id),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
