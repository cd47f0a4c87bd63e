// Which server a client command talks to and as whom, from flags, the environment and AWS's shared files, as
// AWS's own tools find it. Opens no connection.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "server/auth/signature.hpp"
#include "server/cli/client/connection.hpp"
#include "server/http/endpoint.hpp"
#include "server/settings/config.hpp"

namespace kinesisd::server::client {

// What the flags say; unset: they do not.
struct TargetOptions {
  std::optional<std::string> endpoint;  // a URL, or "aws"
  std::optional<std::string> region;
  std::optional<std::string> profile;
  std::optional<std::string> ca_bundle;
};

struct Target {
  Endpoint endpoint;
  Signer signer;
  Trust trust;
};

// One sentence about what is missing or cannot be used.
struct TargetError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr const char* default_endpoint = "http://localhost:4567";

// Anything but AWS itself is content with the credentials test/test. Reads ~/.aws/credentials and
// ~/.aws/config or what stands in their place. Throws TargetError.
Target find_target(const TargetOptions& options, const Environment& environment,
                   const std::string& otherwise = default_endpoint);

}  // namespace kinesisd::server::client
