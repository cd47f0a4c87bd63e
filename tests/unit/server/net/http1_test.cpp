#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "server/net/connection.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

Limits small_limits() {
  Limits bounds;
  bounds.body_bytes = 100;
  bounds.header_bytes = 300;
  return bounds;
}

std::string ok(std::string_view body, std::string_view connection = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), connection, body);
}

const std::string bad_request = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const std::string too_large =
    "HTTP/1.1 413 Payload Too Large\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n";
const std::string headers_too_large =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("HTTP/1 requests get their answers in order") {
  struct Row {
    const char* why;
    std::string sent;
    std::string expected;
  };
  const Row row = GENERATE(values<Row>({
      {"no body", "GET / HTTP/1.1\r\n\r\n", ok("GET /")},
      {"a body", "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", ok("POST / [hi]")},
      {"headers that matter, in lower case; no others",
       "POST / HTTP/1.1\r\nHOST: h\r\nX-Amz-Target: T\r\nUser-Agent: u\r\nContent-Length: 1\r\n\r\nx",
       ok("POST / host=h x-amz-target=T [x]")},
      {"a query", "GET /a/b?c=d?e HTTP/1.1\r\n\r\n", ok("GET /a/b?c=d?e")},
      {"absolute form", "POST http://localhost:4567/p?q=1 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
       ok("POST /p?q=1 [x]")},
      {"absolute form without a path", "GET http://localhost:4567 HTTP/1.1\r\n\r\n", ok("GET /")},
      {"absolute form with a query only", "GET http://localhost:4567?q HTTP/1.1\r\n\r\n", ok("GET /?q")},
      {"an address inside a query is not absolute form", "GET /?u=http://h/p HTTP/1.1\r\n\r\n",
       ok("GET /?u=http://h/p")},
      {"pipelined",
       "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
       ok("POST /1 [a]") + ok("GET /2") + ok("GET /3")},
      {"chunks",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nT: t\r\n\r\n",
       ok("POST / [abcde]")},
      {"a chunked request and another",
       "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
       ok("POST /1 [a]") + ok("GET /2")},
      {"empty lines before a request", "\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
       ok("GET /") + ok("GET /")},
      {"HTTP/1.0", "GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", ok("GET /1", "Connection: close\r\n")},
      {"HTTP/1.0 kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       ok("GET /", "Connection: keep-alive\r\n")},
      {"the client wants it closed", "GET /1 HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
       ok("GET /1", "Connection: close\r\n")},
      {"HEAD has a length and no body", "HEAD /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
       "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + ok("GET /2")},
      {"a body of exactly the limit",
       "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'b'),
       ok("POST / [" + std::string(100, 'b') + "]")},
      {"a body over the limit", "POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'b'),
       too_large},
      {"chunks over the limit",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'b') +
           "\r\n0\r\n\r\n",
       too_large},
      {"an answer before the refusal", "GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n",
       ok("GET /") + too_large},
      {"headers over the limit", "GET / HTTP/1.1\r\nX: " + std::string(400, 'h') + "\r\n\r\n",
       headers_too_large},
      {"a chunk extension without end",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'e'),
       headers_too_large},
      {"garbage", "\x01\x02\x03garbage\r\n\r\n", bad_request},
      {"an unknown version", "GET / HTTP/3.0\r\n\r\n", bad_request},
      {"a bad length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", bad_request},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", bad_request},
      {"a request cut off", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", ""},
      {"nothing", "", ""},
      {"the beginning of HTTP/2 and no more", "PRI * HTTP/2.0\r\n", ""},
      {"almost HTTP/2", "PRI * HTTP/1.1\r\n\r\n", ok("PRI *")},
  }));
  CAPTURE(row.why);
  TestServer server(small_limits());
  Client client(server);
  client.send(row.sent);
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == row.expected);
}

TEST_CASE("An HTTP/1 request whose body ends nobody knows where is refused, with all that follows") {
  const std::string next = "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n";
  const std::string head = GENERATE(values<std::string>({
      "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked;q=1\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: \"chunked\"\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked,\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: x\r\n chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n",
      "POST / HTTP/1.1\r\n Transfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding:\vchunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\nX: y\r\n\r\n",
      "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5, 6\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5 5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 5,\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length : 5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 18446744073709551621\r\n\r\n",
  }));
  CAPTURE(head);
  TestServer server;
  Client client(server);
  client.send(head + next);
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == bad_request);
}

