#include "server/auth/authentication.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/errors.hpp"
#include "server/auth/parameters.hpp"

namespace kinesisd::server {

namespace {

using protocol::Result;
namespace errors = protocol::errors;

constexpr std::size_t parts_expected = 4;

std::string_view value_of(const Parameters& parameters, std::string_view key) {
  const std::string_view* value = find(parameters, key);
  return value == nullptr ? std::string_view() : *value;
}

std::string_view value_of(const Request& request, std::string_view header) {
  const std::string* value = request.header(header);
  return value == nullptr ? std::string_view() : *value;
}

// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`
Result<Claim> from_header(const Request& request, const std::string& header) {
  Claim claim;
  Parameters parameters;
  parameters.reserve(parts_expected);
  for_each_piece(header, ", ", [&](std::string_view piece) {
    if (claim.algorithm.empty()) {
      claim.algorithm = piece;
    } else {
      parameters.push_back(split_at_equals(piece));
    }
  });
  std::string missing;
  for (const char* part : {"Credential", "Signature", "SignedHeaders"}) {
    if (!value_of(parameters, part).empty()) continue;
    missing += fmt::format("Authorization header requires '{}' parameter. ", part);
  }
  const bool dated_by_amz = request.header("x-amz-date") != nullptr;
  if (!dated_by_amz && request.header("date") == nullptr) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return errors::incomplete_signature(missing + "Authorization=" + header);
  claim.credential = value_of(parameters, "Credential");
  claim.signed_headers = value_of(parameters, "SignedHeaders");
  claim.signature = value_of(parameters, "Signature");
  claim.date = value_of(request, dated_by_amz ? "x-amz-date" : "date");
  claim.session_token = value_of(request, "x-amz-security-token");
  return claim;
}

Result<Claim> from_query(const Parameters& query) {
  std::string missing;
  for (const char* part :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (!value_of(query, part).empty()) continue;
    missing += fmt::format("AWS query-string parameters must include '{}'. ", part);
  }
  if (!missing.empty()) {
    return errors::incomplete_signature(missing + "Re-examine the query-string parameters.");
  }
  return Claim{.in_query = true,
               .algorithm = value_of(query, "X-Amz-Algorithm"),
               .credential = value_of(query, "X-Amz-Credential"),
               .signed_headers = value_of(query, "X-Amz-SignedHeaders"),
               .signature = value_of(query, "X-Amz-Signature"),
               .date = value_of(query, "X-Amz-Date"),
               .lifetime = value_of(query, "X-Amz-Expires"),
               .session_token = value_of(query, "X-Amz-Security-Token")};
}

}  // namespace

std::string Claim::text(std::string_view part) const {
  return in_query ? percent_decoded(part) : std::string(part);
}

Result<Claim> authenticate(const Request& request) {
  const std::string* header = request.header("authorization");
  const bool by_header = header != nullptr && !header->empty();
  const Parameters query = query_parameters(request.query);
  const bool by_query = find(query, "X-Amz-Algorithm") != nullptr;
  if (by_header && by_query) return errors::two_authentications();
  if (by_header) return from_header(request, *header);
  if (by_query) return from_query(query);
  return errors::missing_authentication();
}

// `{access key}/{date}/{region}/kinesis/aws4_request`
Caller caller_of(const Claim& claim) {
  const std::string text = claim.text(claim.credential);
  std::string_view credential = text;
  std::array<std::string_view, 4> parts;
  for (std::string_view& part : parts) {
    const std::size_t slash = std::min(credential.find('/'), credential.size());
    part = credential.substr(0, slash);
    credential.remove_prefix(std::min(slash + 1, credential.size()));
  }
  return {std::string(parts[0]), std::string(parts[2]), std::string(parts[3])};
}

std::string signed_service(const Request& request) {
  const auto claim = authenticate(request);
  if (!claim) return {};
  const Caller caller = caller_of(claim.value());
  // With an asymmetric signature (SigV4A) no region stands before the service.
  return caller.service == "aws4_request" ? caller.region : caller.service;
}

}  // namespace kinesisd::server
