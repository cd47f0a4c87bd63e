#include "protocol/operations/delete_resource_policy.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/policies.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::DeleteResourcePolicy::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, resource, [&](storage::State& state) {
                      return storage::delete_policy(state, resource, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::DeleteResourcePolicy>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
