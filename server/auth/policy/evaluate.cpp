#include "server/auth/policy/evaluate.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "server/auth/policy/wildcard.hpp"

namespace kinesisd::server::policy {

namespace {

std::string_view principal_type(const Access& access) {
  const std::string_view name = arn_part(access.identity, 5);
  if (name == "root") return "Account";
  if (name.starts_with("user/")) return "User";
  if (name.starts_with("federated-user/")) return "FederatedUser";
  return "AssumedRole";
}

// The keys that a call made directly, by a principal of an account, has in IAM. All others are absent, among
// them those of calls that a service makes for somebody (aws:SourceArn and its like), of the time and of the
// caller's address.
struct Key {
  std::string_view name;  // in lower case: that of key names does not matter
  std::string_view (*value)(const Access& access);
};

constexpr std::array keys{
    Key{"aws:principalaccount", [](const Access& access) { return access.account; }},
    Key{"aws:principalarn", [](const Access& access) { return access.identity; }},
    Key{"aws:principaltype", principal_type},
    Key{"aws:principalisawsservice", [](const Access&) { return std::string_view("false"); }},
    Key{"aws:viaawsservice", [](const Access&) { return std::string_view("false"); }},
    Key{"aws:resourceaccount", [](const Access& access) { return arn_part(access.resource, 4); }},
    Key{"aws:requestedregion", [](const Access& access) { return arn_part(access.resource, 3); }},
    Key{"aws:securetransport",
        [](const Access& access) { return std::string_view(access.over_tls ? "true" : "false"); }},
};

std::optional<std::string_view> value_of(const std::string& key, const Access& access) {
  for (const Key& one : keys) {
    if (one.name == key) return one.value(access);
  }
  return std::nullopt;
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool names_caller(const Selection<Principals>& principals, const Access& access) {
  const Principals& named = principals.named;
  const bool found =
      named.anyone || contains(named.accounts, access.account) || contains(named.identities, access.identity);
  return found != principals.negated;
}

bool names_action(const Selection<std::vector<std::string>>& actions, std::string_view action) {
  const auto& named = actions.named;
  const bool found = std::any_of(named.begin(), named.end(), [&](const std::string& pattern) {
    return matches_ignoring_case(pattern, action);
  });
  return found != actions.negated;
}

bool applies(const Statement& statement, const Access& access) {
  return names_caller(statement.principals, access) && names_action(statement.actions, access.action) &&
         covers(statement.resources, access.resource) &&
         std::all_of(
             statement.conditions.begin(), statement.conditions.end(),
             [&](const Condition& condition) { return holds(condition, value_of(condition.key, access)); });
}

}  // namespace

bool covers(const Selection<std::vector<std::string>>& resources, std::string_view arn) {
  const auto& named = resources.named;
  const bool found = std::any_of(named.begin(), named.end(),
                                 [&](const std::string& pattern) { return arn_matches(pattern, arn); });
  return found != resources.negated;
}

Decision evaluate(const Policy& policy, const Access& access) {
  Decision decision = Decision::not_allowed;
  for (const Statement& statement : policy.statements) {
    if (!applies(statement, access)) continue;
    if (statement.effect == Effect::deny) return Decision::explicitly_denied;
    decision = Decision::allowed;
  }
  return decision;
}

}  // namespace kinesisd::server::policy
