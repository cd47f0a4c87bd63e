#include "protocol/operations/describe_stream_consumer.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/consumer_shapes.hpp"
#include "storage/consumers/consumers.hpp"

namespace kinesisd::server {

Result<protocol::DescribeStreamConsumer::Response> handle(
    Context& context, protocol::DescribeStreamConsumer::Request& request) {
  BOOST_OUTCOME_TRY(auto name, consumer_name(context, request));
  BOOST_OUTCOME_TRY(auto consumer, with_access(context, name, [&](storage::State& state) {
                      return storage::describe_consumer(state, name, context.now);
                    }));
  protocol::DescribeStreamConsumer::Response response;
  response.consumer_description = to_wire<protocol::ConsumerDescription>(consumer);
  response.consumer_description.stream_arn = storage::arn(consumer.key.stream);
  return response;
}

template Outcome run<protocol::DescribeStreamConsumer>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
