#include "protocol/operations/get_resource_policy.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "storage/streams/policies.hpp"

namespace kinesisd::server {

Result<protocol::GetResourcePolicy::Response> handle(Context& context,
                                                     protocol::GetResourcePolicy::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  BOOST_OUTCOME_TRY(auto text, with_access(context, resource, [&](storage::State& state) {
                      return storage::policy_of(state, resource, context.now);
                    }));
  protocol::GetResourcePolicy::Response response;
  // AWS's answer where there is none.
  response.policy = text.empty() ? "{}" : std::move(text);
  return response;
}

template Outcome run<protocol::GetResourcePolicy>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
