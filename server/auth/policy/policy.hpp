// A resource policy of IAM, the kind that is attached to a stream or a consumer: its parts, and how they are
// read from JSON. Knows no stream, no HTTP and no clock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/auth/policy/condition.hpp"

namespace kinesisd::server::policy {

enum class Effect { allow, deny };

// Who a statement is about. Services and federated identities are checked and then left out: no request comes
// from them.
struct Principals {
  bool anyone = false;
  std::vector<std::string> accounts;    // 12 digits each
  std::vector<std::string> identities;  // ARNs of users, roles and sessions
};

// What a statement names, or with `negated` everything else.
template <class Named>
struct Selection {
  Named named{};
  bool negated = false;
};

struct Statement {
  Effect effect = Effect::allow;
  Selection<Principals> principals;
  Selection<std::vector<std::string>> actions;    // patterns: `kinesis:Put*`
  Selection<std::vector<std::string>> resources;  // patterns of ARNs
  std::vector<Condition> conditions;              // all must hold
};

struct Policy {
  std::vector<Statement> statements;  // never empty
};

// Reads what PutResourcePolicy would take. InvalidArgumentException, saying what is wrong, for anything else.
// The bound on the text, Limits::policy_bytes, bounds the number of statements and values as well, and
// wire::depth_max their nesting.
protocol::Result<Policy> parse_policy(std::string_view json);

// As above, and each statement must be about `resource_arn`, which the policy is to be attached to.
protocol::Result<Policy> parse_policy(std::string_view json, std::string_view resource_arn);

}  // namespace kinesisd::server::policy
