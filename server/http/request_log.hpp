// One line about each request, for whoever asks for --log-level debug.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/http_message.hpp"
#include "server/support/log.hpp"

namespace kinesisd::server {

// What the answering of a request has found out about it.
struct RequestStory {
  std::string_view operation = {};  // a view into the request; empty: none is named
  std::string stream = {};          // empty: none, or nobody asked
  std::string_view encoding = {};   // empty: it came to no operation
  std::string_view error = {};      // its type; empty: success, or an answer that has no type
};

// At debug; costs nothing at other levels.
void log_request(Log& log, const Request& request, const Response& response, const RequestStory& story,
                 std::size_t bytes_in, std::chrono::microseconds taken);

}  // namespace kinesisd::server
