#include "protocol/operations/update_max_record_size.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/settings.hpp"

namespace kinesisd::server {

using Op = protocol::UpdateMaxRecordSize;

Result<Committed<protocol::Void>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::update_max_record_size(state, key, request.max_record_size_in_kib,
                                                             context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
