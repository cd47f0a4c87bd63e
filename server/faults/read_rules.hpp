// Rules as people write them: [[rule]] tables of a TOML file, or JSON. Pure.
#pragma once

#include <vector>

#include "server/document/value.hpp"
#include "server/faults/rule.hpp"

namespace kinesisd::server::faults {

// One rule, a list of them, or {"rule": [...]}; also the list and its entries as GET /_kinesisd/faults
// answers them. A document::Problem names what is wrong with it.
std::vector<Rule> rules_from(const document::Document& document);

}  // namespace kinesisd::server::faults
