// The sentences with their arguments in place. Those AWS was recorded to say stand here word for word.
#include "protocol/errors.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

struct Row {
  const char* why;
  Error error;
  const char* sentence;  // type and text
};

constexpr auto account = "123456789012";

}  // namespace

TEST_CASE("An error of shards says what AWS says") {
  const auto row = GENERATE(values<Row>({
      {"a split outside the shard",
       errors::split_key_out_of_range("1", "shardId-000000000000", "s", account, "0", "9"),
       "InvalidArgumentException: NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000000 in "
       "stream s under account 123456789012 is not both greater than one plus the shard's StartingHashKey 0 "
       "and less than the shard's EndingHashKey 9."},
      {"a shard that is closed", errors::shard_closed("shardId-000000000000", "s", account),
       "InvalidArgumentException: Shard shardId-000000000000 in stream s under account 123456789012 has "
       "already been merged or split, and thus is not eligible for merging or splitting."},
      {"shards that do not touch",
       errors::shards_not_adjacent("shardId-000000000000", "shardId-000000000002", "s", account),
       "InvalidArgumentException: Shards shardId-000000000000 and shardId-000000000002 in stream s under "
       "account 123456789012 are not an adjacent pair of shards eligible for merging"},
      {"more than twice the shards", errors::scaling_over_double(1, 4),
       "LimitExceededException: UpdateShardCount cannot scale up over double your current open shard count. "
       "Current open shard count: 1, Target shard count: 4"},
      {"less than half the shards", errors::scaling_below_half(5, 2),
       "LimitExceededException: UpdateShardCount cannot scale down below half your current open shard count. "
       "Current open shard count: 5, Target shard count: 2"},
      {"more shards than there may be", errors::scaling_above_limit(500, 400, 600),
       "LimitExceededException: Target shard count or number of open shards cannot be greater than 500. "
       "Current open shard count: 400, Target shard count: 600"},
      {"a stream that scales by itself", errors::stream_on_demand("s", account),
       "ValidationException: Request is invalid. Stream s under account 123456789012 is in On-Demand mode."},
      {"warm throughput beyond the limit", errors::warm_throughput_too_high(10241, 10240),
       "LimitExceededException: Requested warm throughput of 10241 MiBps exceeds the limit of 10240 MiBps."},
  }));
  INFO(row.why);
  CHECK(sentence(row.error) == row.sentence);
}

TEST_CASE("An error of rates says what AWS says") {
  const auto row = GENERATE(values<Row>({
      {"calls for a stream", errors::stream_rate_exceeded("s", account),
       "LimitExceededException: Rate exceeded for stream s under account 123456789012."},
      {"calls of an account", errors::account_rate_exceeded(account),
       "LimitExceededException: Rate exceeded for account 123456789012."},
      {"reads of a shard", errors::read_rate_exceeded("shardId-000000000000", "s", account),
       "ProvisionedThroughputExceededException: Rate exceeded for Shard - "
       "123456789012/s/shardId-000000000000"},
      {"streams that change", errors::too_many_streams_changing(account),
       "LimitExceededException: This request would have exceed the limit on the number  of streams that can "
       "simultaneously be in CREATING or DELETING for the account 123456789012. Limit: 5."},
      {"a dry run that would succeed", errors::dry_run_succeeded(),
       "DryRunOperationException: Request would have succeeded, but DryRun flag is set."},
      {"dry runs", errors::dry_run_rate_exceeded("s", account),
       "ThrottlingException: Rate exceeded for stream s under account 123456789012."},
  }));
  INFO(row.why);
  CHECK(sentence(row.error) == row.sentence);
}

TEST_CASE("An error of consumers, tags, policies and keys says what AWS says") {
  const auto row = GENERATE(values<Row>({
      {"a consumer that is not there", errors::consumer_not_found("c", account),
       "ResourceNotFoundException: Consumer c, account 123456789012 not found."},
      {"a policy for a consumer that is being made",
       errors::consumer_not_active("c", 1700000000, "s", account),
       "ResourceInUseException: Consumer c with creation timestamp 1700000000 under stream s and account "
       "123456789012 is not in ACTIVE status."},
      {"a subscription of a consumer that is being made",
       errors::subscriber_not_active("c", 1700000000, "s", account),
       "ResourceInUseException: Consumer c with creation timestamp 1700000000 under stream: s , account "
       "123456789012 is not in ACTIVE status."},
      {"tags with characters of no tag", errors::tags_with_invalid_characters(),
       "InvalidArgumentException: Some tags contain invalid characters. Valid characters: Unicode letters, "
       "digits, white space, _ . / = + - % @."},
      {"added tags with a percent sign", errors::tags_not_added("s", account),
       "InvalidArgumentException: Failed to add tags to stream s under account 123456789012 because some "
       "tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, "
       "'_',',','/','=','+','-','@'."},
      {"removed tags with a percent sign", errors::tags_not_removed("s", account),
       "InvalidArgumentException: Failed to remove tags from stream s under account 123456789012 because "
       "some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, "
       "'_',',','/','=','+','-','@'."},
      {"too many tags", errors::too_many_tags("s", account),
       "InvalidArgumentException: Failed to add tags to stream s under account 123456789012 because a given "
       "stream cannot have more than 10 tags associated with it."},
      {"a policy that is not there", errors::policy_not_found("arn:aws:kinesis:r:123456789012:stream/s"),
       "ResourceNotFoundException: No resource policy found for resource ARN "
       "arn:aws:kinesis:r:123456789012:stream/s."},
      {"a statement that denies",
       errors::policy_denies(account, "PutRecord", "arn:aws:kinesis:r:123456789012:stream/s"),
       "AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: "
       "kinesis:PutRecord on resource: arn:aws:kinesis:r:123456789012:stream/s with an explicit deny in a "
       "resource-based policy"},
      {"a key that is not there", errors::kms_key_not_found("alias/k"),
       "KMSNotFoundException: Key 'alias/k' does not exist"},
      {"a key to be deleted", errors::kms_key_in_state("alias/k", "pending deletion"),
       "KMSInvalidStateException: alias/k is pending deletion."},
  }));
  INFO(row.why);
  CHECK(sentence(row.error) == row.sentence);
}

TEST_CASE("Errors are the client's, but for two") {
  for (const ErrorType type : enum_values<ErrorType>) {
    INFO(name(type));
    const int expected = type == ErrorType::InternalFailure      ? 500
                         : type == ErrorType::ServiceUnavailable ? 503
                                                                 : 400;
    CHECK(http_status(type) == expected);
  }
}

}  // namespace kinesisd::protocol
