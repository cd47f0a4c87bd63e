// The Principal of a policy statement, text by text. Knows no JSON.
#pragma once

#include <string_view>

#include "server/auth/policy/policy.hpp"

namespace kinesisd::server::policy {

// Puts what one text under `kind` (AWS, Service, Federated) names into `principals`. False when IAM would not
// take it for a principal.
bool add_principal(Principals& principals, std::string_view kind, std::string_view text);

}  // namespace kinesisd::server::policy
