// The commonest part of JMESPath, AWS's language to choose from an answer: names, [0], [-1], [*], [],
// [?a=='b'], [a,b], {x:a}, | and length(). Pure.
#pragma once

#include <string_view>

#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Null where there is nothing. Throws UsageError for what is not understood.
document::Value query(std::string_view expression, const document::Value& value);

}  // namespace kinesisd::server::aws
