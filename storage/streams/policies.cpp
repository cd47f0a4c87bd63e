// Resource policies as texts of streams and consumers. What they say is read elsewhere.
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

bool Streams::has_policies() const {
  return state_->has_policies;
}

Result<void> Streams::check_changeable(const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRYV(require_changeable(*state_, name, now));
  return fine();
}

Result<std::string> Streams::policy_of(const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(*state_, name, now));
  return resource.policy();
}

Result<Ticket> Streams::put_policy(const ResourceName& name, std::string policy, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(*state_, name, now));
  state_->has_policies = true;
  return resource.edit(*state_, [&](auto& row) { row.policy = std::move(policy); });
}

Result<Ticket> Streams::delete_policy(const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(*state_, name, now));
  if (resource.policy().empty()) return errors::policy_not_found(arn_of(resource));
  return resource.edit(*state_, [](auto& row) { row.policy.clear(); });
}

}  // namespace kinesisd::storage
