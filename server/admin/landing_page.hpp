// The page a person sees who opens the server in a browser: where it is, how a client is pointed at it, and
// what else it answers. Whole in itself: it loads nothing. Pure.
#pragma once

#include <span>
#include <string_view>

#include "server/http/http_message.hpp"

namespace kinesisd::server::own {

// A path of the server's own, for the page's table.
struct ListedPath {
  std::string_view path;
  std::string_view methods;
  std::string_view help;
};

// Whether a browser asks, and nobody who signs: a GET or HEAD whose Accept header names text/html.
bool wants_page(const Request& request);

// Its snippets have the endpoint that the browser used.
Response landing_page(const Request& request, int status, std::span<const ListedPath> paths);

}  // namespace kinesisd::server::own
