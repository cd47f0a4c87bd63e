// What an endpoint of the server's own is given and answers: ordinary HTTP statuses with JSON. Knows no
// session and no operation of AWS.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/http/http_message.hpp"
#include "storage/model/clock.hpp"
#include "storage/state/journal.hpp"

namespace kinesisd::protocol::json {
class Writer;
}

namespace kinesisd::server::own {

struct Control;  // server/admin/control.hpp

struct Call {
  Request& request;  // its body is parsed in place
  const Control& control;
  storage::Timestamp now;     // of the service
  std::string_view argument;  // what follows the endpoint's path, as it was sent: percent-encoded
};

struct Answer {
  Response response;
  storage::Ticket ticket = storage::no_ticket;  // the response holds once it is durable
  // Set: what it returns is the response. It may block and runs off the I/O threads, without `Call`, so it
  // holds what it needs. A throw is answered 500.
  std::function<Response()> blocking = {};
};

// `body` is JSON; a line end is put behind it.
Response json(int status, std::string body);

// {"error": sentence}: one that names the thing and the remedy.
Response error(int status, std::string_view sentence);
// The sentence of such an answer; empty for any other.
std::string reason_of(const Response& response);

// The one form in which answers tell times: 2026-01-31T09:30:00.250Z.
void put_time(protocol::json::Writer& writer, std::string_view name, storage::Timestamp at);

}  // namespace kinesisd::server::own
