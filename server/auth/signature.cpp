#include "server/auth/signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "protocol/errors.hpp"
#include "server/auth/amz_date.hpp"
#include "server/auth/parameters.hpp"

namespace kinesisd::server {

namespace {

using protocol::Result;
using std::chrono::seconds;
namespace errors = protocol::errors;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";
constexpr std::size_t date_letters = 8;  // of a timestamp
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
constexpr seconds skew_max{300};
constexpr seconds lifetime_max{7 * 24 * 3600};

Result<void> success() {
  return Result<void>{BOOST_OUTCOME_V2_NAMESPACE::in_place_type<void>};
}

using Hash = std::array<unsigned char, 32>;

Hash sha256(std::string_view text) {
  Hash hash;
  if (EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return hash;
}

Hash hmac(std::string_view key, std::string_view text) {
  Hash hash;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(),
           nullptr) == nullptr) {
    throw std::runtime_error("HMAC-SHA256 failed");
  }
  return hash;
}

Hash hmac(const Hash& key, std::string_view text) {
  return hmac({reinterpret_cast<const char*>(key.data()), key.size()}, text);
}

std::string hex(const Hash& hash) {
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// `keyid/date/region/service/term`
struct Scope {
  std::string_view access_key_id, date, region, service, terminator;
  std::string_view without_key;
};

std::optional<Scope> scope_of(std::string_view credential) {
  constexpr std::size_t slashes = 4;
  if (std::count(credential.begin(), credential.end(), '/') != slashes) return std::nullopt;
  Scope scope;
  std::string_view rest = credential;
  for (auto part :
       {&Scope::access_key_id, &Scope::date, &Scope::region, &Scope::service, &Scope::terminator}) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    scope.*part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  scope.without_key = credential.substr(scope.access_key_id.size() + 1);
  return scope;
}

void append_encoded(std::string& out, std::string_view text, std::string_view also_kept = {}) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.' || c == '~';
    if (word || also_kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0xFU];
    }
  }
}

// Without empty, `.` and `..` segments. What the client has encoded is encoded once more: so do all services
// but S3.
void append_path(std::string& out, std::string_view path) {
  std::vector<std::string_view> segments;
  for_each_piece(path, "/", [&](std::string_view segment) {
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (segment != ".") {
      segments.push_back(segment);
    }
  });
  for (const std::string_view segment : segments) {
    out += '/';
    append_encoded(out, segment);
  }
  if (segments.empty() || path.ends_with('/')) out += '/';
}

// Sorted by name, then by value, both as encoded; without the signature itself.
void append_query(std::string& out, std::string_view query) {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (const Parameter& parameter : query_parameters(query)) {
    if (parameter.key == "X-Amz-Signature") continue;
    auto& [key, value] = sorted.emplace_back();
    append_encoded(key, percent_decoded(parameter.key));
    append_encoded(value, percent_decoded(parameter.value));
  }
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}{}={}", i == 0 ? "" : "&", sorted[i].first, sorted[i].second);
  }
}

// Trimmed, and with one space for each run of blanks.
void append_header_value(std::string& out, std::string_view value) {
  bool first = true;
  for_each_piece(value, " \t", [&](std::string_view word) {
    if (!std::exchange(first, false)) out += ' ';
    out += word;
  });
}

