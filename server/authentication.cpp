#include "server/authentication.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"

namespace kinesisd::server {

namespace {

using protocol::Result;
namespace errors = protocol::errors;

// Views into the request. What the query percent-encodes stays so until it is needed.
struct Parameter {
  std::string_view key;
  std::string_view value;
};

using Parameters = std::vector<Parameter>;
constexpr std::size_t parts_expected = 4;

// The value of `key`, or nullptr when it is absent.
const std::string_view* find(const Parameters& parameters, std::string_view key) {
  auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.key == key; });
  return found == parameters.end() ? nullptr : &found->value;
}

bool lacks(const Parameters& parameters, std::string_view key) {
  const std::string_view* value = find(parameters, key);
  return value == nullptr || value->empty();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// Calls `fn` with each non-empty piece of `text` between characters of `separators`.
template <class F>
void for_each_piece(std::string_view text, std::string_view separators, F fn) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) fn(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Parameter split_at_equals(std::string_view piece) {
  const std::size_t equals = std::min(piece.find('='), piece.size());
  return {piece.substr(0, equals), piece.substr(std::min(equals + 1, piece.size()))};
}

Parameters query_parameters(std::string_view query) {
  Parameters parameters;
  for_each_piece(query, "&", [&](std::string_view piece) { parameters.push_back(split_at_equals(piece)); });
  return parameters;
}

// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`: everything behind the algorithm.
Parameters header_parameters(std::string_view header) {
  Parameters parameters;
  parameters.reserve(parts_expected);
  bool algorithm = true;
  for_each_piece(header, ", ", [&](std::string_view piece) {
    if (!algorithm) parameters.push_back(split_at_equals(piece));
    algorithm = false;
  });
  return parameters;
}

// `{access key}/{date}/{region}/kinesis/aws4_request`
Caller caller_of(std::string_view credential) {
  std::array<std::string_view, 3> parts;
  for (std::string_view& part : parts) {
    const std::size_t slash = std::min(credential.find('/'), credential.size());
    part = credential.substr(0, slash);
    credential.remove_prefix(std::min(slash + 1, credential.size()));
  }
  return {std::string(parts[0]), std::string(parts[2])};
}

Result<Caller> from_header(const Request& request, const std::string& header) {
  const Parameters parameters = header_parameters(header);
  std::string missing;
  for (const char* part : {"Credential", "Signature", "SignedHeaders"}) {
    if (lacks(parameters, part))
      missing += fmt::format("Authorization header requires '{}' parameter. ", part);
  }
  if (request.header("x-amz-date") == nullptr && request.header("date") == nullptr) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return errors::incomplete_signature(missing + "Authorization=" + header);
  return caller_of(*find(parameters, "Credential"));
}

Result<Caller> from_query(const Parameters& query) {
  std::string missing;
  for (const char* part :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (lacks(query, part)) missing += fmt::format("AWS query-string parameters must include '{}'. ", part);
  }
  if (!missing.empty()) {
    return errors::incomplete_signature(missing + "Re-examine the query-string parameters.");
  }
  return caller_of(percent_decoded(*find(query, "X-Amz-Credential")));
}

}  // namespace

Result<Caller> authenticate(const Request& request) {
  const std::string* header = request.header("authorization");
  const bool by_header = header != nullptr && !header->empty();
  const Parameters query = query_parameters(request.query);
  const bool by_query = find(query, "X-Amz-Algorithm") != nullptr;
  if (by_header && by_query) return errors::two_authentications();
  if (by_header) return from_header(request, *header);
  if (by_query) return from_query(query);
  return errors::missing_authentication();
}

}  // namespace kinesisd::server
