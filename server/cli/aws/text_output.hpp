// Answers as `--output text` prints them: single values with tabs between, one line for each object. Pure.
#pragma once

#include <string>

#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Members in the order of their names, each object behind its member's name in capitals. Empty for an empty
// list or object.
std::string as_text(const document::Value& value);

}  // namespace kinesisd::server::aws
