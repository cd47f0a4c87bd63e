#include "protocol/operations/untag_resource.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::UntagResource::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, resource, [&](storage::State& state) {
                      return storage::remove_tags(state, resource, request.tag_keys, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::UntagResource>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
