// Who may administer the server: those whom the setting --admin admits, and among them a tool, not a web page
// that happens to be open in a browser on the same machine. A page is known by the shape of its request,
// because in a container every caller comes from the same address. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/http/http_message.hpp"
#include "server/settings/config.hpp"

namespace kinesisd::server::own {

struct Admin {
  AdminPeers peers = AdminPeers::any;
  std::vector<std::string> hosts =
      {};  // in lower case, by which the server may be called although they have dots
};

// Why the request is not answered, or nullopt. 403 for callers --admin does not admit, for a foreign Host (a
// name that a stranger can point at this machine), and for an Origin of another host or a Sec-Fetch-Site of
// another site. Origins are compared without their ports: what another port of the same host serves belongs
// to whoever called the server by it, and can neither read answers nor send JSON, for want of CORS headers.
std::optional<Response> refuse_caller(const Request& request, const Admin& admin);

// Why the request must not change anything, or nullopt: 415 unless its body is declared to be JSON, which no
// page can send elsewhere without asking first. A DELETE needs no such word, because no page can send one
// without asking, nor does a request without a body that no browser has sent.
std::optional<Response> refuse_body(const Request& request);

}  // namespace kinesisd::server::own
