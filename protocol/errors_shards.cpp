#include "protocol/errors.hpp"

#include <fmt/format.h>

#include "protocol/error_kinds.hpp"

namespace kinesisd::protocol::errors {

namespace {

constexpr std::string_view scaling = "Current open shard count: {}, Target shard count: {}";

}  // namespace

// CloudFormation's text; the service's own is unknown.
Error shard_count_unexpected() {
  return invalid_argument("ShardCount is not expected when StreamMode=ON_DEMAND");
}

// AWS's text is unknown.
Error shards_per_stream_limit(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "This request would exceed the limit on the number of shards of stream {} under account {}. Limit: {}.",
      stream, account, limit));
}

Error stream_on_demand(std::string_view stream, std::string_view account) {
  return validation(
      fmt::format("Request is invalid. Stream {} under account {} is in On-Demand mode.", stream, account));
}

// AWS's text is unknown.
Error stream_mode_unchanged(std::string_view stream, std::string_view account, std::string_view mode) {
  return invalid_argument(
      fmt::format("Stream {} under account {} is already in {} mode.", stream, account, mode));
}

// AWS's text is unknown.
Error too_many_mode_switches(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "Stream {} under account {} cannot switch its stream mode more than {} times in a 24-hour period.",
      stream, account, limit));
}

// AWS's text is unknown.
Error warm_throughput_needs_on_demand(std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "Warm throughput can only be set for streams in On-Demand mode. Stream {} under account {} is not.",
      stream, account));
}

// AWS's text is unknown.
Error warm_throughput_needs_commitment(std::string_view account) {
  return invalid_argument(fmt::format(
      "Warm throughput can only be set in accounts with a minimum throughput billing commitment. Account {} "
      "has none.",
      account));
}

// AWS's text is unknown.
Error warm_throughput_too_high(std::int64_t mibps, std::int64_t limit_mibps) {
  return limit_exceeded(fmt::format("Requested warm throughput of {} MiBps exceeds the limit of {} MiBps.",
                                    mibps, limit_mibps));
}

// AWS's text is unknown.
Error auto_distribution_needs_on_demand(std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "Record distribution strategy AUTO is only supported for streams in On-Demand mode. Stream {} under "
      "account {} is not.",
      stream, account));
}

// AWS's text is unknown.
Error ordering_with_auto_distribution(std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "SequenceNumberForOrdering is not supported for stream {} under account {} because its record "
      "distribution strategy is AUTO.",
      stream, account));
}

Error split_key_out_of_range(std::string_view key, std::string_view id, std::string_view stream,
                             std::string_view account, std::string_view range_start,
                             std::string_view range_end) {
  return invalid_argument(
      fmt::format("NewStartingHashKey {} used in SplitShard() on shard {} in stream {} under account {} is "
                  "not both greater than one plus the shard's StartingHashKey {} and less than the shard's "
                  "EndingHashKey {}.",
                  key, id, stream, account, range_start, range_end));
}

Error shard_closed(std::string_view id, std::string_view stream, std::string_view account) {
  return invalid_argument(
      fmt::format("Shard {} in stream {} under account {} has already been merged or split, and thus is not "
                  "eligible for merging or splitting.",
                  id, stream, account));
}

Error shards_not_adjacent(std::string_view id, std::string_view adjacent_id, std::string_view stream,
                          std::string_view account) {
  return invalid_argument(fmt::format(
      "Shards {} and {} in stream {} under account {} are not an adjacent pair of shards eligible for "
      "merging",
      id, adjacent_id, stream, account));
}

// AWS's type of the scaling errors is not certain: recorded as LimitExceededException in one place only.
Error scaling_over_double(std::int64_t open_shards, std::int64_t target) {
  return limit_exceeded("UpdateShardCount cannot scale up over double your current open shard count. " +
                        fmt::format(scaling, open_shards, target));
}

Error scaling_below_half(std::int64_t open_shards, std::int64_t target) {
  return limit_exceeded("UpdateShardCount cannot scale down below half your current open shard count. " +
                        fmt::format(scaling, open_shards, target));
}

Error scaling_above_limit(std::int64_t limit, std::int64_t open_shards, std::int64_t target) {
  return limit_exceeded(
      fmt::format("Target shard count or number of open shards cannot be greater than {}. ", limit) +
      fmt::format(scaling, open_shards, target));
}

// AWS's text is unknown.
Error too_many_scalings(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(
      fmt::format("Stream {} under account {} cannot be scaled more than {} times in a 24-hour period.",
                  stream, account, limit));
}

}  // namespace kinesisd::protocol::errors
