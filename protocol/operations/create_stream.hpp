// Makes a stream with its first shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/record_distribution_strategy.hpp"
#include "protocol/structures/stream_mode_details.hpp"

namespace kinesisd::protocol {

struct CreateStream {
  static constexpr std::string_view name = "CreateStream";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::optional<std::int32_t> shard_count{};
    std::string stream_name{};
    std::optional<StreamModeDetails> stream_mode_details{};
    std::optional<std::map<std::string, std::string>> tags{};
    std::optional<std::int32_t> warm_throughput_mibps{};
    std::optional<std::int32_t> max_record_size_in_kib{};
    std::optional<RecordDistributionStrategy> record_distribution_strategy{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardCount", &Request::shard_count, shapes::positive_integer),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamModeDetails", &Request::stream_mode_details),
          field("Tags", &Request::tags, shapes::tags),
          field("WarmThroughputMiBps", &Request::warm_throughput_mibps, shapes::natural_integer),
          field("MaxRecordSizeInKiB", &Request::max_record_size_in_kib, shapes::max_record_size_in_kib),
          field("RecordDistributionStrategy", &Request::record_distribution_strategy),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
