// Hosts and origins as browsers write them into Host and Origin. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::server {

// `name`, `name:port`, `address:port` or `[address]:port` without the port, in lower case.
std::string host_of_authority(std::string_view authority);

// Of `scheme://host:port`; empty for an opaque origin, which is `null`.
std::string host_of_origin(std::string_view origin);

// An IPv4 address, or an IPv6 address in brackets.
bool is_address(const std::string& host);

// Whether no stranger can have a page there: http or https, at localhost or below it, at a loopback address,
// at a name without dots, or at host.docker.internal.
bool is_local_origin(std::string_view origin);

// An origin as a browser would write it: `scheme://host[:port]` in lower case, without the port that is the
// scheme's own, or `null`. nullopt: it is none.
std::optional<std::string> parse_origin(std::string_view text);

}  // namespace kinesisd::server
