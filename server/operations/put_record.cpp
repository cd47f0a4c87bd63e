#include "protocol/operations/put_record.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/new_record.hpp"
#include "storage/records/puts.hpp"

namespace kinesisd::server {

using Request = protocol::PutRecord::Request;
using Response = protocol::PutRecord::Response;

Result<Committed<Response>> handle(Context& context, Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const std::size_t bytes = record_bytes(request.data, request.partition_key);
  const storage::PutJudge judge = faults::judge_of(context);
  // Made before the lock is taken; its error waits until the stream is known to exist.
  auto record = new_record(request.data, request.partition_key, request.explicit_hash_key);
  BOOST_OUTCOME_TRY(
      auto put, with_access(context, key, [&](storage::State& state) -> Result<storage::PutResult> {
        BOOST_OUTCOME_TRY(const auto bytes_max, storage::record_bytes_max(state, key, context.now));
        if (bytes > bytes_max) return protocol::too_long(protocol::path_of<&Request::data>(), bytes_max);
        if (!record) return record.error();
        if (effect_of(request) == storage::Effect::none)
          return dry_put(state, key, request.sequence_number_for_ordering, context.now);
        return storage::put_record(state, key, std::move(record.value()),
                                   request.sequence_number_for_ordering, context.now, judge);
      }));
  context.times = std::move(put.times);
  Response response;
  response.shard_id = put.placed.shard.shard_id();
  response.sequence_number = put.placed.sequence_number.to_string();
  if (put.encrypted) response.encryption_type = protocol::EncryptionType::KMS;
  return Committed<Response>{std::move(response), put.ticket};
}

template Outcome run<protocol::PutRecord>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
