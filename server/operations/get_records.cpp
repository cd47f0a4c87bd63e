#include "protocol/operations/get_records.hpp"

#include <memory>
#include <utility>

#include "protocol/errors.hpp"
#include "server/api/run_operation.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/read_warning.hpp"
#include "server/operations/record_shapes.hpp"
#include "storage/records/iterator_region.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"

namespace kinesisd::server {

// The iterator alone says which shard; a StreamARN beside it only steers SDKs, but may not name another
// stream.
Result<storage::PendingRead> handle(Context& context, protocol::GetRecords::Request& request) {
  const storage::Effect effect = effect_of(request);
  BOOST_OUTCOME_TRY(auto read, context.streams.with([&](storage::State& state)
                                                        -> Result<storage::PendingRead> {
    BOOST_OUTCOME_TRYV(storage::check_iterator_region(state, request.shard_iterator, context.caller.region));
    BOOST_OUTCOME_TRY(auto pending, storage::begin_read(state, request.shard_iterator, request.limit,
                                                        context.now, effect, faults::restraint_of(context)));
    BOOST_OUTCOME_TRYV(check_access(context, state, pending.stream));
    return pending;
  }));
  context.stream_name = read.stream.name;
  context.times = read.times;
  if (request.stream_arn && *request.stream_arn != storage::arn(read.stream)) {
    return protocol::errors::iterator_invalid();
  }
  if (effect == storage::Effect::none) return end_dry_run(context, read.stream);
  if (read.excess) {
    context.warning = read_warning(context.operation, read.shard.shard_id(), read.stream.name, *read.excess);
  }
  return read;
}

protocol::GetRecords::Response respond(const Context& /*context*/, storage::RecordPage page) {
  const auto kept = std::make_shared<storage::RecordPage>(std::move(page));
  protocol::GetRecords::Response response;
  response.records = to_wire(*kept);
  response.next_shard_iterator = kept->next_iterator;
  response.millis_behind_latest = kept->millis_behind_latest;
  if (!kept->children.empty()) response.child_shards = to_wire(kept->children);
  response.keeps = kept;
  return response;
}

template Outcome run<protocol::GetRecords>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
