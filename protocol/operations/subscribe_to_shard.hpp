// A shard's records pushed to a registered consumer, as a stream of events.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
#pragma once

#include <memory>

#include "protocol/shapes.hpp"
#include "protocol/structures/record.hpp"
#include "protocol/structures/shard.hpp"
#include "protocol/structures/starting_position.hpp"

namespace kinesisd::protocol {

struct SubscribeToShard {
  static constexpr std::string_view name = "SubscribeToShard";
  static constexpr bool cross_account = true;

  struct Request {
    std::string consumer_arn{};
    std::optional<std::string> stream_id{};
    std::string shard_id{};
    StartingPosition starting_position{};
    std::optional<bool> dry_run{};

    static constexpr auto fields() {
      return std::tuple{
          field("ConsumerARN", &Request::consumer_arn, shapes::consumer_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("ShardId", &Request::shard_id, shapes::shard_id),
          field("StartingPosition", &Request::starting_position),
          field("DryRun", &Request::dry_run),
      };
    }
  };

  // What the answer's stream consists of, in place of a response.
  struct Event {
    static constexpr std::string_view name = "SubscribeToShardEvent";

    std::vector<Record> records{};
    std::optional<std::string> continuation_sequence_number{};  // unset: the shard has ended
    std::int64_t millis_behind_latest{};
    std::optional<std::vector<ChildShard>> child_shards{};
    std::shared_ptr<const void> keeps{};  // owns what the records' views point at

    static constexpr auto fields() {
      return std::tuple{
          field("ContinuationSequenceNumber", &Event::continuation_sequence_number, shapes::sequence_number),
          field("MillisBehindLatest", &Event::millis_behind_latest, shapes::millis_behind_latest),
          field("Records", &Event::records),
          field("ChildShards", &Event::child_shards),
      };
    }
  };
};

}  // namespace kinesisd::protocol
