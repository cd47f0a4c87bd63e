#include "server/net/http1_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>

namespace kinesisd::server {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t headers_expected = 8;
constexpr std::size_t kept_name_max = 64;  // no header with a longer name is kept

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

void split_target(std::string_view target, Request& request) {
  // http://host:port/path, as clients behind a proxy send it
  if (const std::size_t scheme = target.find("://");
      scheme != std::string_view::npos && target.front() != '/' && scheme < target.find('?')) {
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos ? std::string_view() : target.substr(path);
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (request.path.empty()) request.path.assign(1, '/');  // g++ 12 warns of the other form
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
}

Http1Parser::Http1Parser(const Limits& bounds, ConnectionBytes& held, bool every_header)
    : in_flight_(held), announced_bytes_(bounds.body_bytes), every_header_(every_header) {
  header_limit(static_cast<std::uint32_t>(bounds.header_bytes));
  body_limit(bounds.body_bytes);
  eager(true);
}

void Http1Parser::on_request_impl(http::verb, View method, View target, int version, ErrorCode&) {
  request_.method = method;
  split_target(target, request_);
  request_.headers.reserve(headers_expected);
  is_head_ = request_.method == "HEAD";
  http11_ = version == 11;
}

void Http1Parser::on_field_impl(http::field field, View name, View value, ErrorCode& error) {
  if (is_header_done()) return;  // a trailer
  // Where the body ends is then anyone's guess (RFC 9112, 6.1 and 6.3). Beast refuses a second one, and one
  // beside a length.
  if (field == http::field::transfer_encoding && (!http11_ || !boost::beast::iequals(value, "chunked"))) {
    error = http::error::bad_transfer_encoding;
    return;
  }
  if (field == http::field::expect) {
    expects_continue_ = http11_ && boost::beast::iequals(value, "100-continue");
  }
  h2c_.see(field, value);
  if (every_header_) {
    std::string lower(name.size(), '\0');
    std::transform(name.begin(), name.end(), lower.begin(), lower_case);
    request_.headers.push_back({std::move(lower), std::string(value)});
    return;
  }
  if (name.size() > kept_name_max) return;
  std::array<char, kept_name_max> lower;
  std::transform(name.begin(), name.end(), lower.begin(), lower_case);
  const std::string_view kept(lower.data(), name.size());
  if (keeps_header(kept)) request_.headers.push_back({std::string(kept), std::string(value)});
}

void Http1Parser::on_body_init_impl(const boost::optional<std::uint64_t>& content_length, ErrorCode&) {
  if (content_length) announced_bytes_ = static_cast<std::size_t>(*content_length);
}

std::size_t Http1Parser::on_body_impl(View body, ErrorCode& error) {
  make_room(body.size(), error);
  if (error) return 0;
  request_.body.append(body);
  return body.size();
}

std::size_t Http1Parser::on_chunk_body_impl(std::uint64_t, View body, ErrorCode& error) {
  return on_body_impl(body, error);
}

// For what has arrived: an announcement costs a client nothing.
void Http1Parser::make_room(std::size_t bytes, ErrorCode& error) {
  const std::size_t needed = request_.body.size() + bytes;
  if (needed <= in_flight_.bytes()) return;
  const std::size_t room = std::min(std::max(needed, 2 * in_flight_.bytes()), announced_bytes_);
  if (in_flight_.grow_to(room)) {
    request_.body.reserve(room);
    return;
  }
  overloaded_ = true;
  error = boost::asio::error::no_memory;
}

}  // namespace kinesisd::server
