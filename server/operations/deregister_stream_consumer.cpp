#include "protocol/operations/deregister_stream_consumer.hpp"

#include "server/api/run_operation.hpp"
#include "storage/consumers/consumers.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context,
                                         protocol::DeregisterStreamConsumer::Request& request) {
  BOOST_OUTCOME_TRY(auto consumer, consumer_name(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, consumer, [&](storage::State& state) {
                      return storage::deregister_consumer(state, consumer, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::DeregisterStreamConsumer>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
