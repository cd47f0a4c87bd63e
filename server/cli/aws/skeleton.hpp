// What --generate-cli-skeleton prints: an empty request to be filled in for --cli-input-json. Pure.
#pragma once

#include "protocol/shape_tree.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Every member, in the order of the tables, with an empty value of its kind.
document::Value skeleton_of(const protocol::Shape& shape);

}  // namespace kinesisd::server::aws
