// Evaluates JMESPath, AWS's language to choose from an answer: all of its grammar, and those of its functions
// that scripts use. Pure.
#pragma once

#include <string_view>

#include "server/cli/aws/query_parser.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Throws UsageError for what is not understood, and for functions that are not here or have the wrong number
// of arguments.
Node checked_query(std::string_view expression);

// Null where there is nothing. Throws ValueError for arguments of the wrong kind. `node` is a checked one.
document::Value evaluate(const Node& node, const document::Value& value);

// Both steps.
document::Value query(std::string_view expression, const document::Value& value);

}  // namespace kinesisd::server::aws
