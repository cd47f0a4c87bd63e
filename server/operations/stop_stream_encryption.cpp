#include "protocol/operations/stop_stream_encryption.hpp"

#include "protocol/errors.hpp"
#include "server/api/run_operation.hpp"
#include "storage/streams/encryption.hpp"

namespace kinesisd::server {

using Op = protocol::StopStreamEncryption;

Result<Committed<protocol::Void>> handle(Context& context, Op::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  if (request.encryption_type != protocol::EncryptionType::KMS)
    return protocol::errors::encryption_type_not_kms();
  BOOST_OUTCOME_TRY(auto ticket, with_access(context, key, [&](storage::State& state) {
                      return storage::stop_encryption(state, key, request.key_id, context.now);
                    }));
  return Committed<protocol::Void>{{}, ticket};
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
