#include "protocol/operations/describe_stream.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/stream_shapes.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

Result<protocol::DescribeStream::Response> handle(Context& context,
                                                  protocol::DescribeStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto stream, with_access(context, key, [&](storage::State& state) {
                      return storage::describe_stream(state, key, request.exclusive_start_shard_id,
                                                      request.limit, context.now);
                    }));
  protocol::DescribeStream::Response response;
  protocol::StreamDescription& description = response.stream_description;
  describe(stream.summary, description);
  description.shards.reserve(stream.shards.size());
  for (const storage::ShardSummary& shard : stream.shards) description.shards.push_back(to_wire(shard));
  description.has_more_shards = stream.has_more_shards;
  return response;
}

template Outcome run<protocol::DescribeStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
