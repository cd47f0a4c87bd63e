// The functions of JMESPath that scripts use. Pure.
#pragma once

#include <string>
#include <vector>

#include "server/cli/aws/query_parser.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// As JMESPath compares: by value, numbers of either kind alike, members in any order.
bool is_same(const document::Value& a, const document::Value& b);

// `function` names it and has its arguments, which are evaluated on `value`. Throws as evaluate().
document::Value apply_function(const Node& function, const document::Value& value);

// Throws UsageError for a function, here or inside, that is not here or has the wrong number of arguments.
void check_functions(const Node& node);

}  // namespace kinesisd::server::aws
