// What a key management service would say of the keys streams are encrypted with, to be set by tests: nothing
// is encrypted, and every key is enabled until one of these calls says otherwise.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

// {"keys": [{"key": ..., "state": ...}, ...]}: those that are not enabled.
Answer list_keys(Call& call);

// The key is the call's argument: an id, an alias (alias/aws/kinesis) or the ARN of either. GET answers
// {"key": ..., "state": ...}; PUT takes {"state": ...} and answers the same.
Answer answer_key(Call& call);

}  // namespace kinesisd::server::own
