// The commitment that makes an account an On-demand Advantage one.
#pragma once

#include <boost/describe/enum.hpp>

#include "protocol/schema.hpp"

namespace kinesisd::protocol {

enum class MinimumThroughputBillingCommitmentInputStatus { ENABLED, DISABLED };
BOOST_DESCRIBE_ENUM(MinimumThroughputBillingCommitmentInputStatus, ENABLED, DISABLED)

enum class MinimumThroughputBillingCommitmentOutputStatus {
  ENABLED,
  DISABLED,
  ENABLED_UNTIL_EARLIEST_ALLOWED_END
};
BOOST_DESCRIBE_ENUM(MinimumThroughputBillingCommitmentOutputStatus, ENABLED, DISABLED,
                    ENABLED_UNTIL_EARLIEST_ALLOWED_END)

struct MinimumThroughputBillingCommitmentInput {
  MinimumThroughputBillingCommitmentInputStatus status{};

  static constexpr auto fields() {
    return std::tuple{
        field("Status", &MinimumThroughputBillingCommitmentInput::status),
    };
  }
};

struct MinimumThroughputBillingCommitmentOutput {
  MinimumThroughputBillingCommitmentOutputStatus status{};
  std::optional<Timestamp> started_at{};
  std::optional<Timestamp> ended_at{};
  std::optional<Timestamp> earliest_allowed_end_at{};

  static constexpr auto fields() {
    return std::tuple{
        field("Status", &MinimumThroughputBillingCommitmentOutput::status),
        field("StartedAt", &MinimumThroughputBillingCommitmentOutput::started_at),
        field("EndedAt", &MinimumThroughputBillingCommitmentOutput::ended_at),
        field("EarliestAllowedEndAt", &MinimumThroughputBillingCommitmentOutput::earliest_allowed_end_at),
    };
  }
};

}  // namespace kinesisd::protocol
