// Deletes a stream with all its records.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct DeleteStream {
  static constexpr std::string_view name = "DeleteStream";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::optional<std::string> stream_name{};
    std::optional<bool> enforce_consumer_deletion{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("EnforceConsumerDeletion", &Request::enforce_consumer_deletion),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  using Response = Void;
};

}  // namespace kinesisd::protocol