// The names of SignedHeaders, in lower case, sorted, each once.
std::vector<std::string> names_in(std::string_view signed_headers) {
  std::vector<std::string> names;
  for_each_piece(signed_headers, ";", [&](std::string_view piece) {
    std::string& name = names.emplace_back(piece);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

struct ByName {
  bool operator()(const Header* a, const Header* b) const { return a->name < b->name; }
  bool operator()(const Header* a, const std::string& b) const { return a->name < b; }
  bool operator()(const std::string& a, const Header* b) const { return a < b->name; }
};

// `name:value` lines; several headers of a name become one, with commas.
void append_headers(std::string& out, const std::vector<Header>& headers,
                    const std::vector<std::string>& names) {
  std::vector<const Header*> sorted;
  sorted.reserve(headers.size());
  for (const Header& header : headers) sorted.push_back(&header);
  std::stable_sort(sorted.begin(), sorted.end(), ByName());
  for (const std::string& name : names) {
    out += name;
    out += ':';
    const auto [begin, end] = std::equal_range(sorted.begin(), sorted.end(), name, ByName());
    for (auto at = begin; at != end; ++at) {
      if (at != begin && name == "host") break;  // HTTP/2 may have it twice, as :authority and as Host
      if (at != begin) out += ',';
      append_header_value(out, (*at)->value);
    }
    out += '\n';
  }
}

std::string canonical_request(const Request& request, const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash) {
  std::string out = request.method + "\n";
  append_path(out, request.path);
  out += '\n';
  append_query(out, request.query);
  out += '\n';
  append_headers(out, request.headers, signed_headers);
  out += fmt::format("\n{}\n{}", fmt::join(signed_headers, ";"), payload_hash);
  return out;
}

Hash signing_key(std::string_view secret, const Scope& scope) {
  Hash key = hmac(fmt::format("AWS4{}", secret), scope.date);
  for (const std::string_view part : {scope.region, scope.service, scope.terminator}) key = hmac(key, part);
  return key;
}

std::string signature_of(std::string_view canonical, std::string_view secret, const Scope& scope,
                         std::string_view timestamp) {
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", algorithm, timestamp, scope.without_key, hex(sha256(canonical)));
  return hex(hmac(signing_key(secret, scope), to_sign));
}

// Whether now is a time to use what was signed then.
Result<void> check_time(const Claim& claim, std::chrono::sys_seconds signed_at,
                        std::chrono::sys_seconds now) {
  seconds lifetime = skew_max;
  if (!claim.lifetime.empty()) {
    std::int64_t number = 0;
    const char* const end = claim.lifetime.data() + claim.lifetime.size();
    const auto [stop, wrong] = std::from_chars(claim.lifetime.data(), end, number);
    if (wrong != std::errc{} || stop != end || number < 0) return errors::signature_lifetime_unreadable();
    if (number > lifetime_max.count()) return errors::signature_lifetime_too_long(lifetime_max.count());
    lifetime = seconds(number);
  }
  const std::int64_t signed_s = signed_at.time_since_epoch().count();
  const std::int64_t now_s = now.time_since_epoch().count();
  if (signed_at < now - lifetime) return errors::signature_expired(signed_s, now_s, lifetime.count());
  if (signed_at > now + skew_max) return errors::signature_not_yet_current(signed_s, now_s, skew_max.count());
  return success();
}

}  // namespace

std::string payload_hash(const Request& request) {
  const std::string* said = request.header("x-amz-content-sha256");
  if (said != nullptr && *said == unsigned_payload) return *said;
  return hex(sha256(request.body));
}

// First what can be told from the request alone, then who it is from: AWS's order is not known.
Result<void> verify_signature(const Request& request, const Claim& claim, std::string_view payload_hash,
                              const Verification& verification) {
  const std::string credential = claim.text(claim.credential);
  const auto scope = scope_of(credential);
  if (!scope) return errors::credential_incomplete(credential);
  const std::string date = claim.text(claim.date);
  const auto signed_at = parse_amz_date(date);
  if (!signed_at) return errors::signature_date_unreadable(date);
  const std::string timestamp = amz_date(*signed_at);
  const errors::CredentialScope expected{std::string_view(timestamp).substr(0, date_letters),
                                         verification.service, terminator};
  const errors::CredentialScope sent{scope->date, scope->service, scope->terminator};
  if (sent != expected) return errors::credential_scope(expected, sent, timestamp);
  const auto signed_headers = names_in(claim.text(claim.signed_headers));
  if (!std::binary_search(signed_headers.begin(), signed_headers.end(), "host")) {
    return errors::host_not_signed();
  }
  BOOST_OUTCOME_TRY(check_time(claim, *signed_at, verification.now));

  const Credential* known = verification.credentials.find(scope->access_key_id);
  if (known == nullptr || !same(known->session_token, claim.text(claim.session_token))) {
    return errors::security_token_invalid();
  }
  const std::string canonical = canonical_request(request, signed_headers, payload_hash);
  const std::string expected_signature = signature_of(canonical, known->secret, *scope, timestamp);
  if (claim.algorithm != algorithm || !same(expected_signature, claim.signature)) {
    return errors::signature_mismatch();
  }
  return success();
}

void sign(Request& request, const Signer& signer, std::chrono::sys_seconds now) {
  const std::string timestamp = amz_date(now);
  request.headers.push_back({"x-amz-date", timestamp});
  if (!signer.credential.session_token.empty())
    request.headers.push_back({"x-amz-security-token", signer.credential.session_token});
  const std::string credential =
      fmt::format("{}/{}/{}/{}/{}", signer.access_key_id, timestamp.substr(0, date_letters), signer.region,
                  signer.service, terminator);
  std::vector<std::string> names;
  for (const Header& header : request.headers) names.push_back(header.name);
  std::sort(names.begin(), names.end());
  const std::string canonical = canonical_request(request, names, payload_hash(request));
  const auto scope = scope_of(credential);
  if (!scope) throw std::invalid_argument("an access key, a region and a service have no slashes");
  request.headers.push_back(
      {"authorization", fmt::format("{} Credential={}, SignedHeaders={}, Signature={}", algorithm, credential,
                                    fmt::join(names, ";"),
                                    signature_of(canonical, signer.credential.secret, *scope, timestamp))});
}

}  // namespace kinesisd::server
