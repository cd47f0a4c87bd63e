// Changes what an account is committed to.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateAccountSettings.html
#pragma once

#include "protocol/rate.hpp"
#include "protocol/shapes.hpp"
#include "protocol/structures/minimum_throughput_billing_commitment.hpp"

namespace kinesisd::protocol {

struct UpdateAccountSettings {
  static constexpr std::string_view name = "UpdateAccountSettings";
  static constexpr Rate rate{.per_second = 5, .scope = RateScope::account};

  struct Request {
    MinimumThroughputBillingCommitmentInput minimum_throughput_billing_commitment{};

    static constexpr auto fields() {
      return std::tuple{
          field("MinimumThroughputBillingCommitment", &Request::minimum_throughput_billing_commitment),
      };
    }
  };

  struct Response {
    std::optional<MinimumThroughputBillingCommitmentOutput> minimum_throughput_billing_commitment{};

    static constexpr auto fields() {
      return std::tuple{
          field("MinimumThroughputBillingCommitment", &Response::minimum_throughput_billing_commitment),
      };
    }
  };
};

}  // namespace kinesisd::protocol
