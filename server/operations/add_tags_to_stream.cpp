#include "protocol/operations/add_tags_to_stream.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::AddTagsToStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::add_tags(state, key, request.tags, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::AddTagsToStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
