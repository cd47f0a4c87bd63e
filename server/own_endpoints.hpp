// The server's own paths, under /_kinesisd/: ordinary HTTP with JSON, for whoever starts, watches and tests
// with the server. Every other path behaves as AWS does.
#pragma once

#include <string_view>

#include "server/own/transport.hpp"

namespace kinesisd::server {

bool is_own_path(std::string_view path);

// GET /_kinesisd/health: 200 once requests are answered. For the others see server/own. 404 for other paths,
// 405 for other methods, 403 and 415 for changes that look as if a web page had sent them.
own::Answer answer_own(Request& request, GuardedStreams& streams, const own::Transport& transport = {});

// The answer to a change that could not be written.
Response own_answer_if_lost();

}  // namespace kinesisd::server
