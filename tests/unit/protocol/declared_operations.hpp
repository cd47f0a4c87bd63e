// Operations that have their tables but no handler yet. With its handler a name moves to Operations.
#pragma once

#include "protocol/operations.hpp"
#include "protocol/operations/start_stream_encryption.hpp"
#include "protocol/operations/stop_stream_encryption.hpp"

namespace kinesisd::protocol {

using DeclaredOperations = type_list<StartStreamEncryption, StopStreamEncryption>;

}  // namespace kinesisd::protocol
