#include "protocol/operations/update_stream_record_distribution_strategy.hpp"

#include "server/api/run_operation.hpp"
#include "server/operations/same_word.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

using Op = protocol::UpdateStreamRecordDistributionStrategy;

Result<Committed<protocol::Void>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  const auto strategy = same_word<storage::RecordDistributionStrategy>(request.record_distribution_strategy);
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::update_record_distribution(state, key, strategy, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
