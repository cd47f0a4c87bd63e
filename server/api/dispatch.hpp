// From an operation's name to the function that runs it; folded from the list of operations.
#pragma once

#include <span>
#include <string_view>

#include "server/api/operation.hpp"

namespace kinesisd::server {

using RunOperation = Outcome (*)(Context& context, const protocol::wire::Tree& body);

// nullptr: there is no such operation. Names are case sensitive.
RunOperation find_operation(std::string_view name);

// Of all of them.
std::span<const std::string_view> operation_names();

inline bool knows_operation(std::string_view name) {
  return find_operation(name) != nullptr;
}

}  // namespace kinesisd::server
