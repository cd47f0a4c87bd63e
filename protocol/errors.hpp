// Every sentence AWS answers an error with, as a named constructor. These texts stand in protocol/errors*.cpp
// alone. {id} arguments are shard ids as AWS prints them; `as_sent` is the client's own spelling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace kinesisd::protocol::errors {

// How long an iterator or a NextToken may be used; quoted in the sentences below.
inline constexpr std::int64_t token_lifetime_ms = 300'000;

// Streams
Error stream_not_found(std::string_view stream, std::string_view account);
Error stream_exists(std::string_view stream, std::string_view account);
Error stream_not_active(std::string_view stream, std::string_view account, std::string_view state);
Error stream_has_consumers(std::string_view stream, std::string_view account);
Error stream_name_missing();
Error stream_arn_missing();
// A stream of another account, which no resource policy opens to the caller.
Error cross_account_denied(std::string_view caller_account, std::string_view operation, std::string_view arn);
Error stream_name_and_arn_differ(std::string_view name, std::string_view arn);
Error shard_limit(std::string_view account, std::string_view region, std::int64_t current, std::int64_t limit,
                  std::int64_t additional);
Error on_demand_limit(std::string_view account, std::int64_t limit);
Error provisioned_without_shard_count();
Error shard_count_unexpected();  // of an on-demand stream
Error shards_per_stream_limit(std::string_view stream, std::string_view account, std::int64_t limit);
Error too_many_streams_changing(std::string_view account);  // CREATING or DELETING

// Retention
Error retention_too_short(std::int32_t hours);
Error retention_too_long(std::int32_t hours);
Error retention_not_shorter(std::int32_t hours, std::string_view stream,
                            std::int32_t current_hours);  // Increase
Error retention_not_longer(std::int32_t hours, std::string_view stream,
                           std::int32_t current_hours);  // Decrease

// Mode, throughput, record distribution
Error stream_on_demand(std::string_view stream, std::string_view account);
Error stream_mode_unchanged(std::string_view stream, std::string_view account, std::string_view mode);
Error too_many_mode_switches(std::string_view stream, std::string_view account, std::int64_t limit);
Error warm_throughput_needs_on_demand(std::string_view stream, std::string_view account);
Error warm_throughput_needs_commitment(std::string_view account);
Error warm_throughput_too_high(std::int64_t mibps, std::int64_t limit_mibps);
Error auto_distribution_needs_on_demand(std::string_view stream, std::string_view account);
Error ordering_with_auto_distribution(std::string_view stream, std::string_view account);

// SplitShard, MergeShards, UpdateShardCount
Error split_key_out_of_range(std::string_view key, std::string_view id, std::string_view stream,
                             std::string_view account, std::string_view range_start,
                             std::string_view range_end);
Error shard_closed(std::string_view id, std::string_view stream, std::string_view account);
Error shards_not_adjacent(std::string_view id, std::string_view adjacent_id, std::string_view stream,
                          std::string_view account);
Error scaling_over_double(std::int64_t open_shards, std::int64_t target);
Error scaling_below_half(std::int64_t open_shards, std::int64_t target);
Error scaling_above_limit(std::int64_t limit, std::int64_t open_shards, std::int64_t target);
Error too_many_scalings(std::string_view stream, std::string_view account, std::int64_t limit);

// Shards and iterators
Error shard_id_unknown(std::string_view as_sent, std::string_view stream, std::string_view account);
Error shard_not_found(std::string_view id, std::string_view stream, std::string_view account);
Error starting_sequence_number_missing(std::string_view iterator_type);
Error starting_sequence_number_unexpected(std::string_view iterator_type);
Error starting_sequence_number_invalid(std::string_view number, std::string_view id, std::string_view stream,
                                       std::string_view account);
Error starting_sequence_number_of_other_shard(std::string_view other_id, std::string_view id);
Error starting_sequence_number_of_other_stream(std::string_view number, std::string_view id,
                                               std::string_view stream, std::string_view account);
Error timestamp_missing();
Error timestamp_in_future(std::int64_t timestamp_ms, std::int64_t now_ms);
Error iterator_invalid();
Error iterator_expired(std::int64_t created_ms, std::int64_t now_ms);

// ListShards and ListStreams
Error list_shards_without_stream();
Error next_token_with(std::string_view member);
Error next_token_invalid();
Error next_token_expired(std::int64_t created_ms, std::int64_t now_ms);
Error start_with_next_token();  // ListStreams
Error shard_filter_without_shard_id(std::string_view type);
Error shard_filter_without_timestamp(std::string_view type);
Error shard_filter_with_start();
Error shard_filter_in_future(std::int64_t timestamp_ms, std::int64_t now_ms);

