#include "protocol/operations/register_stream_consumer.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/consumer_shapes.hpp"
#include "storage/consumers/consumers.hpp"

namespace kinesisd::server {

using Response = protocol::RegisterStreamConsumer::Response;

Result<Committed<Response>> handle(Context& context, protocol::RegisterStreamConsumer::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  storage::Tags tags;
  if (request.tags) tags = std::move(*request.tags);
  BOOST_OUTCOME_TRY(auto registered, with_access(context, key, [&](storage::State& state) {
                      return storage::register_consumer(state, key, request.consumer_name, std::move(tags),
                                                        context.now);
                    }));
  return Committed<Response>{{.consumer = to_wire<protocol::Consumer>(registered.consumer)},
                             registered.ticket};
}

template Outcome run<protocol::RegisterStreamConsumer>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
