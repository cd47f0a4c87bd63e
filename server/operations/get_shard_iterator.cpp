#include "protocol/operations/get_shard_iterator.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/read_warning.hpp"
#include "server/operations/same_word.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"

namespace kinesisd::server {

Result<protocol::GetShardIterator::Response> handle(Context& context,
                                                    protocol::GetShardIterator::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const storage::IteratorStart start{.type = same_word<storage::IteratorType>(request.shard_iterator_type),
                                     .sequence_number = std::move(request.starting_sequence_number),
                                     .timestamp = request.timestamp};
  const storage::Effect effect = effect_of(request);
  BOOST_OUTCOME_TRY(auto made, with_access(context, key, [&](storage::State& state) {
                      return storage::shard_iterator(state, key, request.shard_id, start, context.now,
                                                     effect);
                    }));
  if (effect == storage::Effect::none) return end_dry_run(context, key);
  protocol::GetShardIterator::Response response;
  response.shard_iterator = std::move(made.text);
  if (made.excess) {
    context.warning = read_warning(context.operation, made.shard.shard_id(), key.name, *made.excess);
  }
  return response;
}

template Outcome run<protocol::GetShardIterator>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
