// The bytes of an HTTP/1 answer. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/http_message.hpp"

namespace kinesisd::server {

struct Http1AnswerForm {
  bool head = false;        // the answer to HEAD: no body
  bool keep_alive = true;   // otherwise the answer says that the connection ends
  bool http10 = false;      // a kept connection must be said to be kept
  std::string_view date{};  // as the Date header spells it
};

// Appends everything before the body. What follows it is `http1_body(...)`, or the chunks of a source: to
// HTTP/1.0, which has no chunks, only their bytes.
void append_http1_head(std::string& out, const Response& response, const Http1AnswerForm& form);

// What stands before a chunk of so many bytes; behind it stands `http1_chunk_end`.
void append_http1_chunk_head(std::string& out, std::size_t bytes);
inline constexpr std::string_view http1_chunk_end = "\r\n";
inline constexpr std::string_view http1_last_chunk = "0\r\n\r\n";

// The part of the answer after the head: the body, the end of a chunked body, or nothing.
std::string_view http1_body(const Response& response, const Http1AnswerForm& form);

}  // namespace kinesisd::server
