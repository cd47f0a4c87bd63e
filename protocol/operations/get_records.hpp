// A page of a shard's records.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
#pragma once

#include <memory>

#include "protocol/shapes.hpp"
#include "protocol/structures/record.hpp"
#include "protocol/structures/shard.hpp"

namespace kinesisd::protocol {

struct GetRecords {
  static constexpr std::string_view name = "GetRecords";
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::int32_t> limit{};
    std::string shard_iterator{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};
    std::optional<bool> dry_run{};

    static constexpr auto fields() {
      return std::tuple{
          field("Limit", &Request::limit, shapes::result_limit),
          field("ShardIterator", &Request::shard_iterator, shapes::shard_iterator),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("DryRun", &Request::dry_run),
      };
    }
  };

  struct Response {
    std::vector<Record> records{};
    std::optional<std::string> next_shard_iterator{};
    std::optional<std::int64_t> millis_behind_latest{};
    std::optional<std::vector<ChildShard>> child_shards{};
    std::shared_ptr<const void> keeps{};  // owns what the records' views point at

    static constexpr auto fields() {
      return std::tuple{
          field("Records", &Response::records),
          field("NextShardIterator", &Response::next_shard_iterator, shapes::shard_iterator),
          field("MillisBehindLatest", &Response::millis_behind_latest, shapes::millis_behind_latest),
          field("ChildShards", &Response::child_shards),
      };
    }
  };
};

}  // namespace kinesisd::protocol
