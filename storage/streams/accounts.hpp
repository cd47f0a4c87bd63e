// What an account uses in a region, and its minimum throughput billing commitment.
#pragma once

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

AccountUsage account_usage(State& state, const World& world, Timestamp now);
Commitment commitment(const State& state, const World& world, Timestamp now);
Result<CommitmentChanged> change_commitment(State& state, const World& world, bool enabled, Timestamp now);

}  // namespace kinesisd::storage
