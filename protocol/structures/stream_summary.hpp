// What ListStreams says about a stream.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/stream_mode_details.hpp"
#include "protocol/structures/stream_status.hpp"

namespace kinesisd::protocol {

struct StreamSummary {
  std::string stream_name{};
  std::string stream_arn{};
  StreamStatus stream_status{};
  std::optional<StreamModeDetails> stream_mode_details{};
  std::optional<Timestamp> stream_creation_timestamp{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &StreamSummary::stream_name, shapes::stream_name),
        field("StreamARN", &StreamSummary::stream_arn, shapes::stream_arn),
        field("StreamStatus", &StreamSummary::stream_status),
        field("StreamModeDetails", &StreamSummary::stream_mode_details),
        field("StreamCreationTimestamp", &StreamSummary::stream_creation_timestamp),
    };
  }
};

}  // namespace kinesisd::protocol
