#include "server/net/listener.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "server/net/address.hpp"
#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

struct Parts {
  std::ostringstream log_text;
  Log log{LogLevel::info, LogFormat::text, log_text};
  StubService service;
  IoThreads io{1};
  Listener listener{io, service, log};

  std::vector<std::string> bound(std::vector<std::string> addresses) {
    listener.bind(addresses);
    return listener.addresses();
  }
  std::string refusal(std::vector<std::string> addresses) {
    try {
      listener.bind(addresses);
    } catch (const ListenError& error) {
      return error.what();
    }
    return "bound";
  }
};

bool machine_has_ipv6() {
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(asio::ip::tcp::v6(), error);
  if (!error) acceptor.bind({asio::ip::address_v6::loopback(), 0}, error);
  return !error;
}

}  // namespace

TEST_CASE("An address to listen on is ADDR:PORT and nothing else") {
  CHECK(parse_listen_address("127.0.0.1:4567")->ip->to_string() == "127.0.0.1");
  CHECK(parse_listen_address("127.0.0.1:4567")->port == 4567);
  CHECK(parse_listen_address("[::1]:0")->ip->to_string() == "::1");
  CHECK_FALSE(parse_listen_address("localhost:65535")->ip);
  for (const char* wrong :
       {"", ":1", "4567", "localhost", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:4567x", "::1:4567", "[::1]", "[]:1", "example.org:80", "[127.0.0.1]:1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_listen_address(wrong));
  }
}

TEST_CASE("localhost is 127.0.0.1 and, where there is IPv6, [::1] on the same port") {
  Parts parts;
  const auto addresses = parts.bound({"localhost:0"});
  const std::string port = addresses.at(0).substr(addresses.at(0).rfind(':'));
  CHECK(addresses.at(0) == "127.0.0.1" + port);
  REQUIRE(addresses.size() == (machine_has_ipv6() ? 2 : 1));
  if (addresses.size() == 2) CHECK(addresses[1] == "[::1]" + port);
}

TEST_CASE("Addresses are told with IPv4 first") {
  if (!machine_has_ipv6()) return;
  Parts parts;
  const auto addresses = parts.bound({"[::1]:0", "127.0.0.1:0", "127.0.0.2:0"});
  REQUIRE(addresses.size() == 3);
  CHECK_THAT(addresses[0], Catch::StartsWith("127.0.0.1:"));
  CHECK_THAT(addresses[1], Catch::StartsWith("127.0.0.2:"));
  CHECK_THAT(addresses[2], Catch::StartsWith("[::1]:"));
}

TEST_CASE("An address that cannot be had is refused with a remedy") {
  Parts first;
  const std::string taken = first.bound({"127.0.0.1:0"}).front();
  Parts second;
  CHECK(second.refusal({taken}) == "Cannot listen on " + taken +
                                       ": the port is taken; stop the other program or choose another with "
                                       "--listen ADDR:PORT (0 means any free "
                                       "port).");
  CHECK(second.refusal({"192.0.2.1:0"}) ==
        "Cannot listen on 192.0.2.1:0: this machine has no such address; choose one of its own, or 0.0.0.0 "
        "for all, "
        "with --listen ADDR:PORT.");
  CHECK(second.refusal({"nowhere"}) == "Cannot listen on nowhere: choose ADDR:PORT, such as 127.0.0.1:4567.");
}

TEST_CASE("Connections over the limit are closed at once") {
  Limits bounds;
  bounds.connections = 2;
  TestServer server(bounds);
  Client one(server);
  one.send("GET /1 HTTP/1.1\r\n\r\n");
  CHECK_FALSE(one.read_until("GET /1").empty());
  {
    Client two(server);
    two.send("GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    Client three(server);
    CHECK(three.read_to_end().empty());
    CHECK_FALSE(two.read_to_end().empty());
  }
  server.stop();
  CHECK_THAT(server.log_text.str(), Catch::Contains("A connection was closed at once: 2 are open already."));
}

TEST_CASE("A client that speaks TLS where it is off is told apart, and the log says so") {
  TestServer server;
  Client client(server);
  client.send("\x16\x03\x01");
  CHECK(client.read_to_end().empty());
  server.stop();
  CHECK_THAT(server.log_text.str(),
             Catch::Contains("A client speaks TLS, which is off; use http:// instead of "
                             "https://, or leave out --tls off."));
}

TEST_CASE("Connections are spread over the I/O threads") {
  TestServer server(limits, 2);
  server.service.on_request = [](Request) -> asio::awaitable<Response> {
    Response response;
    response.body = "thread " + std::to_string(IoThread::current().index());
    co_return response;
  };
  std::string seen;
  for (int i = 0; i < 2; ++i) {
    Client client(server);
    client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    seen += client.read_to_end();
  }
  CHECK_THAT(seen, Catch::Contains("thread 0") && Catch::Contains("thread 1"));
}

TEST_CASE("What does not end in time is cut off when the server stops, and leaves nothing behind") {
  Limits bounds;
  bounds.shutdown = std::chrono::milliseconds(20);
  bounds.linger = std::chrono::milliseconds(20);
  auto held = std::make_shared<int>(1);
  {
    TestServer server(bounds);
    std::promise<void> both_asked;
    server.service.on_request = [&, asked = 0](Request) mutable -> asio::awaitable<Response> {
      const auto holds = held;
      auto expectation = IoThread::current().commits().expect();
      if (++asked == 2) both_asked.set_value();
      co_await IoThread::current().commits().wait(1);  // which never comes
      co_return Response();
    };
    Client one(server);
    one.send("GET / HTTP/1.1\r\n\r\n");
    Client two(server);
    Http2Client http2;
    http2.request("/");
    two.send(http2.sends());
    both_asked.get_future().wait();
    CHECK_FALSE(server.stop());
    CHECK(one.read_to_end().empty());
    CHECK(held.use_count() == 3);
  }
  CHECK(held.use_count() == 1);
}
