// Where a client finds its server: scheme, host and port. Pure; resolves no names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::server::client {

struct Endpoint {
  bool tls = false;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;

  // As the Host header has it: without the port that is the scheme's own.
  std::string authority() const;
  std::string url() const;
  // Whether nobody but this machine can answer there.
  bool is_loopback() const;
  // Whether AWS itself answers there.
  bool is_aws() const;
};

// http://HOST[:PORT] or https://HOST[:PORT]; what follows is ignored. nullopt for anything else.
std::optional<Endpoint> parse_endpoint(std::string_view url);

}  // namespace kinesisd::server::client
