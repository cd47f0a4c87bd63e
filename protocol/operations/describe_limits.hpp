// What an account may have and what it has.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct DescribeLimits {
  static constexpr std::string_view name = "DescribeLimits";
  static constexpr Rate rate{.per_second = 1, .scope = RateScope::account};

  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };

  struct Response {
    std::int32_t shard_limit = 0;
    std::int32_t open_shard_count = 0;
    std::int32_t on_demand_stream_count = 0;
    std::int32_t on_demand_stream_count_limit = 0;
    std::optional<std::int32_t> channel_count{};
    std::optional<std::int32_t> channel_count_limit{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardLimit", &Response::shard_limit, shapes::shard_count),
          field("OpenShardCount", &Response::open_shard_count, shapes::shard_count),
          field("OnDemandStreamCount", &Response::on_demand_stream_count, shapes::on_demand_stream_count),
          field("OnDemandStreamCountLimit", &Response::on_demand_stream_count_limit,
                shapes::on_demand_stream_count),
          field("ChannelCount", &Response::channel_count, shapes::channel_count),
          field("ChannelCountLimit", &Response::channel_count_limit, shapes::channel_count),
      };
    }
  };
};

}  // namespace kinesisd::protocol
