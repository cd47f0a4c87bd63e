#include "protocol/operations/put_resource_policy.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/auth/policy/policy.hpp"
#include "storage/streams/policies.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::PutResourcePolicy::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  // Read before the lock is taken; what is wrong with it waits until the resource is known to be there.
  const auto parsed = policy::parse_policy(request.policy, arn_of(resource));
  BOOST_OUTCOME_TRY(auto ticket,
                    with_access(context, resource, [&](storage::State& state) -> Result<storage::Ticket> {
                      BOOST_OUTCOME_TRYV(storage::check_changeable(state, resource, context.now));
                      if (!parsed) return parsed.error();
                      return storage::put_policy(state, resource, std::move(request.policy), context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::PutResourcePolicy>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
