#include "protocol/operations/enable_enhanced_monitoring.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/enhanced_monitoring.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

using Op = protocol::EnableEnhancedMonitoring;

Result<Committed<Op::Response>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const auto metrics = metrics_in(request);
  BOOST_OUTCOME_TRY(auto changed, with_access(context, key, [&](storage::State& state) {
                      return storage::enable_metrics(state, key, metrics, context.now);
                    }));
  return answer_to(key, changed);
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
