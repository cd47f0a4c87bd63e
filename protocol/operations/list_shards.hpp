// A page of a stream's shards, filtered.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/shard.hpp"
#include "protocol/structures/shard_filter.hpp"

namespace kinesisd::protocol {

struct ListShards {
  static constexpr std::string_view name = "ListShards";
  static constexpr Rate rate{.per_second = 1000, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::int32_t> max_results{};
    std::optional<std::string> exclusive_start_shard_id{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> next_token{};
    std::optional<Timestamp> stream_creation_timestamp{};
    std::optional<ShardFilter> shard_filter{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("MaxResults", &Request::max_results, shapes::result_limit),
          field("ExclusiveStartShardId", &Request::exclusive_start_shard_id, shapes::shard_id),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("NextToken", &Request::next_token, shapes::next_token),
          field("StreamCreationTimestamp", &Request::stream_creation_timestamp),
          field("ShardFilter", &Request::shard_filter),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    std::optional<std::vector<Shard>> shards{};
    std::optional<std::string> next_token{};

    static constexpr auto fields() {
      return std::tuple{
          field("Shards", &Response::shards),
          field("NextToken", &Response::next_token, shapes::next_token),
      };
    }
  };
};

}  // namespace kinesisd::protocol
