#include "protocol/operations/update_shard_count.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "storage/shards/shards.hpp"

namespace kinesisd::server {

using UpdateShardCount = protocol::UpdateShardCount;

Result<Committed<UpdateShardCount::Response>> handle(Context& context, UpdateShardCount::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto rescaled, with_access(context, key, [&](storage::State& state) {
                      return storage::update_shard_count(state, key, request.target_shard_count, context.now);
                    }));
  UpdateShardCount::Response response;
  response.stream_name = key.name;
  response.current_shard_count = rescaled.current_shards;
  response.target_shard_count = request.target_shard_count;
  response.stream_arn = storage::arn(key);
  return Committed<UpdateShardCount::Response>{std::move(response), rescaled.ticket};
}

template Outcome run<UpdateShardCount>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
