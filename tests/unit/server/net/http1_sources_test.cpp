// Bodies that come piece by piece over HTTP/1: their bytes, what comes behind them, and what becomes of them
// when the client or the server goes.
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <catch2/catch.hpp>

#include "server/net/connection.hpp"
#include "tests/unit/server/net/body_pieces.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

// Answers `/events` with pieces, once, and everything else with what it was asked.
auto answering(std::shared_ptr<BodySource> pieces) {
  return [pieces = std::move(pieces)](Request request) mutable -> asio::awaitable<Response> {
    if (request.path != "/events") co_return co_await StubService::echo(std::move(request));
    Response response;
    response.headers = {{"Content-Type", "c"}};
    response.source = std::exchange(pieces, nullptr);
    co_return response;
  };
}

std::string head(std::string_view more) {
  return "HTTP/1.1 200 OK\r\nContent-Type: c\r\n" + std::string(more) + "\r\n";
}
const std::string chunked = "Transfer-Encoding: chunked\r\n";
const std::string closing = "Connection: close\r\n";
const std::string last_chunk = "0\r\n\r\n";
const std::string next_answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nGET /2";

const std::string events = "GET /events HTTP/1.1\r\n\r\n";

}  // namespace

TEST_CASE("A body that comes piece by piece is sent in chunks, and to HTTP/1.0 as it is") {
  const std::string large(20'000, 'x');
  struct Row {
    const char* why;
    std::string sent;
    Texts pieces;
    std::string expected;
  };
  const Row row = GENERATE_COPY(values<Row>({
      {"two pieces and another request",
       events + "GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n",
       {"first", "and the second piece"},
       head(chunked) + "5\r\nfirst\r\n14\r\nand the second piece\r\n" + last_chunk +
           "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n" + closing + "\r\nGET /2"},
      {"a large piece",
       "GET /events HTTP/1.1\r\nConnection: close\r\n\r\n",
       {large, "and"},
       head(chunked + closing) + "4e20\r\n" + large + "\r\n3\r\nand\r\n" + last_chunk},
      {"no piece",
       "GET /events HTTP/1.1\r\nConnection: close\r\n\r\n",
       {},
       head(chunked + closing) + last_chunk},
      {"HTTP/1.0", "GET /events HTTP/1.0\r\n\r\n", {"first", large}, head(closing) + "first" + large},
      {"HTTP/1.0 that would be kept alive",
       "GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       {"a"},
       head(closing) + "a"},
      {"HTTP/1.0 and no piece", "GET /events HTTP/1.0\r\n\r\n", {}, head(closing)},
  }));
  INFO(row.why);
  PiecesSeen seen;
  {
    TestServer server;
    server.service.on_request = answering(std::make_shared<Pieces>(row.pieces, seen));
    Client client(server);
    client.send(row.sent);
    // The client has not closed: the server does, where it said so.
    CHECK(undated(client.read_to_end()) == row.expected);
    CHECK(seen.is_gone_soon());
  }
  CHECK(seen.asked == static_cast<int>(row.pieces.size()) + 1);
  CHECK(seen.stops == 0);
}

TEST_CASE(
    "A connection is kept after a body that came piece by piece, also when the next request came early") {
  PiecesSeen seen;
  TestServer server;
  const bool early = GENERATE(false, true);
  auto pieces = std::make_shared<Pieces>(Texts{"first", "last"}, seen, 1);
  server.service.on_request = answering(pieces);
  Client client(server);
  client.send(events);
  CHECK(undated(client.read_until("first\r\n")) == head(chunked) + "5\r\nfirst\r\n");
  const std::string next = "GET /2 HTTP/1.1\r\nX: " + std::string(2'000, 'x') + "\r\n\r\n";
  if (early) client.send(next);
  while (seen.asked < 2) std::this_thread::yield();
  pieces->go_on();
  pieces.reset();
  const std::string rest = "4\r\nlast\r\n" + last_chunk;
  if (early) {
    CHECK(undated(client.read_until("GET /2")) == rest + next_answer);
  } else {
    CHECK(client.read_until(last_chunk) == rest);
    client.send(next);
    CHECK(undated(client.read_until("GET /2")) == next_answer);
  }
  CHECK(seen.is_gone_soon());
  client.send("GET /2 HTTP/1.1\r\n\r\n");
  CHECK(undated(client.read_until("GET /2")) == next_answer);
  CHECK(server.stop());
  CHECK(seen.stops == 0);
}

TEST_CASE("A body is told to stop when its client goes while there is nothing to send") {
  PiecesSeen seen;
  TestServer server;
  server.service.on_request = answering(std::make_shared<Pieces>(Texts{"first"}, seen, 1));
  {
    Client client(server);
    client.send(events);
    client.read_until("first\r\n");
    CHECK(seen.stops == 0);
  }
  CHECK(seen.is_stopped_soon());
  CHECK(seen.is_gone_soon());
  CHECK(server.stop());
}

TEST_CASE("A server that stops ends its bodies, and their clients see a whole answer") {
  const bool http10 = GENERATE(false, true);
  PiecesSeen seen;
  TestServer server;
  server.service.on_request = answering(std::make_shared<Pieces>(Texts{"first"}, seen, 1));
  Client client(server);
  client.send(http10 ? "GET /events HTTP/1.0\r\n\r\n" : events);
  client.read_until(http10 ? "first" : "first\r\n");
  auto stopped = std::async(std::launch::async, [&] { return server.stop(); });
  CHECK(client.read_to_end() == (http10 ? "" : last_chunk));
  client.finish_sending();
  CHECK(stopped.get());
  CHECK(seen.stops == 1);
  CHECK(seen.is_gone_soon());
}

TEST_CASE("A client that does not read its events is dropped after the time for that") {
  Limits bounds;
  bounds.write_stalled = 500ms;
  bounds.idle = 500ms;  // a busy machine has sent the request by then
  const bool patient = GENERATE(false, true);
  bounds.stalled_subscriber = patient ? 100'000ms : 20ms;
  PiecesSeen seen;
  constexpr std::size_t pieces = 32;
  const std::string piece(1U << 20, 'x');
  TestServer server(bounds);
  server.service.on_request = answering(std::make_shared<Pieces>(Texts(pieces, piece), seen));
  Client client(server);
  client.send(events);
  if (patient) {
    CHECK_FALSE(seen.is_gone_within(1000ms));
    const std::string all = client.read_until("\r\n" + last_chunk);
    CHECK(all.size() > pieces * piece.size());
  }
  CHECK(seen.is_gone_soon());
  CHECK((seen.asked == pieces + 1) == patient);
  CHECK(server.stop());
}

TEST_CASE("Wherever a read or write fails while pieces are sent, nothing is left") {
  const bool waits = GENERATE(false, true);
  // A client's going is not seen behind a request of its that waits.
  const std::string sent = waits ? events : events + "GET /2 HTTP/1.1\r\n\r\n";
  std::string whole;
  for (std::size_t fails_at = 40; fails_at > 0; --fails_at) {
    INFO("step " << fails_at);
    asio::io_context context;
    StubService service;
    PiecesSeen seen;
    service.on_request = answering(std::make_shared<Pieces>(Texts{"first", std::string(20'000, 'x'), "third"},
                                                            seen, waits ? std::optional{1} : std::nullopt));
    std::ostringstream log_text;
    Log log(LogLevel::info, LogFormat::text, log_text);
    auto bounds = std::make_shared<SharedBounds>(limits);
    auto host = std::make_shared<SessionHost>(context.get_executor(), service, log, bounds);
    boost::beast::test::fail_count failure(fails_at);
    boost::beast::test::stream near(context, failure);
    boost::beast::test::stream far(context);
    near.connect(far);
    near.append(sent);
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
    service.on_request = StubService::echo;
    CHECK(seen.is_gone_within(0ms));
    const std::string received = undated(std::string(far.str()));
    if (whole.empty()) whole = received;
    CHECK(whole.substr(0, received.size()) == received);
  }
  if (waits) CHECK(whole == head(chunked) + "5\r\nfirst\r\n" + last_chunk);
  if (!waits) CHECK(whole.size() > 20'000);
}