// Puts
Error explicit_hash_key_out_of_range(std::string_view key);
Error ordering_sequence_number_invalid(std::string_view number, std::string_view stream,
                                       std::string_view account);
Error records_too_large();  // all records of one PutRecords together
Error write_throughput_exceeded(std::string_view id, std::string_view stream, std::string_view account);
// The ErrorMessage of a PutRecords entry that could not be stored.
inline constexpr std::string_view record_not_stored = "Internal service failure.";

// Rates. For those of writes see write_throughput_exceeded.
Error stream_rate_exceeded(std::string_view stream, std::string_view account);
Error account_rate_exceeded(std::string_view account);
Error read_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account);
Error iterator_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account);
Error subscription_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account);

// DryRun
Error dry_run_succeeded();
Error dry_run_rate_exceeded(std::string_view stream, std::string_view account);

// Consumers. `name_or_arn` is what the request gave; `created_s` counts from the epoch.
Error consumer_not_found(std::string_view name_or_arn, std::string_view account);
Error consumer_exists(std::string_view consumer, std::string_view stream, std::string_view account);
Error consumer_not_active(std::string_view consumer, std::int64_t created_s, std::string_view stream,
                          std::string_view account);  // resource policies
Error subscriber_not_active(std::string_view consumer, std::int64_t created_s, std::string_view stream,
                            std::string_view account);  // SubscribeToShard
Error another_subscription(std::string_view account, std::string_view stream, std::string_view id,
                           std::string_view consumer);
Error consumer_limit(std::string_view stream, std::string_view account, std::int64_t limit);
Error too_many_consumers_creating(std::string_view stream, std::string_view account, std::int64_t limit);
Error consumer_missing();
Error consumer_name_and_arn_differ();

// Tags
Error tags_with_invalid_characters();
Error tags_not_added(std::string_view stream, std::string_view account);    // illegal characters
Error tags_not_removed(std::string_view stream, std::string_view account);  // illegal characters
Error too_many_tags(std::string_view stream, std::string_view account);
Error reserved_tag(std::string_view key);

// Resource policies
Error policy_malformed(std::string_view why);  // `why` is a sentence
Error policy_too_long(std::int64_t bytes_max);
Error policy_not_found(std::string_view arn);
// A statement of a policy that denies the caller.
Error policy_denies(std::string_view caller_account, std::string_view operation, std::string_view arn);

// Encryption. `key` is the id, alias or ARN as the request gave it.
Error encryption_type_not_kms();
Error encryption_key_differs(std::string_view key, std::string_view stream, std::string_view account);
Error too_many_encryption_starts(std::string_view stream, std::string_view account, std::int64_t limit);
Error too_many_encryption_stops(std::string_view stream, std::string_view account, std::int64_t limit);
Error kms_key_not_found(std::string_view key);
Error kms_key_disabled(std::string_view key);
Error kms_key_in_state(std::string_view key, std::string_view state);  // `pending deletion`
Error kms_access_denied(std::string_view caller_account, std::string_view action, std::string_view key);
Error kms_not_subscribed(std::string_view key);
Error kms_throttled(std::string_view key);

// Signatures. Instants are seconds since 1970.
Error signature_mismatch();
Error signature_expired(std::int64_t signed_s, std::int64_t now_s, std::int64_t lifetime_s);
Error signature_not_yet_current(std::int64_t signed_s, std::int64_t now_s, std::int64_t tolerance_s);
Error signature_date_unreadable(std::string_view as_sent);
Error signature_lifetime_unreadable();  // of X-Amz-Expires, as is the next
Error signature_lifetime_too_long(std::int64_t lifetime_max_s);
Error host_not_signed();
Error credential_incomplete(std::string_view as_sent);
// Where a credential holds. Only what differs is complained of; `signed_at` is as in 20260101T000000Z.
struct CredentialScope {
  std::string_view date;  // as in 20260101
  std::string_view service;
  std::string_view terminator;

  friend bool operator==(const CredentialScope&, const CredentialScope&) = default;
};
Error credential_scope(const CredentialScope& expected, const CredentialScope& as_sent,
                       std::string_view signed_at);

// Transport
Error missing_authentication();
Error missing_authentication_of_form();  // of services that take forms and answer in XML
Error two_authentications();
Error incomplete_signature(std::string message);
Error security_token_invalid();
Error security_token_expired();
Error unknown_operation();  // bare
Error unreadable_body();    // bare SerializationException
Error serialization(std::string message);
Error validation(std::string message);
Error internal_failure();  // bare, 500
Error service_unavailable();

}  // namespace kinesisd::protocol::errors
