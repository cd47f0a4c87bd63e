// A token for reading a shard from some position on.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/shard_iterator_type.hpp"

namespace kinesisd::protocol {

struct GetShardIterator {
  static constexpr std::string_view name = "GetShardIterator";
  static constexpr bool cross_account = true;

  struct Request {
    std::string shard_id{};
    ShardIteratorType shard_iterator_type{};
    std::optional<std::string> starting_sequence_number{};
    std::optional<std::string> stream_name{};
    std::optional<Timestamp> timestamp{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};
    std::optional<bool> dry_run{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardId", &Request::shard_id, shapes::shard_id),
          field("ShardIteratorType", &Request::shard_iterator_type),
          field("StartingSequenceNumber", &Request::starting_sequence_number, shapes::sequence_number),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("Timestamp", &Request::timestamp),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("DryRun", &Request::dry_run),
      };
    }
  };

  struct Response {
    std::optional<std::string> shard_iterator{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardIterator", &Response::shard_iterator, shapes::shard_iterator),
      };
    }
  };
};

}  // namespace kinesisd::protocol
