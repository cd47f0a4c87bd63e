#include "server/net/h2c_upgrade.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

namespace http = boost::beast::http;

// A window of 65,535 and no push.
constexpr auto settings = "AAQAAP__AAIAAAAA";
constexpr auto offer =
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAP__AAIAAAAA\r\n";

std::optional<std::string> offered(const std::string& connection, const std::string& upgrade,
                                   const std::string& encoded) {
  H2cOffer all;
  all.see(http::field::connection, connection);
  all.see(http::field::upgrade, upgrade);
  all.see(http::field::http2_settings, encoded);
  return all.settings();
}

// The rest of the conversation in HTTP/2; the answer to stream 1.
Http2Client::Answer answer_to_first(Client& socket, Http2Client& http2) {
  std::string received;
  while (received.find("\r\n\r\n") == std::string::npos) received += socket.read_some();
  const std::string head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
  REQUIRE(received.substr(0, head.size()) == head);
  http2.hears(received.substr(head.size()));
  socket.send(http2.sends());
  while (!http2.answers[1].complete) {
    const std::string bytes = socket.read_some();
    if (bytes.empty()) break;
    http2.hears(bytes);
    socket.send(http2.sends());
  }
  return http2.answers[1];
}

}  // namespace

TEST_CASE("An offer of h2c is taken when it is whole and right") {
  struct Row {
    const char* why;
    const char* connection;
    const char* upgrade;
    std::string encoded;
    bool taken;
  };
  const auto row = GENERATE(values<Row>({
      {"whole and right", "Upgrade, HTTP2-Settings", "h2c", settings, true},
      {"in any case and order", "http2-settings, keep-alive, upgrade", "websocket, H2C", settings, true},
      {"no settings at all", "Upgrade, HTTP2-Settings", "h2c", "", true},
      {"with padding", "Upgrade, HTTP2-Settings", "h2c", std::string(settings) + "==", true},
      {"settings not named", "Upgrade", "h2c", settings, false},
      {"upgrade not named", "HTTP2-Settings", "h2c", settings, false},
      {"another protocol", "Upgrade, HTTP2-Settings", "h2", settings, false},
      {"not base64url", "Upgrade, HTTP2-Settings", "h2c", "AAQAAP//AAIAAAAA", false},
      {"half a setting", "Upgrade, HTTP2-Settings", "h2c", "AAQA", false},
      {"a digit too many", "Upgrade, HTTP2-Settings", "h2c", "AAQAAP__A", false},
      {"a window too large", "Upgrade, HTTP2-Settings", "h2c", "AASAAAAA", false},
      {"frames too small", "Upgrade, HTTP2-Settings", "h2c", "AAUAAAAB", false},
      {"push neither on nor off", "Upgrade, HTTP2-Settings", "h2c", "AAIAAAAC", false},
      {"more settings than there are", "Upgrade, HTTP2-Settings", "h2c", std::string(400, 'A'), false},
  }));
  CAPTURE(row.why);
  CHECK(offered(row.connection, row.upgrade, row.encoded).has_value() == row.taken);
}

TEST_CASE("Settings that stand there twice are no offer") {
  H2cOffer all;
  all.see(http::field::connection, "Upgrade, HTTP2-Settings");
  all.see(http::field::upgrade, "h2c");
  all.see(http::field::http2_settings, settings);
  CHECK(all.settings() == std::string("\0\4\0\0\xff\xff\0\2\0\0\0\0", 12));
  all.see(http::field::http2_settings, settings);
  CHECK_FALSE(all.settings());
}

TEST_CASE("The request that offers h2c is answered as stream 1, its body included, and others follow") {
  TestServer server;
  Client socket(server);
  Http2Client http2;
  const std::string client_settings("\0\4\0\0\xff\xff\0\2\0\0\0\0", 12);
  SECTION("GET") {
    nghttp2_session_upgrade2(http2.session, reinterpret_cast<const std::uint8_t*>(client_settings.data()),
                             client_settings.size(), 0, nullptr);
    socket.send(std::string("GET /1?q HTTP/1.1\r\nHost: h\r\n") + offer + "\r\n");
    CHECK(answer_to_first(socket, http2).body == "GET /1?q host=h");
  }
  SECTION("POST") {
    nghttp2_session_upgrade2(http2.session, reinterpret_cast<const std::uint8_t*>(client_settings.data()),
                             client_settings.size(), 0, nullptr);
    socket.send(std::string("POST /2 HTTP/1.1\r\n") + offer + "Content-Length: 200000\r\n\r\n" +
                std::string(200'000, 'b'));
    CHECK(answer_to_first(socket, http2).body == "POST /2 [" + std::string(200'000, 'b') + "]");
  }
  SECTION("HEAD") {
    nghttp2_session_upgrade2(http2.session, reinterpret_cast<const std::uint8_t*>(client_settings.data()),
                             client_settings.size(), 1, nullptr);
    socket.send(std::string("HEAD / HTTP/1.1\r\n") + offer + "\r\n");
    CHECK(answer_to_first(socket, http2).body.empty());
  }
  const auto next = http2.request("/next");
  socket.send(http2.sends());
  while (!http2.answers[next].complete) {
    const std::string bytes = socket.read_some();
    REQUIRE_FALSE(bytes.empty());
    http2.hears(bytes);
    socket.send(http2.sends());
  }
  CHECK(http2.answers[next].body == "GET /next host=h");
}

TEST_CASE("Offers of h2c that are not taken are answered over HTTP/1.1") {
  TestServer server;
  const auto request =
      GENERATE(values<std::string>({std::string("GET / HTTP/1.0\r\n") + offer + "\r\n",
                                    std::string("GET / HTTP/1.1\r\nConnection: close\r\n") + offer + "\r\n",
                                    "GET / HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"}));
  Client socket(server);
  socket.send(request);
  CHECK_THAT(socket.read_to_end(), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("A client that offers h2c and goes leaves nothing behind") {
  TestServer server;
  {
    Client socket(server);
    socket.send(std::string("GET / HTTP/1.1\r\n") + offer + "\r\n");
    CHECK_FALSE(socket.read_some().empty());
  }
  CHECK(server.stop());
}
