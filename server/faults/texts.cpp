#include "server/faults/texts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/operations/get_records.hpp"
#include "protocol/operations/get_shard_iterator.hpp"
#include "protocol/operations/put_record.hpp"
#include "protocol/operations/put_records.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"
#include "protocol/schema.hpp"

namespace kinesisd::server::faults {

namespace {

using protocol::Error;
using protocol::ErrorType;
namespace errors = protocol::errors;

constexpr std::string_view any_key = "alias/aws/kinesis";
// As AWS's model has it, and no answer of AWS's that we know.
constexpr std::string_view modelled_failure = "InternalFailureException";
constexpr int internal_status = 500;
constexpr int client_status = 400;

bool is_put(std::string_view operation) {
  return operation == protocol::PutRecord::name || operation == protocol::PutRecords::name;
}

std::string stream_arn(const Subject& subject) {
  return storage::arn(storage::StreamKey{subject.caller, std::string(subject.stream)});
}

// A moment from which what was issued has expired by now.
std::int64_t too_long_ago_ms(const Subject& subject) {
  return storage::epoch_ms(subject.now) - errors::token_lifetime_ms - 1;
}

Error throughput_exceeded(const Subject& subject, const std::string& shard) {
  const std::string& account = subject.caller.account;
  if (is_put(subject.operation)) return errors::write_throughput_exceeded(shard, subject.stream, account);
  return errors::read_rate_exceeded(shard, subject.stream, account);
}

Error limit_exceeded(const Subject& subject, const std::string& shard) {
  const std::string& account = subject.caller.account;
  if (subject.operation == protocol::SubscribeToShard::name)
    return errors::subscription_rate_exceeded(shard, subject.stream, account);
  if (subject.stream.empty()) return errors::account_rate_exceeded(account);
  return errors::stream_rate_exceeded(subject.stream, account);
}

Error in_use(const Subject& subject, const std::string& shard) {
  const std::string& account = subject.caller.account;
  if (subject.operation == protocol::SubscribeToShard::name)
    return errors::another_subscription(account, subject.stream, shard, subject.consumer);
  return errors::stream_not_active(subject.stream, account, "UPDATING");
}

Error not_found(const Subject& subject, const std::string& shard) {
  const std::string& account = subject.caller.account;
  if (subject.operation == protocol::GetRecords::name)
    return errors::shard_not_found(shard, subject.stream, account);
  return errors::stream_not_found(subject.stream, account);
}

// The errors of AWS's key management service; nullopt for other types.
std::optional<Error> key_error(ErrorType type, const Subject& subject) {
  switch (type) {
    case ErrorType::KMSAccessDeniedException:
      return errors::kms_access_denied(
          subject.caller.account, is_put(subject.operation) ? "kms:GenerateDataKey" : "kms:Decrypt", any_key);
    case ErrorType::KMSDisabledException:
      return errors::kms_key_disabled(any_key);
    case ErrorType::KMSInvalidStateException:
      return errors::kms_key_in_state(any_key, "pending deletion");
    case ErrorType::KMSNotFoundException:
      return errors::kms_key_not_found(any_key);
    case ErrorType::KMSOptInRequired:
      return errors::kms_not_subscribed(any_key);
    case ErrorType::KMSThrottlingException:
      return errors::kms_throttled(any_key);
    default:
      return std::nullopt;
  }
}

// Those that come before any operation; nullopt for other types.
std::optional<Error> front_error(ErrorType type) {
  switch (type) {
    case ErrorType::DryRunOperationException:
      return errors::dry_run_succeeded();
    case ErrorType::ExpiredTokenException:
      return errors::security_token_expired();
    case ErrorType::InvalidSignatureException:
      return errors::signature_mismatch();
    case ErrorType::MissingAuthenticationTokenException:
      return errors::missing_authentication();
    case ErrorType::SerializationException:
      return errors::unreadable_body();
    case ErrorType::ServiceUnavailable:
      return errors::service_unavailable();
    case ErrorType::UnknownOperationException:
      return errors::unknown_operation();
    case ErrorType::UnrecognizedClientException:
      return errors::security_token_invalid();
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<ErrorType> error_type(std::string_view name) {
  const auto& names = protocol::enum_names<ErrorType>;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return protocol::enum_values<ErrorType>[static_cast<std::size_t>(found - names.begin())];
}

ErrorType throttle_of(std::string_view operation) {
  const bool of_shard = is_put(operation) || operation == protocol::GetRecords::name ||
                        operation == protocol::GetShardIterator::name;
  return of_shard ? ErrorType::ProvisionedThroughputExceededException : ErrorType::LimitExceededException;
}

bool has_usual_text(ErrorType type) {
  return type != ErrorType::InvalidArgumentException && type != ErrorType::ValidationException &&
         type != ErrorType::IncompleteSignatureException;
}

Error usual_error(ErrorType type, const Subject& subject, storage::ShardIndex shard) {
  if (auto error = key_error(type, subject)) return *std::move(error);
  if (auto error = front_error(type)) return *std::move(error);
  const std::string& account = subject.caller.account;
  const std::int64_t now_ms = storage::epoch_ms(subject.now);
  switch (type) {
    case ErrorType::AccessDeniedException:
      return errors::policy_denies(account, subject.operation, stream_arn(subject));
    case ErrorType::ExpiredIteratorException:
      return errors::iterator_expired(too_long_ago_ms(subject), now_ms);
    case ErrorType::ExpiredNextTokenException:
      return errors::next_token_expired(too_long_ago_ms(subject), now_ms);
    case ErrorType::LimitExceededException:
      return limit_exceeded(subject, shard.shard_id());
    case ErrorType::ProvisionedThroughputExceededException:
      return throughput_exceeded(subject, shard.shard_id());
    case ErrorType::ResourceInUseException:
      return in_use(subject, shard.shard_id());
    case ErrorType::ResourceNotFoundException:
      return not_found(subject, shard.shard_id());
    case ErrorType::ThrottlingException:
      return errors::dry_run_rate_exceeded(subject.stream, account);
    default:
      return {type, {}};
  }
}

Error record_error(const RecordFailures& failures, const Subject& subject, storage::ShardIndex shard) {
  if (failures.message) return {failures.type, *failures.message};
  if (failures.type == ErrorType::InternalFailure)
    return {failures.type, std::string(errors::record_not_stored)};
  return usual_error(failures.type, subject, shard);
}

Verdict verdict_of(const Failure& failure, const Subject& subject) {
  Verdict verdict{.moment = failure.moment};
  std::optional<ErrorType> type = error_type(failure.type);
  if (failure.type.empty() && !failure.status) type = throttle_of(subject.operation);
  const storage::ShardIndex shard = subject.shards.empty() ? storage::ShardIndex() : subject.shards.front();
  if (type) {
    const Error error = usual_error(*type, subject, shard);
    verdict.type = std::string(name(error.type));
    verdict.message = error.message;
    verdict.status = protocol::http_status(*type);
  } else {
    verdict.type = failure.type;
    verdict.status = failure.type == modelled_failure ? internal_status : client_status;
  }
  if (failure.status) verdict.status = *failure.status;
  if (failure.message) verdict.message = *failure.message;
  return verdict;
}

}  // namespace kinesisd::server::faults
