#include "server/net/http2_engine.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/net_support.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

// A client and an engine that talk until neither has more to say.
struct Talk {
  explicit Talk(const Limits& limit_values = limits, std::uint32_t window = 65535, bool automatic = true,
                bool every_header = false)
      : service(every_header),
        bounds(std::make_shared<SharedBounds>(limit_values)),
        host(std::make_shared<SessionHost>(context.get_executor(), service, log, bounds)),
        engine(std::make_unique<Http2Engine>(*host)),
        client(window, automatic) {}

  void go() {
    for (bool more = true; more;) {
      const std::string to_server = client.sends();
      engine->receive(to_server);
      for (Http2Engine::Ready& request : engine->take_ready()) ready.push_back(std::move(request));
      std::string to_client;
      engine->fill(to_client, 1000);  // little, so that every write is one of several
      client.hears(to_client);
      more = !to_server.empty() || !to_client.empty();
    }
  }
  void answer(std::size_t which, std::string body) {
    Response response;
    response.headers = {{"X-Amzn-RequestId", "id"}};
    response.body = std::move(body);
    engine->answer(ready.at(which).stream, std::move(response));
  }

  asio::io_context context;
  StubService service;
  std::ostringstream log_text;
  Log log{LogLevel::info, LogFormat::text, log_text};
  std::shared_ptr<SharedBounds> bounds;
  std::shared_ptr<SessionHost> host;
  std::unique_ptr<Http2Engine> engine;
  Http2Client client;
  std::vector<Http2Engine::Ready> ready;
};

}  // namespace

