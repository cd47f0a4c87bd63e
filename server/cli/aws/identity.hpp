// Who the caller is, asked of STS: scripts begin with that. Knows no other call of it.
#pragma once

#include "server/cli/client/target.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// {UserId, Account, Arn}. Throws ConnectionError and ServiceError.
document::Value caller_identity(const client::Target& target, int interrupt);

}  // namespace kinesisd::server::aws
