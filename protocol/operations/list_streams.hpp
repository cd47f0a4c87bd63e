// A page of the account's streams in this region.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/stream_summary.hpp"

namespace kinesisd::protocol {

struct ListStreams {
  static constexpr std::string_view name = "ListStreams";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    std::optional<std::int32_t> limit{};
    std::optional<std::string> exclusive_start_stream_name{};
    std::optional<std::string> next_token{};

    static constexpr auto fields() {
      return std::tuple{
          field("Limit", &Request::limit, shapes::result_limit),
          field("ExclusiveStartStreamName", &Request::exclusive_start_stream_name, shapes::stream_name),
          field("NextToken", &Request::next_token, shapes::next_token),
      };
    }
  };

  struct Response {
    std::vector<std::string> stream_names{};
    bool has_more_streams = false;
    std::optional<std::string> next_token{};
    std::optional<std::vector<StreamSummary>> stream_summaries{};

    static constexpr auto fields() {
      return std::tuple{
          field("StreamNames", &Response::stream_names, shapes::stream_names),
          field("HasMoreStreams", &Response::has_more_streams),
          field("NextToken", &Response::next_token, shapes::next_token),
          field("StreamSummaries", &Response::stream_summaries),
      };
    }
  };
};

}  // namespace kinesisd::protocol
