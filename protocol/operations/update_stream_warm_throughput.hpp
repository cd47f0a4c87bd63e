// Readies an on-demand stream for a throughput to come.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/warm_throughput.hpp"

namespace kinesisd::protocol {

struct UpdateStreamWarmThroughput {
  static constexpr std::string_view name = "UpdateStreamWarmThroughput";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_id{};
    std::int32_t warm_throughput_mibps = 0;

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("WarmThroughputMiBps", &Request::warm_throughput_mibps, shapes::natural_integer),
      };
    }
  };

  struct Response {
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_name{};
    std::optional<WarmThroughputObject> warm_throughput{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Response::stream_arn, shapes::stream_arn),
          field("StreamName", &Response::stream_name, shapes::stream_name),
          field("WarmThroughput", &Response::warm_throughput),
      };
    }
  };
};

}  // namespace kinesisd::protocol
