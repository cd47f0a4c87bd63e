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

// Whether it is a single value: neither a list nor an object.
bool is_word(const document::Value& value);

// A single value as AWS's command line prints it by itself: True, None, a text without quotes.
std::string as_word(const document::Value& value);

}  // namespace kinesisd::server::aws
