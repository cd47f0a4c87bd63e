#include "protocol/operations/delete_stream.hpp"

#include "server/api/run_operation.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

Result<Committed<protocol::Void>> handle(Context& context, protocol::DeleteStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::delete_stream(
                          state, key, request.enforce_consumer_deletion.value_or(false), context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<protocol::DeleteStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
