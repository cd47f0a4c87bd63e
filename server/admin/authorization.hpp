// Whether a caller is one of those that --credentials names: by a signature, as for the API, or by the key id
// and the secret themselves, so that curl -u can call. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "server/auth/credentials.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server::own {

// Why the request is not answered, or nullopt: 401, which asks for key id and secret, for callers that are
// none of `known`. `now` is the wall clock's. The request must have all of its headers, and its body as it
// came.
std::optional<Response> refuse_unknown_caller(const Request& request, const Credentials& known,
                                              std::chrono::sys_seconds now);

}  // namespace kinesisd::server::own
