#include "protocol/operations/split_shard.hpp"

#include "server/api/run_operation.hpp"
#include "storage/shards/shards.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::SplitShard::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::split_shard(state, key, request.shard_to_split,
                                                  request.new_starting_hash_key, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::SplitShard>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
