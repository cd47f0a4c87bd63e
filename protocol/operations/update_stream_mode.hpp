// Changes who decides on the number of shards.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/stream_mode_details.hpp"

namespace kinesisd::protocol {

struct UpdateStreamMode {
  static constexpr std::string_view name = "UpdateStreamMode";

  struct Request {
    std::string stream_arn{};
    std::optional<std::string> stream_id{};
    StreamModeDetails stream_mode_details{};
    std::optional<std::int32_t> warm_throughput_mibps{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("StreamModeDetails", &Request::stream_mode_details),
          field("WarmThroughputMiBps", &Request::warm_throughput_mibps, shapes::natural_integer),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
