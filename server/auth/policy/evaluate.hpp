// What a resource policy says about one request. Pure: the request's facts are arguments.
#pragma once

#include <string_view>

#include "server/auth/policy/policy.hpp"

namespace kinesisd::server::policy {

// Who wants to do what. The views need only live during the call.
struct Access {
  std::string_view account;   // the caller's, 12 digits
  std::string_view identity;  // the caller's ARN; of a role's session the role's
  std::string_view action;    // `kinesis:PutRecord`
  std::string_view resource;  // ARN of the stream or consumer
  bool over_tls = false;
};

enum class Decision {
  allowed,
  explicitly_denied,  // no other policy can allow it any more
  not_allowed,        // this policy says nothing
};

Decision evaluate(const Policy& policy, const Access& access);

// Whether a statement with these resources is about `arn`.
bool covers(const Selection<std::vector<std::string>>& resources, std::string_view arn);

}  // namespace kinesisd::server::policy
