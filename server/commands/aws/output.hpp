// Answers as AWS's command line prints them. Pure but for the local time zone.
#pragma once

#include <string>

#include "protocol/shape_tree.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// What the table knows of an answer, in its order: times as texts, no members but those of the table.
document::Value shaped(const protocol::Shape& shape, const document::Value& answer);

// With four blanks of indentation for each level.
std::string as_json(const document::Value& value);

// Single values, and lists of them with tabs between. Throws UsageError for anything else.
std::string as_text(const document::Value& value);

}  // namespace kinesisd::server::aws
