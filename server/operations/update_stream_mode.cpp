#include "protocol/operations/update_stream_mode.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/same_word.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

using Op = protocol::UpdateStreamMode;

Result<Committed<protocol::Void>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const auto mode = same_word<storage::StreamMode>(request.stream_mode_details.stream_mode);
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::update_mode(state, key, mode, request.warm_throughput_mibps,
                                                  context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
