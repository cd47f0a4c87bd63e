// A page of a stream's consumers.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/consumer.hpp"

namespace kinesisd::protocol {

struct ListStreamConsumers {
  static constexpr std::string_view name = "ListStreamConsumers";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::stream};
  static constexpr bool cross_account = true;

  struct Request {
    std::string stream_arn{};
    std::optional<std::string> next_token{};
    std::optional<std::int32_t> max_results{};
    std::optional<Timestamp> stream_creation_timestamp{};
    std::optional<std::string> stream_id{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("NextToken", &Request::next_token, shapes::next_token),
          field("MaxResults", &Request::max_results, shapes::result_limit),
          field("StreamCreationTimestamp", &Request::stream_creation_timestamp),
          field("StreamId", &Request::stream_id, shapes::stream_id),
      };
    }
  };

  struct Response {
    std::optional<std::vector<Consumer>> consumers{};
    std::optional<std::string> next_token{};

    static constexpr auto fields() {
      return std::tuple{
          field("Consumers", &Response::consumers),
          field("NextToken", &Response::next_token, shapes::next_token),
      };
    }
  };
};

}  // namespace kinesisd::protocol
