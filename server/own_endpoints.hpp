// The server's own paths, under /_kinesisd/: ordinary HTTP with JSON, for whoever starts and watches the
// server. Every other path behaves as AWS does.
#pragma once

#include <string_view>

#include "server/http_message.hpp"

namespace kinesisd::server {

bool is_own_path(std::string_view path);

// GET /_kinesisd/health: 200 once requests are answered. 404 for other paths, 405 for other methods.
Response answer_own(const Request& request);

}  // namespace kinesisd::server
