#include "protocol/operations/untag_resource.hpp"

#include "server/api/run_operation.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::UntagResource::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, resource, [&](storage::Streams& streams) {
                      return streams.remove_tags(resource, request.tag_keys, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::UntagResource>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
