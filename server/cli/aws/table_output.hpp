// Answers as `--output table` draws them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/document/value.hpp"

namespace kinesisd::server::aws {

inline constexpr std::size_t table_width_wanted = 80;  // where there is no terminal that has one

// `title` is the operation's name. A table that is wider than `width_wanted` has its single rows turned into
// columns; it is never cut. Empty for nothing.
std::string as_table(std::string_view title, const document::Value& value,
                     std::size_t width_wanted = table_width_wanted);

}  // namespace kinesisd::server::aws
