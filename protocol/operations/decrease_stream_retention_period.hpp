// Keeps records for a shorter time.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct DecreaseStreamRetentionPeriod {
  static constexpr std::string_view name = "DecreaseStreamRetentionPeriod";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};

  struct Request {
    std::int32_t retention_period_hours = 0;
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("RetentionPeriodHours", &Request::retention_period_hours),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
