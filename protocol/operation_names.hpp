// The operations' names, without their shapes.
#pragma once

#include <span>
#include <string_view>

namespace kinesisd::protocol {

// Of all of them.
std::span<const std::string_view> operation_names();

// Names are case sensitive.
bool knows_operation(std::string_view name);

}  // namespace kinesisd::protocol
