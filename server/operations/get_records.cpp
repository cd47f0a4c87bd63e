#include "protocol/operations/get_records.hpp"

#include <memory>
#include <utility>

#include "protocol/errors.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/read_warning.hpp"
#include "server/operations/stream_shapes.hpp"
#include "server/run_operation.hpp"

namespace kinesisd::server {

// The iterator alone says which shard; a StreamARN beside it only steers SDKs, but may not name another
// stream.
Result<storage::PendingRead> handle(Context& context, protocol::GetRecords::Request& request) {
  const storage::Effect effect = effect_of(request);
  BOOST_OUTCOME_TRY(
      auto read, context.streams.with([&](storage::Streams& streams) -> Result<storage::PendingRead> {
        BOOST_OUTCOME_TRY(auto pending,
                          streams.begin_read(request.shard_iterator, request.limit, context.now, effect));
        BOOST_OUTCOME_TRYV(check_access(context, streams, pending.stream));
        return pending;
      }));
  context.stream_name = read.stream.name;
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
  response.records.reserve(kept->records.size());
  for (const storage::RecordPtr& record : kept->records) {
    protocol::Record& wire = response.records.emplace_back();
    wire.sequence_number = kept->sequence_number_of(*record).to_string();
    wire.approximate_arrival_timestamp = record->arrived();
    wire.data = {record->data()};
    if (record->encrypted()) wire.encryption_type = protocol::EncryptionType::KMS;
    // No key has no characters: an empty one was never sent.
    if (!record->partition_key().empty()) wire.partition_key = record->partition_key();
  }
  response.next_shard_iterator = kept->next_iterator;
  response.millis_behind_latest = kept->millis_behind_latest;
  if (!kept->children.empty()) {
    auto& children = response.child_shards.emplace();
    for (const storage::ChildShard& child : kept->children) {
      protocol::ChildShard& wire = children.emplace_back();
      wire.shard_id = child.index.shard_id();
      for (const storage::ShardIndex parent : child.parents) {
        wire.parent_shards.push_back(parent.shard_id());
      }
      wire.hash_key_range = to_wire(child.range);
    }
  }
  response.keeps = kept;
  return response;
}

template Outcome run<protocol::GetRecords>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
