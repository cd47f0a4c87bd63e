// Where calls for another service are passed on to: the values of --forward. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/http/endpoint.hpp"

namespace kinesisd::server::foreign {

struct ForwardTarget {
  std::string service;  // as the scope of credentials names it
  client::Endpoint endpoint;

  // As a person writes it: dynamodb=http://localhost:8000
  std::string text() const;
  friend bool operator==(const ForwardTarget& a, const ForwardTarget& b) { return a.text() == b.text(); }
};

// SERVICE=http://HOST[:PORT]. nullopt for anything else, and for https, which is not spoken to other servers.
std::optional<ForwardTarget> parse_forward_target(std::string_view text);

// The one for this service, or nullptr.
const ForwardTarget* find_target(std::span<const ForwardTarget> targets, std::string_view service);

}  // namespace kinesisd::server::foreign
