#include "protocol/errors.hpp"

#include <fmt/format.h>

#include "protocol/error_kinds.hpp"

namespace kinesisd::protocol::errors {

// AWS's text is unknown.
Error encryption_type_not_kms() {
  return invalid_argument("The only valid EncryptionType is KMS.");
}

// AWS's text is unknown.
Error encryption_key_differs(std::string_view key, std::string_view stream, std::string_view account) {
  return invalid_argument(
      fmt::format("Stream {} under account {} is not encrypted with the key {}.", stream, account, key));
}

// AWS's text is unknown.
Error too_many_encryption_starts(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "Encryption of stream {} under account {} cannot be started more than {} times in a 24-hour period.",
      stream, account, limit));
}

// AWS's text is unknown.
Error too_many_encryption_stops(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "Encryption of stream {} under account {} cannot be stopped more than {} times in a 24-hour period.",
      stream, account, limit));
}

Error kms_key_not_found(std::string_view key) {
  return {ErrorType::KMSNotFoundException, fmt::format("Key '{}' does not exist", key)};
}

// AWS's text is unknown.
Error kms_key_disabled(std::string_view key) {
  return {ErrorType::KMSDisabledException, fmt::format("{} is disabled.", key)};
}

// AWS's text is unknown.
Error kms_key_in_state(std::string_view key, std::string_view state) {
  return {ErrorType::KMSInvalidStateException, fmt::format("{} is {}.", key, state)};
}

// IAM's general wording.
Error kms_access_denied(std::string_view caller_account, std::string_view action, std::string_view key) {
  return {ErrorType::KMSAccessDeniedException,
          fmt::format("User: arn:aws:iam::{}:root is not authorized to perform: kms:{} on resource: {}",
                      caller_account, action, key)};
}

// AWS's text is unknown.
Error kms_not_subscribed(std::string_view key) {
  return {ErrorType::KMSOptInRequired,
          fmt::format("The AWS access key ID needs a subscription for the service to use the key {}.", key)};
}

// AWS's text is unknown.
Error kms_throttled(std::string_view key) {
  return {ErrorType::KMSThrottlingException,
          fmt::format("Rate exceeded for requests to KMS for the key {}.", key)};
}

}  // namespace kinesisd::protocol::errors
