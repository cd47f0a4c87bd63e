#include "protocol/operations/remove_tags_from_stream.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::RemoveTagsFromStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::remove_tags(state, key, request.tag_keys, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::RemoveTagsFromStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
