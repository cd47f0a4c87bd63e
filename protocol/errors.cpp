#include "protocol/errors.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "protocol/error_kinds.hpp"

namespace kinesisd::protocol::errors {

namespace {

// As Java's Date.toString prints an instant in UTC: `Thu Jan 22 01:22:02 UTC 2015`.
std::string java_date(std::int64_t epoch_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds{epoch_ms}};
  return fmt::format("{:%a %b %d %H:%M:%S UTC %Y}", std::chrono::floor<std::chrono::seconds>(at));
}

constexpr std::string_view iterator_combinations =
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
    "TRIM_HORIZON or LATEST and no StartingSequenceNumber.";

}  // namespace

Error stream_not_found(std::string_view stream, std::string_view account) {
  return not_found(fmt::format("Stream {} under account {} not found.", stream, account));
}

Error stream_exists(std::string_view stream, std::string_view account) {
  return in_use(fmt::format("Stream {} under account {} already exists.", stream, account));
}

Error stream_not_active(std::string_view stream, std::string_view account, std::string_view state) {
  return in_use(
      fmt::format("Stream {} under account {} not ACTIVE, instead in state {}", stream, account, state));
}

Error stream_has_consumers(std::string_view stream, std::string_view account) {
  return in_use(
      fmt::format("DeleteStream can't delete {1}:{0} because there are consumers associated with this data "
                  "stream. To delete "
                  "{0} anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of "
                  "all the consumers "
                  "that are associated with it.",
                  stream, account));
}

// AWS's type is known (InvalidArgumentException), its text is not: modelled on ListShards.
Error stream_name_missing() {
  return invalid_argument("Either StreamName or StreamARN should be provided.");
}

// AWS's text is unknown.
Error stream_arn_missing() {
  return invalid_argument("StreamARN should be provided.");
}

// AWS's text is unknown.
Error stream_name_and_arn_differ(std::string_view name, std::string_view arn) {
  return invalid_argument(
      fmt::format("StreamName {} and StreamARN {} do not name the same stream.", name, arn));
}

// IAM's general wording.
Error cross_account_denied(std::string_view caller_account, std::string_view operation,
                           std::string_view arn) {
  return {
      ErrorType::AccessDeniedException,
      fmt::format(
          "User: arn:aws:iam::{}:root is not authorized to perform: kinesis:{} on resource: {} because no "
          "resource-based policy allows the kinesis:{} action",
          caller_account, operation, arn, operation)};
}

Error shard_limit(std::string_view account, std::string_view region, std::int64_t current, std::int64_t limit,
                  std::int64_t additional) {
  return limit_exceeded(
      fmt::format("This request would exceed the shard limit for the account {} in {}. Current shard count "
                  "for the account: {}. "
                  "Limit: {}. Number of additional shards that would have resulted from this request: {}. "
                  "Refer to the AWS "
                  "Service Limits page "
                  "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current "
                  "limits and how to request higher limits.",
                  account, region, current, limit, additional));
}

// AWS's text is unknown.
Error on_demand_limit(std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "This request would exceed the limit on the number of on-demand streams for the account {}. Limit: {}.",
      account, limit));
}

// AWS's text is unknown.
Error provisioned_without_shard_count() {
  return invalid_argument("ShardCount must be specified when StreamMode is PROVISIONED.");
}

Error retention_too_short(std::int32_t hours) {
  return invalid_argument(fmt::format(
      "Minimum allowed retention period is 24 hours. Requested retention period ({} hours) is too short.",
      hours));
}

Error retention_too_long(std::int32_t hours) {
  return invalid_argument(fmt::format(
      "Maximum allowed retention period is 8760 hours. Requested retention period ({} hours) is too long.",
      hours));
}

Error retention_not_shorter(std::int32_t hours, std::string_view stream, std::int32_t current_hours) {
  return invalid_argument(
      fmt::format("Requested retention period ({} hours) for stream {} can not be shorter than existing "
                  "retention period ({} "
                  "hours). Use DecreaseRetentionPeriod API.",
                  hours, stream, current_hours));
}

Error retention_not_longer(std::int32_t hours, std::string_view stream, std::int32_t current_hours) {
  return invalid_argument(
      fmt::format("Requested retention period ({} hours) for stream {} can not be longer than existing "
                  "retention period ({} "
                  "hours). Use IncreaseRetentionPeriod API.",
                  hours, stream, current_hours));
}

Error shard_id_unknown(std::string_view as_sent, std::string_view stream, std::string_view account) {
  return not_found(
      fmt::format("Could not find shard {} in stream {} under account {}.", as_sent, stream, account));
}

Error shard_not_found(std::string_view id, std::string_view stream, std::string_view account) {
  return not_found(fmt::format("Shard {} in stream {} under account {} does not exist", id, stream, account));
}

Error starting_sequence_number_missing(std::string_view iterator_type) {
  return invalid_argument(fmt::format("{} Request specified {} and no StartingSequenceNumber.",
                                      iterator_combinations, iterator_type));
}

Error starting_sequence_number_unexpected(std::string_view iterator_type) {
  return invalid_argument(fmt::format("{} Request specified {} and also a StartingSequenceNumber.",
                                      iterator_combinations, iterator_type));
}

