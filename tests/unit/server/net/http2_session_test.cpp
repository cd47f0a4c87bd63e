#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "server/net/connection.hpp"
#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

// Lets both sides talk until `done`, or until the server closes.
template <class Done>
bool talk_until(Http2Client& http2, Client& socket, Done done) {
  socket.send(http2.sends());
  while (!done()) {
    const std::string bytes = socket.read_some();
    if (bytes.empty()) return false;
    http2.hears(bytes);
    socket.send(http2.sends());
  }
  return true;
}

}  // namespace

TEST_CASE("HTTP/2 is served on the port of HTTP/1") {
  TestServer server(limits, 2);
  Client one(server);
  one.send("GET /1 HTTP/1.1\r\n\r\n");
  CHECK_THAT(one.read_until("GET /1"), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));

  Client socket(server);
  Http2Client http2;
  std::vector<std::int32_t> streams;
  for (int i = 0; i < 50; ++i) streams.push_back(http2.request("/", std::string(1000, 'b')));
  CHECK(talk_until(http2, socket, [&] {
    return std::all_of(streams.begin(), streams.end(), [&](auto s) { return http2.answers[s].complete; });
  }));
  for (const auto stream : streams)
    CHECK(http2.answers[stream].body == "POST / host=h [" + std::string(1000, 'b') + "]");
}

TEST_CASE("A large HTTP/2 answer arrives whole") {
  TestServer server;
  server.service.on_request = StubService::large;
  Client socket(server);
  Http2Client http2;
  const auto stream = http2.request("/");
  CHECK(talk_until(http2, socket, [&] { return http2.answers[stream].complete; }));
  CHECK(http2.answers[stream].body.size() == 32U << 20);
}

TEST_CASE("A server that stops says goodbye over HTTP/2 after it has answered") {
  TestServer server;
  std::promise<void> asked;
  std::promise<void> go_on;
  server.service.on_request = [&](Request request) -> asio::awaitable<Response> {
    asked.set_value();
    go_on.get_future().wait();
    co_return co_await StubService::echo(std::move(request));
  };
  Client socket(server);
  Http2Client http2;
  const auto stream = http2.request("/");
  socket.send(http2.sends());
  asked.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { return server.stop(); });
  go_on.set_value();
  CHECK_FALSE(talk_until(http2, socket, [] { return false; }));  // the server closed
  socket.finish_sending();
  CHECK(http2.answers[stream].body == "GET / host=h");
  CHECK(http2.goodbye == NGHTTP2_NO_ERROR);
  CHECK(stopped.get());
}

TEST_CASE("An HTTP/2 client that dawdles is dropped") {
  Limits bounds;
  SECTION("with nothing going on") {
    bounds.idle = 20ms;
    TestServer server(bounds);
    Client socket(server);
    Http2Client http2;
    CHECK_FALSE(talk_until(http2, socket, [] { return false; }));
  }
  SECTION("within its preface") {
    bounds.slow_request = 20ms;
    TestServer server(bounds);
    Client socket(server);
    socket.send("PRI * HT");
    CHECK(socket.read_some().empty());
  }
  SECTION("without making room for its answer") {
    bounds.slow_request = 20ms;
    TestServer server(bounds);
    Client socket(server);
    Http2Client http2(5, false);
    const auto stream = http2.request("/");
    CHECK_FALSE(talk_until(http2, socket, [] { return false; }));
    CHECK(http2.answers[stream].body.size() == 5);
  }
}

TEST_CASE("An HTTP/2 connection whose reads and writes fail ends, whichever of them it is") {
  Http2Client writer;
  for (int i = 0; i < 3; ++i) writer.request("/", "body");
  const std::string sent = writer.sends();
  std::size_t whole = 0;
  for (std::size_t fails_at = 40; fails_at > 0; --fails_at) {
    asio::io_context context;
    StubService service;
    std::ostringstream log_text;
    Log log(LogLevel::info, LogFormat::text, log_text);
    auto bounds = std::make_shared<SharedBounds>(limits);
    auto host = std::make_shared<SessionHost>(context.get_executor(), service, log, bounds);
    boost::beast::test::fail_count failure(fails_at);
    boost::beast::test::stream near(context, failure);
    boost::beast::test::stream far(context);
    near.connect(far);
    near.append(sent);
    near.read_size(19);
    bool ended = false;
    asio::co_spawn(context, serve(std::move(near), host, *ConnectionPlace::take(bounds)),
                   [&](std::exception_ptr problem) { ended = problem == nullptr; });
    context.poll();
    far.close();
    while (!ended && context.run_one_for(10s) > 0) {
    }
    CHECK(ended);
    CHECK(bounds->connections() == 0);
    CHECK(bounds->bytes_in_flight() == 0);
    whole = std::max(whole, far.str().size());
    CHECK(far.str().size() <= whole);
  }
  CHECK(whole > 100);
}
