#include "protocol/errors.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace kinesisd::protocol::errors {

namespace {

// As X-Amz-Date spells an instant: 20150122T012202Z.
std::string amz_date(std::int64_t epoch_s) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::sys_seconds{std::chrono::seconds{epoch_s}});
}

Error invalid_signature(std::string message) {
  return {ErrorType::InvalidSignatureException, std::move(message)};
}

constexpr std::int64_t minute_s = 60;

}  // namespace

Error signature_mismatch() {
  return invalid_signature(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
      "Access Key and signing method. Consult the service documentation for details.");
}

Error signature_expired(std::int64_t signed_s, std::int64_t now_s, std::int64_t lifetime_s) {
  return invalid_signature(fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)",
                                       amz_date(signed_s), amz_date(now_s - lifetime_s), amz_date(now_s),
                                       lifetime_s / minute_s));
}

Error signature_not_yet_current(std::int64_t signed_s, std::int64_t now_s, std::int64_t tolerance_s) {
  return invalid_signature(fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)",
                                       amz_date(signed_s), amz_date(now_s + tolerance_s), amz_date(now_s),
                                       tolerance_s / minute_s));
}

Error signature_date_unreadable(std::string_view as_sent) {
  return incomplete_signature(fmt::format(
      "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
      as_sent));
}

// These two are S3's texts; those of Kinesis are unknown.
Error signature_lifetime_unreadable() {
  return incomplete_signature("X-Amz-Expires should be a number");
}
Error signature_lifetime_too_long(std::int64_t lifetime_max_s) {
  return incomplete_signature(fmt::format(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
      "than {} seconds",
      lifetime_max_s));
}

Error host_not_signed() {
  return invalid_signature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

Error credential_incomplete(std::string_view as_sent) {
  return incomplete_signature(
      fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term, got '{}'",
                  as_sent));
}

Error credential_scope(const CredentialScope& expected, const CredentialScope& as_sent,
                       std::string_view signed_at) {
  std::string message;
  const auto complain = [&](const std::string& sentence) {
    message += message.empty() ? "" : " ";
    message += sentence;
  };
  if (as_sent.service != expected.service) {
    complain(fmt::format("Credential should be scoped to correct service: '{}'.", expected.service));
  }
  if (as_sent.terminator != expected.terminator) {
    complain(fmt::format("Credential should be scoped with a valid terminator: '{}', not '{}'.",
                         expected.terminator, as_sent.terminator));
  }
  if (as_sent.date != expected.date) {
    complain(
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                    "HTTP: '{}' != '{}', from '{}'.",
                    as_sent.date, expected.date, signed_at));
  }
  return invalid_signature(std::move(message));
}

}  // namespace kinesisd::protocol::errors
