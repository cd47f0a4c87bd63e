#include "server/cli/own_address.hpp"

#include "server/net/address.hpp"

namespace kinesisd::server::commands {

std::optional<client::Endpoint> own_address(const Settings& settings) {
  for (const std::string& text : settings.listen) {
    const auto address = parse_listen_address(text);
    if (!address || address->port == 0) continue;
    client::Endpoint endpoint{.host = "127.0.0.1", .port = address->port};
    if (address->ip && !address->ip->is_unspecified()) endpoint.host = address->ip->to_string();
    if (address->ip && address->ip->is_unspecified() && address->ip->is_v6()) endpoint.host = "::1";
    return endpoint;
  }
  return std::nullopt;
}

}  // namespace kinesisd::server::commands
