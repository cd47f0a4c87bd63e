// Changes how records find their shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/record_distribution_strategy.hpp"

namespace kinesisd::protocol {

struct UpdateStreamRecordDistributionStrategy {
  static constexpr std::string_view name = "UpdateStreamRecordDistributionStrategy";

  struct Request {
    std::string stream_arn{};
    std::optional<std::string> stream_id{};
    RecordDistributionStrategy record_distribution_strategy{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("RecordDistributionStrategy", &Request::record_distribution_strategy),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
