// Beast's HTTP/1 parser, filling a Request directly. Knows no sockets and no answers.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>

#include "server/http/http_message.hpp"
#include "server/net/h2c_upgrade.hpp"
#include "server/net/session_host.hpp"

namespace kinesisd::server {

// Parses one request; made anew for each.
class Http1Parser : public boost::beast::http::basic_parser<true> {
 public:
  // `every_header`: see Service::reads_every_header.
  Http1Parser(const Limits& bounds, ConnectionBytes& held, bool every_header = false);

  // Complete once is_done().
  Request& request() { return request_; }
  InFlight& in_flight() { return in_flight_; }

  bool is_http11() const { return http11_; }
  bool is_head() const { return is_head_; }
  // The client waits for `100 Continue` before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  // The client would go on in HTTP/2: with these SETTINGS.
  std::optional<std::string> h2c_settings() const { return http11_ ? h2c_.settings() : std::nullopt; }
  // The body is refused for want of room; the parser has then failed.
  bool overloaded() const { return overloaded_; }

 private:
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, View method, View target, int version, ErrorCode&) override;
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field field, View name, View value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& content_length, ErrorCode&) override;
  std::size_t on_body_impl(View body, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remain, View body, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  void make_room(std::size_t bytes, ErrorCode& error);

  Request request_;
  InFlight in_flight_;
  std::size_t announced_bytes_;  // of the body
  H2cOffer h2c_;
  bool is_head_ = false;
  bool expects_continue_ = false;
  bool http11_ = false;
  bool overloaded_ = false;
  bool every_header_;
};

// Splits a request target in origin form or absolute form.
void split_target(std::string_view target, Request& request);

}  // namespace kinesisd::server
