#include "protocol/errors.hpp"

#include <fmt/format.h>

#include "protocol/error_kinds.hpp"

namespace kinesisd::protocol::errors {

// Known from other emulators only.
Error consumer_not_found(std::string_view name_or_arn, std::string_view account) {
  return not_found(fmt::format("Consumer {}, account {} not found.", name_or_arn, account));
}

// AWS's text is unknown.
Error consumer_exists(std::string_view consumer, std::string_view stream, std::string_view account) {
  return in_use(
      fmt::format("Consumer {} under stream {} already exists for account {}.", consumer, stream, account));
}

Error consumer_not_active(std::string_view consumer, std::int64_t created_s, std::string_view stream,
                          std::string_view account) {
  return in_use(fmt::format(
      "Consumer {} with creation timestamp {} under stream {} and account {} is not in ACTIVE status.",
      consumer, created_s, stream, account));
}

// The colon and the space before the comma are AWS's.
Error subscriber_not_active(std::string_view consumer, std::int64_t created_s, std::string_view stream,
                            std::string_view account) {
  return in_use(fmt::format(
      "Consumer {} with creation timestamp {} under stream: {} , account {} is not in ACTIVE status.",
      consumer, created_s, stream, account));
}

Error another_subscription(std::string_view account, std::string_view stream, std::string_view id,
                           std::string_view consumer) {
  return in_use(fmt::format("Another active subscription exists for this consumer: {}:{}:{}:{}", account,
                            stream, id, consumer));
}

// AWS's text is unknown.
Error consumer_limit(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "This request would exceed the limit on the number of consumers of stream {} under account {}. "
      "Limit: {}.",
      stream, account, limit));
}

// AWS's text is unknown.
Error too_many_consumers_creating(std::string_view stream, std::string_view account, std::int64_t limit) {
  return limit_exceeded(fmt::format(
      "This request would exceed the limit on the number of consumers of stream {} under account {} that can "
      "simultaneously be in CREATING. Limit: {}.",
      stream, account, limit));
}

// AWS's text is unknown.
Error consumer_missing() {
  return invalid_argument("Both streamARN and consumer name must be provided if consumerARN is not provied.");
}

// AWS's text is unknown.
Error consumer_name_and_arn_differ() {
  return invalid_argument("ConsumerARN, StreamARN and ConsumerName do not name the same consumer.");
}

Error tags_with_invalid_characters() {
  return invalid_argument(
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = "
      "+ - % @.");
}

Error tags_not_added(std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "Failed to add tags to stream {} under account {} because some tags contained illegal characters. The "
      "allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
      stream, account));
}

Error tags_not_removed(std::string_view stream, std::string_view account) {
  return invalid_argument(fmt::format(
      "Failed to remove tags from stream {} under account {} because some tags contained illegal characters. "
      "The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
      stream, account));
}

// The limit was 50 already when AWS was recorded to say 10.
Error too_many_tags(std::string_view stream, std::string_view account) {
  return invalid_argument(
      fmt::format("Failed to add tags to stream {} under account {} because a given stream cannot have more "
                  "than 10 tags associated with it.",
                  stream, account));
}

// AWS's text is unknown.
Error reserved_tag(std::string_view key) {
  return invalid_argument(
      fmt::format("Tag key {} is not allowed because the prefix aws: is reserved for use by AWS.", key));
}

// AWS's text is unknown.
Error policy_malformed(std::string_view why) {
  return invalid_argument(fmt::format("The resource policy is malformed. {}", why));
}

// AWS's text is unknown.
Error policy_too_long(std::int64_t bytes_max) {
  return invalid_argument(
      fmt::format("The resource policy exceeds the maximum size of {} bytes.", bytes_max));
}

// Known from other emulators only.
Error policy_not_found(std::string_view arn) {
  return not_found(fmt::format("No resource policy found for resource ARN {}.", arn));
}

// IAM's general wording.
Error policy_denies(std::string_view caller_account, std::string_view operation, std::string_view arn) {
  return {ErrorType::AccessDeniedException,
          fmt::format("User: arn:aws:iam::{}:root is not authorized to perform: kinesis:{} on resource: {} "
                      "with an explicit deny in a resource-based policy",
                      caller_account, operation, arn)};
}

}  // namespace kinesisd::protocol::errors
