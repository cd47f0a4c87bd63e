#include "protocol/operations/merge_shards.hpp"

#include "server/api/run_operation.hpp"
#include "storage/shards/shards.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::MergeShards::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::merge_shards(state, key, request.shard_to_merge,
                                                   request.adjacent_shard_to_merge, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::MergeShards>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
