#include "server/net/http1_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace kinesisd::server {

namespace {

constexpr std::string_view content_length = "Content-Length";

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

// The answer to a HEAD that was passed on says itself how long the body would be.
bool has_length(const Response& response, const Http1AnswerForm& form) {
  return form.head && std::any_of(response.headers.begin(), response.headers.end(),
                                  [](const Header& header) { return header.name == content_length; });
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  const boost::beast::string_view reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status,
                 std::string_view(reason.data(), reason.size()));
}

}  // namespace

void append_http1_head(std::string& out, const Response& response, const Http1AnswerForm& form) {
  append_status_line(out, response.status);
  out += "Date: ";
  out += form.date;
  out += "\r\n";
  for (const Header& header : response.headers) {
    out += header.name;
    out += ": ";
    out += header.value;
    out += "\r\n";
  }
  const bool unknown_length = response.source != nullptr;
  if (response.chunked_empty || (unknown_length && !form.http10)) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (!unknown_length && !has_no_body(response.status) && !has_length(response, form)) {
    const fmt::format_int length(response.body.size());
    out += "Content-Length: ";
    out.append(length.data(), length.size());
    out += "\r\n";
  }
  if (!form.keep_alive) {
    out += "Connection: close\r\n";
  } else if (form.http10) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

void append_http1_chunk_head(std::string& out, std::size_t bytes) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes);
}

std::string_view http1_body(const Response& response, const Http1AnswerForm& form) {
  if (form.head || has_no_body(response.status)) return {};
  if (response.chunked_empty) return "0\r\n\r\n";
  return response.body;
}

}  // namespace kinesisd::server
