#include "protocol/operations/update_stream_warm_throughput.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/stream_shapes.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

using Op = protocol::UpdateStreamWarmThroughput;

Result<Committed<Op::Response>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto changed, with_access(context, key, [&](storage::State& state) {
                      return storage::update_warm_throughput(state, key, request.warm_throughput_mibps,
                                                             context.now);
                    }));
  Op::Response response;
  response.stream_arn = storage::arn(key);
  response.stream_name = key.name;
  response.warm_throughput = to_wire(changed.warm_throughput);
  return Committed<Op::Response>{std::move(response), changed.ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
