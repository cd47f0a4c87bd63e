#include "protocol/operations/list_streams.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/stream_shapes.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

Result<protocol::ListStreams::Response> handle(Context& context, protocol::ListStreams::Request& request) {
  const storage::ListStreamsQuery query{.exclusive_start_name = request.exclusive_start_stream_name,
                                        .next_token = request.next_token,
                                        .limit = request.limit};
  BOOST_OUTCOME_TRY(auto list, context.streams.with([&](storage::State& state) {
    return storage::list_streams(state, context.caller, query, context.now);
  }));
  protocol::ListStreams::Response response;
  response.has_more_streams = list.has_more;
  response.next_token = std::move(list.next_token);
  auto& summaries = response.stream_summaries.emplace();
  for (const storage::StreamSummary& stream : list.streams) {
    response.stream_names.push_back(stream.key.name);
    summaries.push_back({.stream_name = stream.key.name,
                         .stream_arn = storage::arn(stream.key),
                         .stream_status = same_word<protocol::StreamStatus>(stream.status),
                         .stream_mode_details = mode_details(stream),
                         .stream_creation_timestamp = stream.created});
  }
  return response;
}

template Outcome run<protocol::ListStreams>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
