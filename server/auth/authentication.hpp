// The shape of a request's AWS authentication: header or query, and which parts must be there. What the parts
// say is not judged here; server/auth/signature.hpp does that. Pure.
#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server {

// Who calls and where to, as far as the credentials say. Empty: they do not say.
struct Caller {
  std::string access_key_id;
  std::string region;
  std::string service{};
};

// The parts of an authentication: views into the request, percent-encoded where they come from its query.
struct Claim {
  bool in_query = false;
  std::string_view algorithm;
  std::string_view credential;
  std::string_view signed_headers;
  std::string_view signature;
  std::string_view date;
  std::string_view lifetime;       // X-Amz-Expires, in seconds; none in a header
  std::string_view session_token;  // empty: none

  // A part as the client meant it.
  std::string text(std::string_view part) const;
};

// What the request claims, or the error AWS gives for missing parts.
protocol::Result<Claim> authenticate(const Request& request);
protocol::Result<Claim> authenticate(const Request&& request) = delete;  // the claim views it

// The caller named by the claim's credential scope.
Caller caller_of(const Claim& claim);

// The service that the request's credentials are for; empty: they do not say, or there are none.
std::string signed_service(const Request& request);

}  // namespace kinesisd::server
