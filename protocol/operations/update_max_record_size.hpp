// Changes how large a record may be.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct UpdateMaxRecordSize {
  static constexpr std::string_view name = "UpdateMaxRecordSize";

  struct Request {
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};
    std::int32_t max_record_size_in_kib = 0;

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("MaxRecordSizeInKiB", &Request::max_record_size_in_kib, shapes::max_record_size_in_kib),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
