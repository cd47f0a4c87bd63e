// From an operation's name to the function that runs it; folded from the list of operations.
#pragma once

#include <string_view>

#include "server/api/operation.hpp"

namespace kinesisd::server {

using RunOperation = Outcome (*)(Context& context, const protocol::wire::Tree& body);

// nullptr: there is no such operation. Names are case sensitive.
RunOperation find_operation(std::string_view name);

}  // namespace kinesisd::server
