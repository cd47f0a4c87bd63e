// AWS's short way to write structures and maps: Key=value,Other='a b'. Pure.
#pragma once

#include <string_view>

#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// An object whose values are texts, lists ([a,b]) and objects ({a=b}). Throws UsageError.
document::Value parse_shorthand(std::string_view text);

}  // namespace kinesisd::server::aws
