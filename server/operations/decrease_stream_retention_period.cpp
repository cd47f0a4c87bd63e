#include "protocol/operations/decrease_stream_retention_period.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context,
                                         protocol::DecreaseStreamRetentionPeriod::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::decrease_retention(state, key, request.retention_period_hours,
                                                         context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::DecreaseStreamRetentionPeriod>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
