// What an endpoint of the server's own is given and answers: ordinary HTTP statuses with JSON. Knows no
// session and no operation of AWS.
#pragma once

#include <string>
#include <string_view>

#include "server/http_message.hpp"
#include "server/operation.hpp"

namespace kinesisd::server::own {

struct Transport;

struct Call {
  Request& request;  // its body is parsed in place
  GuardedStreams& streams;
  const Transport& transport;
  std::string_view argument;  // what follows the endpoint's path, as it was sent: percent-encoded
};

struct Answer {
  Response response;
  storage::Ticket ticket = storage::no_ticket;  // the response holds once it is durable
};

// `body` is JSON.
Response json(int status, std::string body);

// {"error": sentence}: one that names the thing and the remedy.
Response error(int status, std::string_view sentence);

}  // namespace kinesisd::server::own
