// Resource policies as texts of streams and consumers. What they say is read elsewhere.
#include "storage/streams/policies.hpp"

#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/resources.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

std::string arn_of(const Resource& resource) {
  const StreamRow& row = resource.stream->row;
  if (!resource.consumer) return arn(row.key);
  const ConsumerRow& consumer = row.consumers[*resource.consumer];
  return arn(ConsumerKey{row.key, consumer.name, consumer.created_s});
}

}  // namespace

bool has_policies(const State& state) {
  return state.has_policies;
}

Result<void> check_changeable(State& state, const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRYV(require_changeable(state, name, now));
  return fine();
}

Result<std::string> policy_of(State& state, const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, name, now));
  return resource.policy();
}

Result<Ticket> put_policy(State& state, const ResourceName& name, std::string policy, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(state, name, now));
  state.has_policies = true;
  return resource.edit(state, [&](auto& row) { row.policy = std::move(policy); });
}

Result<Ticket> delete_policy(State& state, const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(state, name, now));
  if (resource.policy().empty()) return errors::policy_not_found(arn_of(resource));
  return resource.edit(state, [](auto& row) { row.policy.clear(); });
}

}  // namespace kinesisd::storage
