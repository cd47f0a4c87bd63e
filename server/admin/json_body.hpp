// Reading what the server's own endpoints are sent: percent-encoded paths and small JSON bodies.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::server::own {

// nullopt: an escape is broken, or what it makes is not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

// The text that `member` of a JSON object has; nullopt when there is none or the body is no JSON object.
// Parses in place: the body is overwritten, and the view is good as long as it is.
std::optional<std::string_view> text_in_body(std::string& body, std::string_view member);

}  // namespace kinesisd::server::own
