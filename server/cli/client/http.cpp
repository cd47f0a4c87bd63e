#include "server/cli/client/http.hpp"

#include <fmt/core.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <iterator>
#include <utility>

namespace kinesisd::server::client {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_bytes = 64U << 10U;
constexpr std::uint32_t header_bytes_max = 64U << 10U;

using Parser = http::response_parser<http::string_body>;

// Feeds what has come; what the parser has no use for yet stays in `waiting`.
void feed(Parser& parser, std::string& waiting) {
  boost::system::error_code error;
  std::size_t used = 0;
  while (used < waiting.size() && !parser.is_done()) {
    const std::size_t taken =
        parser.put(boost::asio::const_buffer(waiting.data() + used, waiting.size() - used), error);
    used += taken;
    if (error == http::error::need_more) break;
    if (error) throw ConnectionError(fmt::format("the answer is not HTTP: {}", error.message()));
    if (taken == 0) break;
  }
  waiting.erase(0, used);
}

HttpAnswer answer_of(Parser& parser) {
  HttpAnswer out;
  auto& message = parser.get();
  out.status = static_cast<int>(message.result_int());
  out.keeps_open = message.keep_alive();
  for (const auto& field : message.base()) {
    Header header{std::string(field.name_string()), std::string(field.value())};
    for (char& c : header.name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    out.headers.push_back(std::move(header));
  }
  out.body = std::move(message.body());
  return out;
}

// Whether it answers, whatever it answers.
bool answers_in_plain_text(const Endpoint& endpoint, Deadline deadline, int interrupt) {
  Endpoint plain = endpoint;
  plain.tls = false;
  try {
    Connection connection(plain, {}, deadline, interrupt);
    const Request request{.method = "GET",
                          .path = "/_kinesisd/health",
                          .query = {},
                          .headers = {{"host", plain.authority()}, {"connection", "close"}},
                          .body = {}};
    exchange(connection, request, deadline);
    return true;
  } catch (const ConnectionError&) {
    return false;
  }
}

// TLS answers plain text with an alert.
bool begins_tls(std::string_view bytes) {
  return bytes.starts_with("\x15\x03");
}

}  // namespace

std::unique_ptr<Connection> connect(const Endpoint& endpoint, const Trust& trust, Deadline deadline,
                                    int interrupt) {
  try {
    return std::make_unique<Connection>(endpoint, trust, deadline, interrupt);
  } catch (const NoTlsError&) {
    if (endpoint.is_aws() || !answers_in_plain_text(endpoint, deadline, interrupt)) throw;
  }
  Endpoint plain = endpoint;
  plain.tls = false;
  throw LastingError(fmt::format("{} speaks no TLS; use http://{}", endpoint.url(), plain.authority()));
}

HttpAnswer exchange(Connection& connection, const Request& request, Deadline deadline) {
  std::string head = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                                 request.query.empty() ? "" : "?", request.query);
  for (const Header& header : request.headers)
    fmt::format_to(std::back_inserter(head), "{}: {}\r\n", header.name, header.value);
  if (request.method != "GET") head += fmt::format("content-length: {}\r\n", request.body.size());
  head += "\r\n";
  head += request.body;
  connection.write(head, deadline);

  Parser parser;
  parser.eager(true);
  parser.body_limit(answer_bytes_max);
  parser.header_limit(header_bytes_max);
  std::string waiting;
  std::array<char, read_bytes> buffer;
  while (!parser.is_done()) {
    const std::size_t got = connection.read(buffer.data(), buffer.size(), deadline);
    if (got == 0) {
      boost::system::error_code error;
      if (parser.got_some()) parser.put_eof(error);
      if (!parser.is_done())
        throw ConnectionError("the connection was closed before the answer was complete");
      break;
    }
    waiting.append(buffer.data(), got);
    if (!parser.got_some() && begins_tls(waiting))
      throw LastingError("the server speaks nothing but TLS; use https:// instead of http://");
    feed(parser, waiting);
  }
  return answer_of(parser);
}

}  // namespace kinesisd::server::client
