#include "server/net/forwarding.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "protocol/json.hpp"
#include "server/auth/authentication.hpp"
#include "server/http/html.hpp"
#include "server/net/stream.hpp"

namespace kinesisd::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using foreign::ForwardTarget;

// What belongs to the connection with the client and not to its request, or is written anew.
constexpr std::array<std::string_view, 9> not_of_the_request = {
    "connection", "content-length",    "expect", "http2-settings", "keep-alive", "proxy-connection",
    "te",         "transfer-encoding", "upgrade"};
constexpr std::array<std::string_view, 8> not_of_the_answer = {
    "connection", "content-length",    "date",   "keep-alive", "proxy-connection",
    "trailer",    "transfer-encoding", "upgrade"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) {
    return beast::iequals({one.data(), one.size()}, {name.data(), name.size()});
  });
}

// Whether it can stand in the first line of a request without becoming another one.
bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

std::string head_of(const Request& request, const ForwardTarget& target) {
  std::string head = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                                 request.query.empty() ? "" : "?", request.query);
  for (const Header& header : request.headers) {
    if (is_one_of(header.name, not_of_the_request)) continue;
    head += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  if (request.header("host") == nullptr) head += fmt::format("host: {}\r\n", target.endpoint.authority());
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (has_body) head += fmt::format("content-length: {}\r\n", request.body.size());
  return head + "connection: close\r\n\r\n";
}

Response answer_of(http::response<http::string_body>&& message, bool head) {
  Response response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message.base()) {
    const std::string_view name(field.name_string().data(), field.name_string().size());
    // Without a body to count, a HEAD's answer keeps what the other server says of its length.
    if (head && field.name() == http::field::content_length) {
      response.headers.push_back({"Content-Length", std::string(field.value())});
    }
    if (is_one_of(name, not_of_the_answer)) continue;
    response.headers.push_back({std::string(name), std::string(field.value())});
  }
  response.body = std::move(message.body());
  return response;
}

// For SDKs, which show the message of JSON, and of anything else the status.
Response refusal_of(const Request& request, int status, const std::string& sentence) {
  const std::string* type = request.header("content-type");
  const bool json =
      type != nullptr && type->starts_with("application/") && type->find("json") != std::string::npos;
  if (!json) {
    return {.status = status,
            .headers = {{"Content-Type", "text/html; charset=utf-8"}},
            .body = fmt::format("<html><body><p>{}</p></body></html>\n", own::html_escaped(sentence))};
  }
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(2);
  writer.key("__type");
  writer.text("ServiceUnavailable");
  writer.key("message");
  writer.text(sentence);
  writer.end_map();
  return {.status = status, .headers = {{"Content-Type", *type}}, .body = std::move(body)};
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

// One call: its place among those under way, and the memory its answer takes.
class Forwarding::Exchange {
 public:
  Exchange(Forwarding& all, const Request& request, const ForwardTarget& target)
      : all_(all), bounds_(all.bounds_), request_(request), target_(target) {
    ++all_.under_way_;
  }
  ~Exchange() {
    --all_.under_way_;
    all_.bytes_ -= bytes_;
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  asio::awaitable<Answer> run() {
    if (all_.under_way_ > bounds_.forwards) {
      co_return fail(503, fmt::format("{} calls are under way already", bounds_.forwards));
    }
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const client::Endpoint& there = target_.endpoint;
    const auto [unknown, addresses] =
        co_await resolver.async_resolve(there.host, std::to_string(there.port), nothrow);
    if (unknown) co_return fail(502, unknown.message());
    beast::tcp_stream stream(executor);
    stream.expires_after(bounds_.forward_connect);
    const auto [refused, address] = co_await stream.async_connect(addresses, nothrow);
    if (refused == beast::error::timeout) {
      co_return fail(502, fmt::format("no connection within {}", seconds(bounds_.forward_connect)));
    }
    if (refused) co_return fail(502, refused.message());
    stream.expires_after(bounds_.forward);
    const std::string head = head_of(request_, target_);
    const std::array<asio::const_buffer, 2> all = {asio::buffer(head), asio::buffer(request_.body)};
    // Who refuses a call early may have answered it, so that is looked at before a failed write.
    co_await asio::async_write(stream, all, nothrow);
    auto answer = co_await receive(stream);
    co_return answer;
  }

 private:
  asio::awaitable<Answer> receive(beast::tcp_stream& stream) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(bounds_.header_bytes));
    parser.body_limit(bounds_.forward_answer_bytes);
    parser.skip(request_.method == "HEAD");
    beast::flat_buffer received;
    while (!parser.is_done()) {
      const auto [error, size] = co_await http::async_read_some(stream, received, parser, nothrow);
      if (error) co_return fail(502, why(error));
      if (!hold(parser.get().body().capacity())) {
        co_return fail(
            503, fmt::format("the answers under way take {} MiB already", bounds_.forward_bytes >> 20U));
      }
    }
    if (parser.get().result_int() < 200) co_return fail(502, "its answer is none of HTTP/1.1");
    co_return Answer{answer_of(parser.release(), request_.method == "HEAD"), {}};
  }

  // False: there is no room for as much.
  bool hold(std::size_t bytes) {
    const std::size_t more = bytes - std::min(bytes, bytes_);
    bytes_ += more;
    return all_.bytes_.fetch_add(more) + more <= bounds_.forward_bytes;
  }

  std::string why(beast::error_code error) const {
    if (error == beast::error::timeout) return fmt::format("no answer within {}", seconds(bounds_.forward));
    if (error == http::error::body_limit) {
      return fmt::format("its answer is larger than {} MiB", bounds_.forward_answer_bytes >> 20U);
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error == asio::error::connection_reset) {
      return "it closed the connection before its answer was complete";
    }
    return fmt::format("its answer is none of HTTP/1.1 ({})", error.message());
  }

  Answer fail(int status, const std::string& reason) const {
    std::string sentence =
        fmt::format("{} at {} does not answer: {}; see what runs there, or change --forward {}.",
                    target_.service, target_.endpoint.url(), reason, target_.text());
    return {refusal_of(request_, status, sentence), std::move(sentence)};
  }

  Forwarding& all_;
  const Limits& bounds_;
  const Request& request_;
  const ForwardTarget& target_;
  std::size_t bytes_ = 0;
};

Forwarding::Forwarding(std::vector<ForwardTarget> targets, const Limits& bounds)
    : targets_(std::move(targets)), bounds_(bounds) {}

const ForwardTarget* Forwarding::target_of(const Request& request) const {
  if (!is_plain(request.method) || !is_plain(request.path) || !is_plain(request.query)) return nullptr;
  return foreign::find_target(targets_, signed_service(request));
}

asio::awaitable<Forwarding::Answer> Forwarding::pass_on(const Request& request, const ForwardTarget& target) {
  Exchange exchange(*this, request, target);
  auto answer = co_await exchange.run();
  co_return answer;
}

}  // namespace kinesisd::server
