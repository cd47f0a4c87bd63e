#include "server/api/access.hpp"

#include <fmt/core.h>

#include <variant>

#include "protocol/errors.hpp"
#include "server/api/resource_names.hpp"
#include "server/auth/policy/evaluate.hpp"
#include "storage/streams/policies.hpp"

namespace kinesisd::server {

namespace {

namespace errors = protocol::errors;
using policy::Decision;

// What the policy says of the caller, who is known by the account alone.
Decision decide(const Context& context, const std::string& policy_text, const std::string& arn) {
  if (policy_text.empty()) return Decision::not_allowed;
  const auto parsed = policy::parse_policy(policy_text);
  // Only what can be read is ever stored.
  if (!parsed) return Decision::not_allowed;
  const std::string& account = context.caller.account;
  const std::string identity = fmt::format("arn:aws:iam::{}:root", account);
  const std::string action = fmt::format("kinesis:{}", context.operation);
  return policy::evaluate(parsed.value(), {.account = account,
                                           .identity = identity,
                                           .action = action,
                                           .resource = arn,
                                           .over_tls = context.over_tls});
}

bool is_own(const Context& context, const storage::StreamKey& stream) {
  return stream.world.account == context.caller.account;
}

Result<void> check(const Context& context, storage::State& state, const storage::ResourceName& resource,
                   bool own) {
  const std::string& account = context.caller.account;
  const std::string arn = arn_of(resource);
  if (!own && !context.cross_account) return errors::cross_account_denied(account, context.operation, arn);
  const auto policy_text = storage::policy_of(state, resource, context.now);
  const Decision decision = policy_text ? decide(context, policy_text.value(), arn) : Decision::not_allowed;
  if (decision == Decision::explicitly_denied) return errors::policy_denies(account, context.operation, arn);
  if (own || decision == Decision::allowed) return boost::outcome_v2::success();
  return errors::cross_account_denied(account, context.operation, arn);
}

}  // namespace

// Where nobody uses policies, puts and reads pay for asking so.
Result<void> check_access(const Context& context, storage::State& state, const storage::StreamKey& stream) {
  const bool own = is_own(context, stream);
  if (own && !storage::has_policies(state)) return boost::outcome_v2::success();
  return check(context, state, stream, own);
}

Result<void> check_access(const Context& context, storage::State& state,
                          const storage::ConsumerName& consumer) {
  const bool own = is_own(context, consumer.stream);
  if (own && !storage::has_policies(state)) return boost::outcome_v2::success();
  if (!consumer.created_s) return check(context, state, consumer.stream, own);
  return check(context, state, consumer, own);
}

Result<void> check_access(const Context& context, storage::State& state,
                          const storage::ResourceName& resource) {
  return std::visit([&](const auto& named) { return check_access(context, state, named); }, resource);
}

}  // namespace kinesisd::server
