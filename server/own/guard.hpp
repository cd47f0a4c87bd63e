// Who may change something through the server's own endpoints: a tool, not a web page that happens to be open
// in a browser on the same machine. Judged by the shape of the request, because in a container every caller
// comes from the same address. Pure.
#pragma once

#include <optional>

#include "server/http_message.hpp"

namespace kinesisd::server::own {

// Why the request must not change anything, or nullopt. 403 for a foreign Host, Origin or Sec-Fetch-Site, 415
// unless the body is declared to be JSON, which no page can send elsewhere without asking first.
std::optional<Response> refuse_change(const Request& request);

}  // namespace kinesisd::server::own
