// A server with a service of the test's own on a free port, and a client that sends bytes as they are.
#pragma once

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <sstream>
#include <string>

#include "server/net/listener.hpp"

namespace kinesisd::server::test {

// Answers with what it was asked, unless told otherwise.
class StubService : public Service {
 public:
  explicit StubService(bool wants_every_header = false) : every_header(wants_every_header) {}

  std::function<asio::awaitable<Response>(Request)> on_request = echo;

  bool every_header = false;  // to be set before there is a connection

  bool reads_every_header() const override { return every_header; }
  asio::awaitable<Response> answer(Request request) override { return on_request(std::move(request)); }
  Response body_too_large() const override {
    Response response;
    response.status = 413;
    response.chunked_empty = true;
    return response;
  }
  Response overloaded() const override {
    Response response;
    response.status = 503;
    response.body = "overloaded";
    return response;
  }

  static asio::awaitable<Response> echo(Request request) {
    Response response;
    response.body = request.method + " " + request.path;
    if (!request.query.empty()) response.body += "?" + request.query;
    for (const Header& header : request.headers) response.body += " " + header.name + "=" + header.value;
    if (!request.body.empty()) response.body += " [" + request.body + "]";
    co_return response;
  }

  static asio::awaitable<Response> large(Request) {
    Response response;
    response.body.assign(32U << 20, 'x');
    co_return response;
  }
};

class TestServer {
 public:
  explicit TestServer(const Limits& bounds = limits, std::size_t threads = 1, tls::Tls* tls = nullptr)
      : io(threads, bounds), listener(io, service, log, bounds, tls) {
    const std::vector<std::string> any = {"127.0.0.1:0"};
    listener.bind(any);
    io.start();
    listener.start();
  }
  ~TestServer() {
    if (!stopped_) stop();
  }

  // Whether every connection ended by itself.
  bool stop() {
    stopped_ = true;
    const bool clean = listener.shut_down();
    io.stop();
    return clean;
  }

  asio::ip::tcp::endpoint endpoint() const {
    const std::string address = listener.addresses().front();
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    return {asio::ip::address_v4::loopback(), port};
  }

  std::ostringstream log_text;
  Log log{LogLevel::info, LogFormat::text, log_text};
  StubService service;
  IoThreads io;
  Listener listener;

 private:
  bool stopped_ = false;
};

// Blocking; gives up after a minute, so that a server that does not answer fails the test.
class Client {
 public:
  explicit Client(const TestServer& server) {
    socket_.connect(server.endpoint());
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  // The server may have closed already.
  void send(std::string_view bytes) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  void finish_sending() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  // Whatever comes next; empty when the server has closed.
  std::string read_some() {
    std::string bytes(64U << 10, '\0');
    boost::system::error_code error = asio::error::interrupted;
    std::size_t size = 0;
    // With a time to wait, a signal that stops and continues the process ends the wait.
    while (error == asio::error::interrupted) size = socket_.read_some(asio::buffer(bytes), error);
    bytes.resize(size);
    if (error == asio::error::try_again) throw std::runtime_error("the server neither answers nor closes");
    return bytes;
  }
  std::string read_until(std::string_view end) {
    std::string all;
    while (!all.ends_with(end)) {
      const std::string more = read_some();
      if (more.empty()) break;
      all += more;
    }
    return all;
  }
  std::string read_to_end() {
    std::string all;
    for (std::string more = read_some(); !more.empty(); more = read_some()) all += more;
    return all;
  }

 private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
};

// Answers without their Date lines, which must be well formed.
inline std::string undated(std::string text) {
  const std::string_view example = "Date: Mon, 23 Nov 2026 04:05:06 GMT\r\n";
  for (std::size_t at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ", at)) {
    if (text.compare(at + example.size() - 6, 6, " GMT\r\n") != 0) return "bad date: " + text;
    text.erase(at, example.size());
  }
  return text;
}

}  // namespace kinesisd::server::test
