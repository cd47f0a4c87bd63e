// What an account is committed to, as DescribeAccountSettings and UpdateAccountSettings both answer it.
#pragma once

#include "protocol/structures/minimum_throughput_billing_commitment.hpp"
#include "server/operations/same_word.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::server {

inline protocol::MinimumThroughputBillingCommitmentOutput to_wire(const storage::Commitment& commitment) {
  return {.status = same_word<protocol::MinimumThroughputBillingCommitmentOutputStatus>(commitment.status),
          .started_at = commitment.started,
          .ended_at = commitment.ended,
          .earliest_allowed_end_at = commitment.earliest_allowed_end};
}

}  // namespace kinesisd::server
