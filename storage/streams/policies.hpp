// Resource policies of streams and consumers, as text: what they allow is the server's to say.
#pragma once

#include <string>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

// Whether any resource has a policy, or had one since the start. Costs nothing to ask.
bool has_policies(const State& state);
// Whether the resource can be changed now: that it is there and in a state for it.
Result<void> check_changeable(State& state, const ResourceName& resource, Timestamp now);
// The text of a resource's policy, empty when it has none.
Result<std::string> policy_of(State& state, const ResourceName& resource, Timestamp now);
Result<Ticket> put_policy(State& state, const ResourceName& resource, std::string policy, Timestamp now);
Result<Ticket> delete_policy(State& state, const ResourceName& resource, Timestamp now);

}  // namespace kinesisd::storage
