#include "protocol/operations/list_stream_consumers.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/consumer_shapes.hpp"
#include "storage/consumers/consumers.hpp"

namespace kinesisd::server {

Result<protocol::ListStreamConsumers::Response> handle(Context& context,
                                                       protocol::ListStreamConsumers::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const storage::ListConsumersQuery query{.next_token = std::move(request.next_token),
                                          .max_results = request.max_results,
                                          .stream_created = request.stream_creation_timestamp};
  BOOST_OUTCOME_TRY(auto list, with_access(context, key, [&](storage::State& state) {
                      return storage::list_consumers(state, key, query, context.now);
                    }));
  protocol::ListStreamConsumers::Response response;
  response.next_token = std::move(list.next_token);
  auto& consumers = response.consumers.emplace();
  consumers.reserve(list.consumers.size());
  for (const storage::ConsumerSummary& consumer : list.consumers)
    consumers.push_back(to_wire<protocol::Consumer>(consumer));
  return response;
}

template Outcome run<protocol::ListStreamConsumers>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
