// The bytes of an HTTP/1 answer. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/http_message.hpp"

namespace kinesisd::server {

struct Http1AnswerForm {
  bool head = false;        // the answer to HEAD: no body
  bool keep_alive = true;   // otherwise the answer says that the connection ends
  bool http10 = false;      // a kept connection must be said to be kept
  std::string_view date{};  // as the Date header spells it
};

// Appends everything before the body. What follows it is `http1_body(...)`.
void append_http1_head(std::string& out, const Response& response, const Http1AnswerForm& form);

// The part of the answer after the head: the body, the end of a chunked body, or nothing.
std::string_view http1_body(const Response& response, const Http1AnswerForm& form);

}  // namespace kinesisd::server
