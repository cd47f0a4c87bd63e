#include "protocol/operations/create_stream.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/same_word.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::CreateStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  storage::NewStream stream;
  stream.shard_count = request.shard_count;
  if (request.stream_mode_details)
    stream.mode = same_word<storage::StreamMode>(request.stream_mode_details->stream_mode);
  stream.max_record_kib = request.max_record_size_in_kib;
  stream.warm_throughput_mibps = request.warm_throughput_mibps;
  if (request.record_distribution_strategy)
    stream.distribution =
        same_word<storage::RecordDistributionStrategy>(*request.record_distribution_strategy);
  if (request.tags) stream.tags = std::move(*request.tags);
  BOOST_OUTCOME_TRY(auto ticket, context.streams.with([&](storage::State& state) {
    return storage::create_stream(state, key, std::move(stream), context.now);
  }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::CreateStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
