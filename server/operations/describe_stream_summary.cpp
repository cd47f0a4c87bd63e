#include "protocol/operations/describe_stream_summary.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/stream_shapes.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

// StreamId is never returned: SDKs that see one leave the configured endpoint.
Result<protocol::DescribeStreamSummary::Response> handle(Context& context,
                                                         protocol::DescribeStreamSummary::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto stream, with_access(context, key, [&](storage::State& state) {
                      return storage::describe_stream_summary(state, key, context.now);
                    }));
  protocol::DescribeStreamSummary::Response response;
  protocol::StreamDescriptionSummary& summary = response.stream_description_summary;
  describe(stream, summary);
  summary.open_shard_count = stream.open_shards;
  summary.consumer_count = stream.consumers;
  summary.max_record_size_in_kib = stream.max_record_kib;
  if (stream.warm_throughput) summary.warm_throughput = to_wire(*stream.warm_throughput);
  summary.channel_count = 0;
  summary.record_distribution_strategy = same_word<protocol::RecordDistributionStrategy>(stream.distribution);
  return response;
}

template Outcome run<protocol::DescribeStreamSummary>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
