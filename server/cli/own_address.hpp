// Where a server of given settings is found from the machine it runs on. Pure.
#pragma once

#include <optional>

#include "server/http/endpoint.hpp"
#include "server/settings/config.hpp"

namespace kinesisd::server::commands {

// The first address that has a port, in plain text. nullopt: all ports are any free ones.
std::optional<client::Endpoint> own_address(const Settings& settings);

}  // namespace kinesisd::server::commands
