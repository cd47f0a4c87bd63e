// Replaces a shard by two.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct SplitShard {
  static constexpr std::string_view name = "SplitShard";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request {
    std::string new_starting_hash_key{};
    std::optional<std::string> stream_name{};
    std::string shard_to_split{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("NewStartingHashKey", &Request::new_starting_hash_key, shapes::hash_key),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("ShardToSplit", &Request::shard_to_split, shapes::shard_id),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
