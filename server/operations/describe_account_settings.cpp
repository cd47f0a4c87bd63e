#include "protocol/operations/describe_account_settings.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/account_settings.hpp"
#include "storage/streams/accounts.hpp"

namespace kinesisd::server {

using Op = protocol::DescribeAccountSettings;

Result<Op::Response> handle(Context& context, Op::Request& /*request*/) {
  const auto commitment = context.streams.with(
      [&](const storage::State& state) { return storage::commitment(state, context.caller, context.now); });
  Op::Response response;
  response.minimum_throughput_billing_commitment = to_wire(commitment);
  return response;
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