TEST_CASE("HTTP/1 chunks that are none are refused, with all that follows") {
  const std::string chunks = GENERATE(values<std::string>(
      {"5x\r\nabcde\r\n", "0x5\r\nabcde\r\n", "+5\r\nabcde\r\n", "-1\r\nabcde\r\n", " 5\r\nabcde\r\n",
       "\r\nabcde\r\n", "5\nabcde\n", "5\r\nabcdefg\r\n", "5\r\nabcde\n\n", "10000000000000005\r\nabcde\r\n",
       "5\r\nabcde\r\n0\r\nContent-Length: 9\r\n\r\n",
       "5\r\nabcde\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nabcde\r\n0\r\nno trailer\r\n\r\n",
       "5\r\nabcde\r\n0\r\nT : t\r\n\r\n", "5\r\nabcde\r\n0\r\nT: t\n\r\n\r\n"}));
  CAPTURE(chunks);
  TestServer server;
  Client client(server);
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks +
              "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == bad_request);
}

TEST_CASE("HTTP/1 trailers are no headers, and a chunked body is one however it is spelled") {
  const std::string spelled = GENERATE("Transfer-Encoding: chunked", "TRANSFER-ENCODING:chunked",
                                       "transfer-encoding:  ChUnKeD \t", "Transfer-Encoding:\r\n chunked");
  TestServer server;
  Client client(server);
  client.send("POST / HTTP/1.1\r\n" + spelled +
              "\r\n\r\n1\r\na\r\n0\r\nHost: h\r\nX-Amz-Target: T\r\nExpect: 100-continue\r\n\r\n");
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == ok("POST / [a]"));
}

TEST_CASE("A service that wants every HTTP/1 header gets them all, in lower case") {
  TestServer server;
  server.service.every_header = true;
  const std::string name(100, 'N');
  Client client(server);
  client.send("POST / HTTP/1.1\r\nHOST: h\r\nUser-Agent:  u v \r\nContent-Length: 1\r\n" + name +
              ": n\r\n\r\nx");
  client.finish_sending();
  CHECK(undated(client.read_to_end()) ==
        ok("POST / host=h user-agent=u v content-length=1 " + std::string(100, 'n') + "=n [x]"));
}

TEST_CASE("Requests may come byte by byte") {
  TestServer server;
  Client client(server);
  for (const char c : std::string("POST /p HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")) client.send({&c, 1});
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == ok("POST /p [hi]"));
}

