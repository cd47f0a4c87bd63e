// Operations that have their tables but no handler yet. With its handler a name moves to Operations.
#pragma once

#include "protocol/operations.hpp"

namespace kinesisd::protocol {

using DeclaredOperations = type_list<>;

}  // namespace kinesisd::protocol
