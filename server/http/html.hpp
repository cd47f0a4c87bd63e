// Text that stands in HTML. Pure.
#pragma once

#include <string>
#include <string_view>

namespace kinesisd::server::own {

// Safe in text and in attributes with double quotes.
std::string html_escaped(std::string_view text);

}  // namespace kinesisd::server::own