TEST_CASE("A client that expects 100-continue gets it before it sends the body") {
  TestServer server;
  Client client(server);
  for (int i = 0; i < 2; ++i) {
    client.send("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    CHECK(undated(client.read_until("[hi]")) == ok("POST / [hi]"));
  }
}

TEST_CASE("A body that is refused is not asked for") {
  TestServer server(small_limits());
  Client client(server);
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n");
  client.finish_sending();
  CHECK(undated(client.read_to_end()) == too_large);
}

TEST_CASE("A client that sends a huge body before it reads still sees that it is refused") {
  Limits bounds;
  bounds.body_bytes = 1U << 20;
  TestServer server(bounds);
  Client client(server);
  client.send("POST / HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n");
  client.send(std::string(20'000'000, 'b'));
  CHECK(undated(client.read_until("0\r\n\r\n")) == too_large);
}

TEST_CASE("A request for which there is no room is answered at once") {
  Limits bounds;
  bounds.in_flight_bytes = 2000;  // half of it is for others
  bounds.small_request_bytes = 0;
  TestServer server(bounds);
  const std::string expected =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 10\r\nConnection: close\r\n\r\noverloaded";
  SECTION("with a length") {
    Client client(server);
    client.send("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'b'));
    client.finish_sending();
    CHECK(undated(client.read_to_end()) == expected);
  }
  SECTION("in chunks") {
    Client client(server);
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'b'));
    client.finish_sending();
    CHECK(undated(client.read_to_end()) == expected);
  }
  // The room is given back.
  Client next(server);
  next.send("POST / HTTP/1.1\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'b'));
  next.finish_sending();
  CHECK_THAT(next.read_to_end(), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("A large answer arrives whole") {
  TestServer server;
  server.service.on_request = StubService::large;
  Client client(server);
  client.send("GET / HTTP/1.1\r\n\r\n");
  client.finish_sending();
  const std::string answer = client.read_to_end();
  CHECK_THAT(answer.substr(0, 200), Catch::Contains("Content-Length: 33554432\r\n"));
  CHECK(answer.size() - answer.find("\r\n\r\n") - 4 == 32U << 20);
}

TEST_CASE("A client that dawdles is dropped") {
  Limits bounds;
  bounds.linger = 10s;
  SECTION("with nothing going on") {
    bounds.idle = 1000ms;  // long enough for a busy machine to send the request
    TestServer server(bounds);
    Client client(server);
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(undated(client.read_to_end()) == ok("GET /"));
  }
  SECTION("before its first byte") {
    bounds.idle = 20ms;
    TestServer server(bounds);
    CHECK(Client(server).read_to_end().empty());
  }
  SECTION("within a request") {
    bounds.slow_request = 20ms;
    TestServer server(bounds);
    Client client(server);
    client.send("POST / HTTP/1.1\r\nContent-Le");
    CHECK(client.read_to_end().empty());
  }
  SECTION("within a body") {
    bounds.slow_request = 20ms;
    TestServer server(bounds);
    Client client(server);
    client.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab");
    CHECK(client.read_to_end().empty());
  }
  SECTION("within a body, however busily") {
    bounds.transfer = 20ms;
    TestServer server(bounds);
    Client client(server);
    client.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab");
    CHECK(client.read_to_end().empty());
  }
  SECTION("over its answer, however busily") {
    bounds.transfer = 20ms;
    TestServer server(bounds);
    server.service.on_request = StubService::large;
    Client client(server);
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(client.read_some().size() > 0);
    CHECK(server.stop());
  }
  SECTION("without reading its answer") {
    bounds.write_stalled = 20ms;
    TestServer server(bounds);
    server.service.on_request = StubService::large;
    Client client(server);
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(client.read_some().size() > 0);  // answering has begun
    CHECK(server.stop());                  // so it ended by itself
  }
}

TEST_CASE("A server that stops finishes what is in flight, says so and closes the rest") {
  TestServer server;
  std::promise<void> asked;
  std::promise<void> go_on;
  server.service.on_request = [&](Request request) -> asio::awaitable<Response> {
    if (request.path == "/slow") {
      asked.set_value();
      go_on.get_future().wait();
    }
    co_return co_await StubService::echo(std::move(request));
  };
  Client idle(server);
  idle.send("GET /fast HTTP/1.1\r\n\r\n");
  CHECK(undated(idle.read_until("GET /fast")) == ok("GET /fast"));
  Client busy(server);
  busy.send("GET /slow HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n");
  asked.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { return server.stop(); });
  // The I/O thread is in the service, so it learns of the end before or after this answer.
  go_on.set_value();
  const std::string answers = undated(busy.read_to_end());
  CHECK_THAT(answers, Catch::Equals(ok("GET /slow", "Connection: close\r\n")) ||
                          Catch::Equals(ok("GET /slow") + ok("GET /next", "Connection: close\r\n")) ||
                          Catch::Equals(ok("GET /slow") + ok("GET /next")));
  CHECK(idle.read_to_end().empty());
  CHECK(stopped.get());
}

TEST_CASE("A connection whose reads and writes fail ends, whichever of them it is") {
  const std::string sent =
      "POST /1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\naGET /2 "
      "HTTP/1.1\r\n\r\ngarbage\r\n\r\n";
  std::string whole;
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
    near.read_size(7);
    far.close();
    bool ended = false;
    asio::co_spawn(context, serve(std::move(near), host, *ConnectionPlace::take(bounds)),
                   [&](std::exception_ptr problem) { ended = problem == nullptr; });
    while (!ended && context.run_one_for(10s) > 0) {
    }
    CHECK(ended);
    CHECK(bounds->connections() == 0);
    CHECK(bounds->bytes_in_flight() == 0);
    const std::string received = undated(std::string(far.str()));
    if (whole.empty()) whole = received;
    CHECK(whole.substr(0, received.size()) == received);
  }
}