TEST_CASE("An HTTP/2 request arrives whole and its answer goes back") {
  Talk talk;
  const auto stream = talk.client.request("/p?q=1", "body", {{"x-amz-target", "T"}, {"user-agent", "u"}});
  talk.go();
  REQUIRE(talk.ready.size() == 1);
  const Request& request = talk.ready[0].request;
  CHECK(request.method == "POST");
  CHECK(request.path == "/p");
  CHECK(request.query == "q=1");
  CHECK(request.body == "body");
  CHECK(request.headers.size() == 2);
  CHECK(*request.header("host") == "h");
  CHECK(*request.header("x-amz-target") == "T");
  talk.answer(0, "answer");
  talk.go();
  const auto& answer = talk.client.answers[stream];
  CHECK(answer.complete);
  CHECK(answer.body == "answer");
  CHECK(answer.headers.at(":status") == "200");
  CHECK(answer.headers.at("x-amzn-requestid") == "id");
  CHECK(answer.headers.at("content-length") == "6");
  CHECK(answer.headers.at("date").size() == 29);
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE(
    "A service that wants every HTTP/2 header gets all but the pseudo-headers, with the authority as host") {
  Talk talk(limits, 65535, true, true);
  talk.client.request("/", "body", {{"user-agent", "u"}, {"content-length", "4"}, {"te", "trailers"}});
  talk.go();
  REQUIRE(talk.ready.size() == 1);
  const Request& request = talk.ready[0].request;
  CHECK(request.headers ==
        std::vector<Header>{{"host", "h"}, {"user-agent", "u"}, {"content-length", "4"}, {"te", "trailers"}});
}

TEST_CASE("Many HTTP/2 requests of one connection are answered in any order") {
  Talk talk;
  std::vector<std::int32_t> streams;
  for (int i = 0; i < 300; ++i) streams.push_back(talk.client.request("/" + std::to_string(i)));
  talk.go();
  REQUIRE(talk.ready.size() == 300);
  CHECK(talk.engine->in_service() == 300);
  for (std::size_t i = 300; i-- > 0;) talk.answer(i, talk.ready[i].request.path + std::string(100, 'x'));
  talk.go();
  for (std::size_t i = 0; i < 300; ++i) {
    CHECK(talk.client.answers[streams[i]].body == "/" + std::to_string(i) + std::string(100, 'x'));
  }
  CHECK(talk.engine->in_service() == 0);
}

TEST_CASE("An HTTP/2 answer goes no further than the client makes room") {
  Talk talk(limits, 10, false);
  const auto stream = talk.client.request("/");
  talk.go();
  talk.answer(0, std::string(25, 'a'));
  talk.go();
  CHECK(talk.client.answers[stream].body.size() == 10);
  CHECK(talk.engine->waits_for_client());
  CHECK(talk.bounds->bytes_in_flight() == 25);
  const auto progress = talk.engine->progress();
  nghttp2_submit_ping(talk.client.session, NGHTTP2_FLAG_NONE, nullptr);
  talk.go();
  CHECK(talk.client.pongs == 1);
  CHECK(talk.engine->progress() == progress);
  nghttp2_submit_window_update(talk.client.session, NGHTTP2_FLAG_NONE, stream, 100);
  talk.go();
  CHECK(talk.client.answers[stream].body == std::string(25, 'a'));
  CHECK(talk.engine->progress() > progress);
  CHECK_FALSE(talk.engine->waits_for_client());
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE("An HTTP/2 body may be larger than the window") {
  Limits bounds;
  bounds.http2_window_bytes = 1000;
  bounds.http2_connection_window_bytes = 70'000;
  Talk talk(bounds);
  talk.client.request("/", std::string(3'000'000, 'b'));
  talk.go();
  REQUIRE(talk.ready.size() == 1);
  CHECK(talk.ready[0].request.body == std::string(3'000'000, 'b'));
}

TEST_CASE("An HTTP/2 request that asks for too much is refused") {
  struct Row {
    const char* why;
    std::string body;
    Http2Client::Headers headers;
    const char* status;
  };
  const Row row = GENERATE(values<Row>({
      {"a declared body", std::string(101, 'b'), {{"content-length", "101"}}, "413"},
      {"a body", std::string(101, 'b'), {}, "413"},
      {"headers", "b", {{"x", std::string(400, 'h')}}, "431"},
      {"no room for a declared body", std::string(60, 'b'), {{"content-length", "60"}}, "503"},
      {"no room for a body", std::string(60, 'b'), {}, "503"},
  }));
  CAPTURE(row.why);
  Limits bounds;
  bounds.body_bytes = 100;
  bounds.header_bytes = 300;
  bounds.in_flight_bytes = 50;
  bounds.small_request_bytes = 0;
  Talk talk(bounds);
  const auto stream = talk.client.request("/", row.body, row.headers);
  talk.go();
  CHECK(talk.ready.empty());
  CHECK(talk.client.answers[stream].complete);
  CHECK(talk.client.answers[stream].headers[":status"] == row.status);
  CHECK_FALSE(talk.client.goodbye);
  talk.client.request("/");
  talk.go();
  CHECK(talk.ready.size() == 1);
}

TEST_CASE("A refused HTTP/2 upload is cut off after its answer") {
  Limits bounds;
  bounds.body_bytes = 100;
  Talk talk(bounds);
  const auto stream = talk.client.request("/", std::string(500'000, 'b'));
  talk.go();
  CHECK(talk.client.answers[stream].headers[":status"] == "413");
  CHECK(talk.client.answers[stream].closed.value() == NGHTTP2_NO_ERROR);
}

TEST_CASE("An HTTP/2 client that expects 100-continue gets it") {
  Talk talk;
  const auto stream = talk.client.request("/", "b", {{"expect", "100-continue"}});
  talk.go();
  CHECK(talk.client.answers[stream].continued);
  talk.answer(0, "a");
  talk.go();
  CHECK(talk.client.answers[stream].headers[":status"] == "200");
}

TEST_CASE("An HTTP/2 answer without content has no length, one to HEAD no body") {
  Talk talk;
  const auto no_content = talk.client.request("/");
  const auto head = talk.client.request("/", {}, {}, "HEAD");
  talk.go();
  Response response;
  response.status = 204;
  talk.engine->answer(talk.ready.at(0).stream, response);
  talk.answer(1, "answer");
  talk.go();
  CHECK(talk.client.answers[no_content].complete);
  CHECK(talk.client.answers[no_content].headers.count("content-length") == 0);
  CHECK(talk.client.answers[head].complete);
  CHECK(talk.client.answers[head].headers.at("content-length") == "6");
  CHECK(talk.client.answers[head].body.empty());
}

TEST_CASE("An answer to a stream the client has reset goes nowhere") {
  Talk talk;
  const auto stream = talk.client.request("/");
  talk.go();
  nghttp2_submit_rst_stream(talk.client.session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  talk.go();
  CHECK(talk.engine->in_service() == 1);
  talk.answer(0, "late");
  talk.go();
  CHECK(talk.engine->in_service() == 0);
  CHECK(talk.client.answers[stream].body.empty());
  CHECK(talk.bounds->bytes_in_flight() == 0);
  CHECK_FALSE(talk.client.goodbye);
}

TEST_CASE("A flood of HTTP/2 frames ends the connection") {
  Limits bounds;
  bounds.http2_resets_per_second = 20;
  bounds.http2_control_per_second = 50;
  Talk talk(bounds);
  talk.go();
  SECTION("resets") {
    for (int i = 0; i < 100 && !talk.client.goodbye; ++i) {
      const auto stream = talk.client.request("/");
      talk.go();
      nghttp2_submit_rst_stream(talk.client.session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
      talk.go();
    }
    CHECK(talk.ready.size() <= 21);
  }
  SECTION("settings") {
    for (int i = 0; i < 100; ++i) {
      nghttp2_submit_settings(talk.client.session, NGHTTP2_FLAG_NONE, nullptr, 0);
      talk.go();
    }
  }
  SECTION("pings") {
    for (int i = 0; i < 100; ++i) nghttp2_submit_ping(talk.client.session, NGHTTP2_FLAG_NONE, nullptr);
    talk.go();
  }
  CHECK(talk.client.goodbye == NGHTTP2_ENHANCE_YOUR_CALM);
  CHECK(talk.engine->finished());
}

TEST_CASE("Pings of an HTTP/2 client that reads nothing are not queued for ever") {
  Limits bounds;
  bounds.http2_control_per_second = 1'000'000;
  Talk talk(bounds);
  talk.go();
  const std::string ping("\0\0\x08\x06\0\0\0\0\0abcdefgh", 17);
  for (std::size_t i = 0; i < 2 * bounds.http2_queued_frames; ++i) talk.engine->receive(ping);
  std::string all;
  for (std::size_t before = 1; before != all.size();) {
    before = all.size();
    talk.engine->fill(all, before + 100'000);
  }
  talk.client.hears(all);
  CHECK(all.size() <= (bounds.http2_queued_frames + 10) * ping.size());
  CHECK(talk.engine->finished());
}

TEST_CASE("What is not HTTP/2 after its preface ends the connection") {
  Talk talk;
  talk.go();
  talk.engine->receive(std::string(100, '\xff'));
  std::string out;
  talk.engine->fill(out, 10'000);
  talk.client.hears(out);
  CHECK(talk.client.goodbye);
  CHECK(talk.client.goodbye != NGHTTP2_NO_ERROR);
  CHECK(talk.engine->finished());
}

TEST_CASE("After its goodbye an HTTP/2 connection finishes what is in flight and takes nothing new") {
  Talk talk;
  const auto stream = talk.client.request("/");
  talk.go();
  talk.engine->say_goodbye();
  CHECK_FALSE(talk.engine->finished());
  talk.go();
  CHECK(talk.client.goodbye == NGHTTP2_NO_ERROR);
  CHECK_FALSE(talk.engine->finished());
  talk.answer(0, "a");
  talk.go();
  CHECK(talk.client.answers[stream].body == "a");
  CHECK(talk.engine->finished());
}

TEST_CASE("No more HTTP/2 requests are worked on than there may be streams") {
  Limits bounds;
  bounds.streams_per_connection = 5;
  bounds.http2_resets_per_second = 1000;
  Talk talk(bounds);
  for (int i = 0; i < 30; ++i) {
    const auto stream = talk.client.request("/");
    talk.go();
    nghttp2_submit_rst_stream(talk.client.session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
    talk.go();
  }
  CHECK(talk.ready.size() == 10);
}
