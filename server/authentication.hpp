// The shape of a request's AWS authentication: header or query, and which parts must be there. Signatures are
// not verified. Pure.
#pragma once

#include <string>

#include "protocol/error.hpp"
#include "server/http_message.hpp"

namespace kinesisd::server {

// Who calls and where to, as far as the credentials say. Empty: they do not say.
struct Caller {
  std::string access_key_id;
  std::string region;
};

// The caller named by the request's credential scope, or the error AWS gives for missing parts.
protocol::Result<Caller> authenticate(const Request& request);

}  // namespace kinesisd::server
