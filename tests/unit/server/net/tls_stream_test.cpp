// Sessions through TLS on a test's stream and on sockets: every read and write fails once, and clients that
// dawdle, cut or garble.
#include "server/net/tls_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <catch2/catch.hpp>

#include "server/net/connection.hpp"
#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/net_support.hpp"
#include "tests/unit/server/net/tls_client.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

// Lets both sides talk until `done`; false: the server closed before.
template <class Done>
bool talk_until(TlsClient& tls, Client& socket, Done done) {
  for (bool talking = !done(); talking;) {
    socket.send(tls.sends());
    const std::string bytes = socket.read_some();
    if (bytes.empty()) return false;
    tls.hears(bytes);
    talking = !done();
  }
  socket.send(tls.sends());
  return true;
}

bool shake_hands(TlsClient& tls, Client& socket) {
  return talk_until(tls, socket, [&] { return tls.agreed(); });
}

std::string log_of(TestServer& server) {
  server.stop();
  return server.log_text.str();
}

}  // namespace

TEST_CASE("HTTP/1.1 is served through TLS on the port of plain text") {
  TestServer server(limits, 1, &test_tls());
  Client plain(server);
  plain.send("GET /plain HTTP/1.1\r\n\r\n");
  CHECK_FALSE(plain.read_until("GET /plain").empty());

  const std::string protocols = GENERATE("", "\x08http/1.1");
  server.service.on_request = [](Request request) -> asio::awaitable<Response> {
    Response response;
    response.body = request.over_tls ? "private" : "open";
    co_return response;
  };
  Client socket(server);
  TlsClient tls({.protocols = protocols, .trusted = &test_tls()});
  REQUIRE(shake_hands(tls, socket));
  tls.says("GET / HTTP/1.1\r\n\r\n");
  CHECK(talk_until(tls, socket, [&] { return tls.heard.ends_with("private"); }));
  tls.says("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  CHECK(talk_until(tls, socket, [&] { return tls.goodbye; }));
  plain.send("GET / HTTP/1.1\r\n\r\n");
  CHECK_FALSE(plain.read_until("open").empty());
}

TEST_CASE("HTTP/2 is served through TLS, agreed on or with prior knowledge, with answers of any size") {
  TestServer server(limits, 1, &test_tls());
  server.service.on_request = StubService::large;
  const std::string protocols = GENERATE("", "\x02h2");
  Client socket(server);
  TlsClient tls({.protocols = protocols});
  Http2Client http2;
  REQUIRE(shake_hands(tls, socket));
  const auto stream = http2.request("/", std::string(100'000, 'b'));
  tls.says(http2.sends());
  CHECK(talk_until(tls, socket, [&] {
    http2.hears(std::exchange(tls.heard, {}));
    const std::string more = http2.sends();
    if (!more.empty()) tls.says(more);
    return http2.answers[stream].complete;
  }));
  CHECK(http2.answers[stream].body.size() == 32U << 20);
}

TEST_CASE("Bytes that come with the end of the handshake are the beginning of a request") {
  TestServer server(limits, 1, &test_tls());
  Client socket(server);
  TlsClient tls;
  socket.send(tls.sends());
  while (!tls.agreed()) tls.hears(socket.read_some());
  tls.says("GET /at-once HTTP/1.1\r\n\r\n");
  CHECK(talk_until(tls, socket, [&] { return tls.heard.ends_with("GET /at-once"); }));
}

TEST_CASE("A server that stops ends TLS connections in order") {
  TestServer server(limits, 1, &test_tls());
  Client socket(server);
  TlsClient tls;
  REQUIRE(shake_hands(tls, socket));
  tls.says("GET / HTTP/1.1\r\n\r\n");
  CHECK(talk_until(tls, socket, [&] { return tls.heard.ends_with("GET /"); }));
  CHECK(server.stop());
  CHECK(talk_until(tls, socket, [&] { return tls.goodbye; }));
}

TEST_CASE("A handshake that does not come to its end is ended, and the log says why") {
  Limits bounds;
  struct Row {
    const char* why;
    void (*client)(Client& socket, const std::string& hello);
    const char* log;
  };
  const auto row = GENERATE(values<Row>({
      {"cut within the hello",
       [](Client& socket, const std::string& hello) {
         socket.send(hello.substr(0, 20));
         socket.finish_sending();
       },
       "info  A client's TLS handshake failed: the client closed the connection before the end."},
      {"cut after the hello",
       [](Client& socket, const std::string& hello) {
         socket.send(hello);
         socket.finish_sending();
       },
       "warn  A client's TLS handshake failed: it left when it had seen the certificate, which is how "
       "Node.js "
       "shows that it does not trust that: let it trust the CA at /_kinesisd/ca.pem (Node.js: "
       "NODE_EXTRA_CA_CERTS)."},
      {"no end to the hello",
       [](Client& socket, const std::string& hello) { socket.send(hello.substr(0, 1)); },
       "warn  A client's TLS handshake failed: it did not end in time; see what holds the client up."},
      {"no TLS", [](Client& socket, const std::string&) { socket.send("\x16 is a good year"); },
       "warn  A client's TLS handshake failed: "},
  }));
  CAPTURE(row.why);
  if (std::string_view(row.why) == "no end to the hello") bounds.tls_handshake = 20ms;
  bounds.idle = 1000ms;  // for ticks often enough
  TestServer server(bounds, 1, &test_tls());
  TlsClient tls;
  const std::string hello = tls.sends();
  Client socket(server);
  row.client(socket, hello);
  socket.read_to_end();
  CHECK_THAT(log_of(server), Catch::Contains(row.log));
}

TEST_CASE("A TLS connection whose reads and writes fail ends, whichever of them it is") {
  std::size_t whole = 0;
  const bool http2 = GENERATE(false, true);
  for (std::size_t fails_at = 60; fails_at > 0; --fails_at) {
    asio::io_context context;
    StubService service;
    std::ostringstream log_text;
    Log log(LogLevel::info, LogFormat::text, log_text);
    auto bounds = std::make_shared<SharedBounds>(limits);
    auto host = std::make_shared<SessionHost>(context.get_executor(), service, log, bounds, &test_tls());
    boost::beast::test::fail_count failure(fails_at);
    boost::beast::test::stream near(context, failure);
    boost::beast::test::stream far(context);
    near.connect(far);
    near.read_size(97);
    TlsClient client({.protocols = http2 ? "\x02h2" : ""});
    Http2Client requests;
    if (http2) requests.request("/", "body");
    bool ended = false;
    asio::co_spawn(context, serve(std::move(near), host, *ConnectionPlace::take(bounds)),
                   [&](std::exception_ptr problem) { ended = problem == nullptr; });
    boost::system::error_code gone;
    for (bool asked = false; !ended && !gone;) {
      const std::string bytes = client.sends();
      if (!bytes.empty()) asio::write(far, asio::buffer(bytes), gone);
      context.poll();
      client.hears(far.str());
      far.clear();
      if (!client.agreed()) {
        if (bytes.empty() && client.sends().empty()) break;
      } else if (!std::exchange(asked, true)) {
        client.says(http2 ? requests.sends() : "GET / HTTP/1.1\r\n\r\n");
      } else {
        break;
      }
    }
    far.close();
    while (!ended && context.run_one_for(10s) > 0) {
    }
    CHECK(ended);
    CHECK(bounds->connections() == 0);
    CHECK(bounds->bytes_in_flight() == 0);
    whole = std::max(whole, client.heard.size());
  }
  CHECK(whole > 20);
}
