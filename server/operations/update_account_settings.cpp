#include "protocol/operations/update_account_settings.hpp"
#include "server/api/run_operation.hpp"
#include "server/operations/account_settings.hpp"
#include "storage/streams/accounts.hpp"

namespace kinesisd::server {

using Op = protocol::UpdateAccountSettings;

Result<Committed<Op::Response>> handle(Context& context, Op::Request& request) {
  const bool enabled = request.minimum_throughput_billing_commitment.status ==
                       protocol::MinimumThroughputBillingCommitmentInputStatus::ENABLED;
  BOOST_OUTCOME_TRY(auto changed, context.streams.with([&](storage::State& state) {
    return storage::change_commitment(state, context.caller, enabled, context.now);
  }));
  Op::Response response;
  response.minimum_throughput_billing_commitment = to_wire(changed.commitment);
  return Committed<Op::Response>{response, changed.ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
