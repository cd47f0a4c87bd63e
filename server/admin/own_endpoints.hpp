// The server's own paths: ordinary HTTP with JSON, for whoever starts, watches and tests with the server. On
// every other path the server behaves as AWS does, where the path is ignored.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server {

// Whether the request is for one of the server's own paths: everything under /_kinesisd/, those that other
// tools ask for elsewhere (only what is no call of the API, which may have any path), and whatever a person
// opens in a browser. A slash behind a path makes no difference.
bool is_own(const Request& request);

// 404 for other paths under /_kinesisd/, 405 for other methods, 403, 401 and 415 for those who may not
// administer the server (own/guard.hpp, own/authorization.hpp); GET /_kinesisd/ lists all paths. Browsers get
// a page at / and /_kinesisd/, and the same with 404 where there is nothing.
own::Answer answer_own(Request& request, const own::Control& control);

// The answer to a change that could not be written, and to one that there is no thread for.
Response own_answer_if_lost();
Response own_answer_if_busy();

}  // namespace kinesisd::server
