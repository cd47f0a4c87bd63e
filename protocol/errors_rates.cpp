#include "protocol/errors.hpp"

#include <fmt/format.h>

#include "protocol/error_kinds.hpp"

namespace kinesisd::protocol::errors {

Error stream_rate_exceeded(std::string_view stream, std::string_view account) {
  return limit_exceeded(fmt::format("Rate exceeded for stream {} under account {}.", stream, account));
}

Error account_rate_exceeded(std::string_view account) {
  return limit_exceeded(fmt::format("Rate exceeded for account {}.", account));
}

// Two spaces after "number", as recorded.
Error too_many_streams_changing(std::string_view account) {
  return limit_exceeded(fmt::format(
      "This request would have exceed the limit on the number  of streams that can simultaneously be in "
      "CREATING or DELETING for the account {}. Limit: 5.",
      account));
}

// The newer of two recorded forms.
Error read_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account) {
  return {ErrorType::ProvisionedThroughputExceededException,
          fmt::format("Rate exceeded for Shard - {}/{}/{}", account, stream, id)};
}

// AWS's text is unknown: that of GetRecords.
Error iterator_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account) {
  return read_rate_exceeded(id, stream, account);
}

// AWS's text is unknown.
Error subscription_rate_exceeded(std::string_view id, std::string_view stream, std::string_view account) {
  return {ErrorType::LimitExceededException, read_rate_exceeded(id, stream, account).message};
}

Error dry_run_succeeded() {
  return {ErrorType::DryRunOperationException, "Request would have succeeded, but DryRun flag is set."};
}

// AWS's text is unknown.
Error dry_run_rate_exceeded(std::string_view stream, std::string_view account) {
  return {ErrorType::ThrottlingException,
          fmt::format("Rate exceeded for stream {} under account {}.", stream, account)};
}

}  // namespace kinesisd::protocol::errors
