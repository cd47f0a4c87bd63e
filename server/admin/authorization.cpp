#include "server/admin/authorization.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <string>
#include <string_view>

#include "protocol/base64.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "server/admin/answer.hpp"
#include "server/auth/signature.hpp"

namespace kinesisd::server::own {

namespace {

Response unauthorized(std::string_view sentence) {
  Response response = error(401, sentence);
  response.headers.push_back({"WWW-Authenticate", R"(Basic realm="kinesisd", charset="UTF-8")"});
  return response;
}

// What follows `Basic `, in any case; nullopt: it is another scheme.
std::optional<std::string_view> basic_in(std::string_view header) {
  constexpr std::string_view scheme = "basic ";
  if (header.size() < scheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = header[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != scheme[i]) return std::nullopt;
  }
  return header.substr(std::min(header.find_first_not_of(' ', scheme.size()), header.size()));
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A temporary key's session token has a header of its own, as in a signed request.
std::optional<Response> refuse_basic(const Request& request, std::string_view encoded,
                                     const Credentials& known) {
  std::string pair;
  const bool readable = protocol::base64::decode(encoded, pair) && protocol::wire::is_utf8(pair);
  const std::size_t colon = readable ? pair.find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return unauthorized(
        "The Authorization header has no ID:SECRET behind Basic; let curl write it, with -u ID:SECRET.");
  }
  const std::string_view id = std::string_view(pair).substr(0, colon);
  const std::string* token = request.header("x-amz-security-token");
  const Credential* credential = known.find(id);
  if (credential != nullptr && same(credential->secret, std::string_view(pair).substr(colon + 1)) &&
      same(credential->session_token, token == nullptr ? std::string_view() : *token))
    return std::nullopt;
  return unauthorized(fmt::format(
      "The file of --credentials has no access key \"{}\" with this secret and session token; send "
      "the id and secret of one that it has.",
      id));
}

}  // namespace

std::optional<Response> refuse_unknown_caller(const Request& request, const Credentials& known,
                                              std::chrono::sys_seconds now) {
  const std::string* header = request.header("authorization");
  if (header != nullptr) {
    if (const auto encoded = basic_in(*header)) return refuse_basic(request, *encoded, known);
  }
  const auto claim = authenticate(request);
  if (!claim && claim.error().type == protocol::errors::missing_authentication().type) {
    return unauthorized(
        "This server answers the access keys of --credentials alone; send the id and secret of one, as curl "
        "-u "
        "ID:SECRET does, or sign the request.");
  }
  if (!claim) return unauthorized(protocol::sentence(claim.error()));
  const auto verified = verify_signature(request, claim.value(), payload_hash(request), {known, now});
  if (verified) return std::nullopt;
  return unauthorized(fmt::format("{} The access key id is {}.", protocol::sentence(verified.error()),
                                  caller_of(claim.value()).access_key_id));
}

}  // namespace kinesisd::server::own
