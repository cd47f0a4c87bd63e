// One HTTP/1.1 exchange over a connection. Knows no service behind it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/cli/client/connection.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server::client {

struct HttpAnswer {
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
  bool keeps_open = false;  // the connection can take another request
};

// A connection to a server of HTTP; throws as Connection does, and LastingError where a server that speaks no
// TLS is asked for it.
std::unique_ptr<Connection> connect(const Endpoint& endpoint, const Trust& trust, Deadline deadline,
                                    int interrupt = -1);

// The request's headers are sent as they are, with Content-Length. Throws ConnectionError; answers have at
// most `answer_bytes_max` in their bodies.
HttpAnswer exchange(Connection& connection, const Request& request, Deadline deadline);

inline constexpr std::size_t answer_bytes_max = 64U << 20U;

}  // namespace kinesisd::server::client
