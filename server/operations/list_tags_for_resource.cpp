#include "protocol/operations/list_tags_for_resource.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "storage/state/strict.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server {

Result<protocol::ListTagsForResource::Response> handle(Context& context,
                                                       protocol::ListTagsForResource::Request& request) {
  BOOST_OUTCOME_TRY(auto resource, resource_name(context, request.resource_arn));
  BOOST_OUTCOME_TRY(auto tags, with_access(context, resource, [&](storage::State& state) {
                      return storage::tags_of(state, resource, context.now);
                    }));
  protocol::ListTagsForResource::Response response;
  auto& wire = response.tags.emplace();
  for (auto& [key, value] : tags) wire.push_back({.key = key, .value = std::move(value)});
  if (context.strict != nullptr) context.strict->shuffle(wire);
  return response;
}

template Outcome run<protocol::ListTagsForResource>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