Error starting_sequence_number_invalid(std::string_view number, std::string_view id, std::string_view stream,
                                       std::string_view account) {
  return invalid_argument(fmt::format(
      "StartingSequenceNumber {} used in GetShardIterator on shard {} in stream {} under account {} is "
      "invalid.",
      number, id, stream, account));
}

Error starting_sequence_number_of_other_shard(std::string_view other_id, std::string_view id) {
  return invalid_argument(fmt::format(
      "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with {}",
      other_id, id));
}

Error starting_sequence_number_of_other_stream(std::string_view number, std::string_view id,
                                               std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "StartingSequenceNumber {} used in GetShardIterator on shard {} in stream {} under account {} is "
      "invalid because it did not come from this stream.",
      number, id, stream, account));
}

Error timestamp_missing() {
  return invalid_argument(
      "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
      "timestamp "
      "parameter.");
}

Error timestamp_in_future(std::int64_t timestamp_ms, std::int64_t now_ms) {
  return invalid_argument(
      fmt::format("The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
                  "timestampInMillis: {}, currentTimestampInMillis: {}",
                  timestamp_ms, now_ms));
}

Error iterator_invalid() {
  return invalid_argument("Invalid ShardIterator.");
}

Error iterator_expired(std::int64_t created_ms, std::int64_t now_ms) {
  return {
      ErrorType::ExpiredIteratorException,
      fmt::format("Iterator expired. The iterator was created at time {} while right now it is {} which is "
                  "further in the future than the tolerated delay of {} milliseconds.",
                  java_date(created_ms), java_date(now_ms), token_lifetime_ms)};
}

Error list_shards_without_stream() {
  return invalid_argument("Either NextToken or StreamName should be provided.");
}

Error next_token_with(std::string_view member) {
  return invalid_argument(fmt::format("NextToken and {} cannot be provided together.", member));
}

// AWS's text is unknown.
Error next_token_invalid() {
  return invalid_argument("Invalid NextToken.");
}

// AWS's text is unknown: modelled on the iterator's.
Error next_token_expired(std::int64_t created_ms, std::int64_t now_ms) {
  return {ErrorType::ExpiredNextTokenException,
          fmt::format("NextToken expired. The token was created at time {} while right now it is {} which is "
                      "further in the future than the tolerated delay of {} milliseconds.",
                      java_date(created_ms), java_date(now_ms), token_lifetime_ms)};
}

// AWS's text is unknown.
Error shard_filter_without_shard_id(std::string_view type) {
  return invalid_argument(fmt::format("ShardFilter of type {} requires ShardId.", type));
}

// AWS's text is unknown.
Error shard_filter_without_timestamp(std::string_view type) {
  return invalid_argument(fmt::format("ShardFilter of type {} requires Timestamp.", type));
}

// Modelled on ListShards'.
Error start_with_next_token() {
  return invalid_argument("NextToken and ExclusiveStartStreamName cannot be provided together.");
}

// AWS's text is unknown.
Error shard_filter_with_start() {
  return invalid_argument("ExclusiveStartShardId and ShardFilter cannot be provided together.");
}

// AWS's text is unknown: modelled on GetShardIterator's.
Error shard_filter_in_future(std::int64_t timestamp_ms, std::int64_t now_ms) {
  return timestamp_in_future(timestamp_ms, now_ms);
}

Error explicit_hash_key_out_of_range(std::string_view key) {
  return invalid_argument(fmt::format(
      "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {}",
      key));
}

Error ordering_sequence_number_invalid(std::string_view number, std::string_view stream,
                                       std::string_view account) {
  return invalid_argument(fmt::format(
      "ExclusiveMinimumSequenceNumber {} used in PutRecord on stream {} under account {} is invalid.", number,
      stream, account));
}

// Reported with 5 MB until AWS raised the limit to 10 MiB; today's number is a guess.
Error records_too_large() {
  return invalid_argument("Records size exceeds 10 MB limit");
}

Error write_throughput_exceeded(std::string_view id, std::string_view stream, std::string_view account) {
  return {ErrorType::ProvisionedThroughputExceededException,
          fmt::format("Rate exceeded for shard {} in stream {} under account {}.", id, stream, account)};
}

Error missing_authentication() {
  return {ErrorType::MissingAuthenticationTokenException, "Missing Authentication Token"};
}

Error missing_authentication_of_form() {
  return {ErrorType::MissingAuthenticationTokenException, "Request is missing Authentication Token"};
}

Error two_authentications() {
  return {ErrorType::InvalidSignatureException,
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."};
}

Error incomplete_signature(std::string message) {
  return {ErrorType::IncompleteSignatureException, std::move(message)};
}

Error security_token_invalid() {
  return {ErrorType::UnrecognizedClientException, "The security token included in the request is invalid."};
}

Error security_token_expired() {
  return {ErrorType::ExpiredTokenException, "The security token included in the request is expired"};
}

Error unknown_operation() {
  return {ErrorType::UnknownOperationException, {}};
}
Error unreadable_body() {
  return {ErrorType::SerializationException, {}};
}
Error serialization(std::string message) {
  return {ErrorType::SerializationException, std::move(message)};
}
Error validation(std::string message) {
  return {ErrorType::ValidationException, std::move(message)};
}
Error internal_failure() {
  return {ErrorType::InternalFailure, {}};
}

Error service_unavailable() {
  return {ErrorType::ServiceUnavailable, "The server has no room for this request now. Please try again."};
}

}  // namespace kinesisd::protocol::errors
