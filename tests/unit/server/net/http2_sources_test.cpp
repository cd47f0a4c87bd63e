// Bodies that come piece by piece over HTTP/2: when the next piece is asked for, what is held back, and how
// they end.
#include <array>
#include <catch2/catch.hpp>
#include <deque>

#include "tests/unit/server/net/body_pieces.hpp"
#include "tests/unit/server/net/http2_client.hpp"
#include "tests/unit/server/net/raw_http2.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

// An engine whose every answer is a body still to come; the test asks and feeds it.
struct Streaming : RawTalk {
  explicit Streaming(std::uint32_t window = 65'535) {
    answer = [this](Request) {
      Response response;
      response.source = std::make_shared<Pieces>(Texts{}, seen.emplace_back());
      return response;
    };
    begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window));
  }
  ~Streaming() { engine.reset(); }
  Streaming(const Streaming&) = delete;
  Streaming& operator=(const Streaming&) = delete;

  // The streams that want their next piece, as text.
  std::string hungry() {
    std::string streams;
    for (const auto& one : engine->take_hungry()) streams += std::to_string(one.stream) + " ";
    return streams;
  }
  const std::string& feed(std::int32_t stream, std::string piece) {
    engine->feed(stream, std::move(piece));
    return say({});
  }
  std::string body(std::uint32_t stream) { return listening.bodies[stream]; }
  std::size_t held() const { return bounds->bytes_in_flight(); }

  std::deque<PiecesSeen> seen;  // of each request in turn
};

}  // namespace

TEST_CASE("HTTP/2 pieces leave as they come, and the stream ends behind the last") {
  Streaming talk;
  CHECK(talk.say(headers(1, request_block)).empty());
  CHECK(talk.hungry() == "1 ");
  CHECK(talk.engine->streaming() == 1);
  CHECK(talk.hungry().empty());  // asked once
  talk.feed(1, "first");
  CHECK(talk.body(1) == "first");
  CHECK(talk.hungry() == "1 ");
  talk.feed(1, std::string(40'000, 'x'));
  CHECK(talk.body(1).size() == 40'005);
  CHECK(talk.listening.heard.empty());
  CHECK_FALSE(talk.engine->waits_for_client());
  CHECK(talk.engine->held_back() == 0);
  CHECK(talk.hungry() == "1 ");
  CHECK(talk.feed(1, "") == "200 on 1: 40005 bytes");
  CHECK(talk.hungry().empty());
  CHECK(talk.engine->streaming() == 0);
  CHECK(talk.engine->held_back() == 0);
  CHECK(talk.held() == 0);
  CHECK_FALSE(talk.engine->finished());
}

TEST_CASE("The next HTTP/2 piece is not asked for before the client has room for it") {
  Streaming talk(5);
  talk.say(headers(1, request_block));
  CHECK(talk.hungry() == "1 ");
  CHECK(talk.engine->held_back() == 0);
  talk.feed(1, "0123456789");
  CHECK(talk.body(1) == "01234");
  CHECK(talk.hungry().empty());
  CHECK(talk.engine->held_back() == 1);
  CHECK(talk.held() == 10);
  const auto progress = talk.engine->progress();
  talk.say(window(1, 5));
  CHECK(talk.body(1) == "0123456789");
  CHECK(talk.engine->progress() > progress);
  CHECK(talk.held() == 0);
  // There is no room left: nothing to send, and still the client is waited for.
  CHECK(talk.hungry().empty());
  CHECK(talk.engine->held_back() == 1);
  talk.say(window(1, 1));
  CHECK(talk.hungry() == "1 ");
  CHECK(talk.engine->held_back() == 0);
  CHECK(talk.feed(1, "") == "200 on 1: 0123456789");
  CHECK(talk.engine->held_back() == 0);
}

TEST_CASE("An HTTP/2 body whose client never makes room is not asked for anything") {
  Streaming talk(0);
  talk.say(headers(1, request_block));
  CHECK(talk.hungry().empty());
  CHECK(talk.engine->held_back() == 1);
  talk.say(window(1, 1));
  CHECK(talk.hungry() == "1 ");
  CHECK(talk.engine->held_back() == 0);
}

TEST_CASE("HTTP/2 bodies share the room of their connection piece by piece") {
  Streaming talk(1 << 20);
  talk.say(headers(1, request_block) + headers(3, request_block));
  CHECK(talk.hungry() == "1 3 ");
  talk.feed(1, std::string(60'000, 'a'));
  CHECK(talk.hungry() == "1 ");
  talk.feed(3, std::string(60'000, 'b'));
  CHECK(talk.body(1).size() + talk.body(3).size() == 65'535);
  CHECK(talk.engine->held_back() == 1);
  CHECK(talk.held() == 60'000);
  talk.say(window(0, 1 << 20));
  CHECK(talk.body(3).size() == 60'000);
  CHECK(talk.hungry() == "3 ");
  CHECK(talk.held() == 0);
}

TEST_CASE("A reset by the client ends an HTTP/2 body, whatever it waits for") {
  struct Row {
    const char* why;
    std::uint32_t window;
    bool fed;
  };
  const Row row = GENERATE(values<Row>({
      {"for its source", 100, false},
      {"for room for a piece", 5, true},
      {"for room behind a piece", 10, true},
      {"for any room at all", 0, false},
  }));
  INFO(row.why);
  Streaming talk(row.window);
  talk.say(headers(1, request_block));
  CHECK(talk.hungry() == (row.window > 0 ? "1 " : ""));
  if (row.fed) talk.feed(1, "0123456789");
  CHECK(talk.seen[0].stops == 0);
  talk.say(reset(1));
  CHECK(talk.seen[0].stops > 0);
  CHECK(talk.seen[0].is_gone_within(0ms));
  CHECK(talk.engine->streaming() == 0);
  CHECK(talk.engine->held_back() == 0);
  CHECK(talk.held() == 0);
  // Its source answers all the same.
  CHECK(talk.feed(1, "late").empty());
  CHECK(talk.engine->held_back() == 0);
  CHECK(talk.held() == 0);
  talk.say(headers(3, request_block));
  CHECK(talk.engine->streaming() == 1);
}

TEST_CASE("A goodbye of the server stops HTTP/2 bodies, and the connection is done when they have ended") {
  Streaming talk;
  talk.say(headers(1, request_block) + headers(3, request_block));
  CHECK(talk.hungry() == "1 3 ");
  talk.engine->say_goodbye();
  talk.say({});
  CHECK(talk.seen[0].stops == 1);
  CHECK(talk.seen[1].stops == 1);
  CHECK_FALSE(talk.engine->finished());
  talk.feed(1, "last");
  CHECK(talk.hungry() == "1 ");
  talk.feed(1, "");
  CHECK_FALSE(talk.engine->finished());
  CHECK(talk.feed(3, "") == "GOAWAY NO_ERROR; GOAWAY NO_ERROR; 200 on 1: last; 200 on 3");
  CHECK(talk.engine->finished());
}

TEST_CASE("An HTTP/2 body that is answered after the goodbye is stopped at once") {
  Streaming talk;
  talk.say(headers(1, request_block, end_headers));
  talk.engine->say_goodbye();
  talk.say(data(1, ""));
  CHECK(talk.seen[0].stops == 1);
  CHECK(talk.hungry() == "1 ");
  talk.feed(1, "");
  CHECK(talk.engine->finished());
}

TEST_CASE("A HEAD request for an HTTP/2 body that is still to come gets no body") {
  Streaming talk;
  const std::string head = "\x02\x04HEAD" + over_http + root + to_host;
  CHECK(talk.say(headers(1, head)) == "200 on 1");
  CHECK(talk.hungry().empty());
  CHECK(talk.seen[0].is_gone_within(0ms));
  CHECK(talk.engine->streaming() == 0);
  CHECK(talk.engine->held_back() == 0);
}

TEST_CASE("An HTTP/2 engine that goes gives back what its bodies hold") {
  Streaming talk(5);
  talk.say(headers(1, request_block) + headers(3, request_block));
  CHECK(talk.hungry() == "1 3 ");
  talk.feed(1, "0123456789");
  talk.feed(3, "0123456789");
  CHECK(talk.held() == 20);
  talk.engine->stop_sources();
  for (PiecesSeen& one : talk.seen) CHECK(one.stops == 1);
  talk.engine.reset();
  CHECK(talk.held() == 0);
  for (PiecesSeen& one : talk.seen) CHECK(one.is_gone_within(0ms));
}

namespace {

// A server that answers with these pieces, one set for each request, and its client.
struct Served {
  explicit Served(Texts pieces, std::optional<std::size_t> waits_at = {}, const Limits& bounds = limits)
      : server(bounds) {
    server.service.on_request = [this, pieces, waits_at](Request) -> asio::awaitable<Response> {
      Response response;
      response.source = std::make_shared<Pieces>(pieces, seen[next++], waits_at);
      co_return response;
    };
  }

  std::array<PiecesSeen, 3> seen;  // as the requests came
  std::size_t next = 0;            // the I/O thread's
  TestServer server;
};

// Lets both sides talk until `done`; false: the server closed before.
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

TEST_CASE("HTTP/2 bodies arrive whole beside each other, and the connection serves on") {
  Served served({"first ", std::string(300'000, 'x'), " last"});
  Client socket(served.server);
  Http2Client http2;
  for (int round = 0; round < 3; ++round) {
    const auto stream = http2.request("/");
    REQUIRE(talk_until(http2, socket, [&] { return http2.answers[stream].complete; }));
    CHECK(http2.answers[stream].body == "first " + std::string(300'000, 'x') + " last");
    CHECK(http2.answers[stream].headers.count("content-length") == 0);
    CHECK(served.seen[static_cast<std::size_t>(round)].is_gone_soon());
    CHECK(served.seen[static_cast<std::size_t>(round)].asked == 4);
  }
}

TEST_CASE("An HTTP/2 connection that is cut stops all of its bodies") {
  Served served({"first"}, 1);
  {
    Client socket(served.server);
    Http2Client http2;
    for (int i = 0; i < 3; ++i) http2.request("/");
    CHECK(talk_until(http2, socket, [&] {
      return std::all_of(http2.answers.begin(), http2.answers.end(),
                         [](const auto& answer) { return answer.second.body == "first"; }) &&
             http2.answers.size() == 3;
    }));
  }
  for (PiecesSeen& one : served.seen) {
    CHECK(one.is_stopped_soon());
    CHECK(one.is_gone_soon());
  }
  CHECK(served.server.stop());
}

TEST_CASE("A server that stops ends HTTP/2 bodies cleanly") {
  Served served({"first"}, 1);
  Client socket(served.server);
  Http2Client http2;
  const auto stream = http2.request("/");
  CHECK(talk_until(http2, socket, [&] { return http2.answers[stream].body == "first"; }));
  auto stopped = std::async(std::launch::async, [&] { return served.server.stop(); });
  CHECK_FALSE(talk_until(http2, socket, [] { return false; }));  // the server closed
  socket.finish_sending();
  CHECK(http2.answers[stream].complete);
  CHECK(http2.goodbye == NGHTTP2_NO_ERROR);
  CHECK(stopped.get());
  CHECK(served.seen[0].is_gone_soon());
}

TEST_CASE("An HTTP/2 client that makes no room for its events is dropped after the time for that") {
  struct Row {
    const char* why;
    std::uint32_t window;
    bool patient;
  };
  const Row row = GENERATE(values<Row>({
      {"within a piece", 3, false},
      {"behind a piece", 5, false},
      {"before the first piece", 0, false},
      {"within a piece, in time", 3, true},
      {"behind a piece, in time", 5, true},
  }));
  INFO(row.why);
  Limits bounds;
  bounds.idle = 500ms;  // a busy machine has sent the request by then
  bounds.slow_request = 500ms;
  bounds.stalled_subscriber = row.patient ? 100'000ms : 20ms;
  Served served({"first", "second"}, {}, bounds);
  Client socket(served.server);
  Http2Client http2(row.window, false);
  const auto stream = http2.request("/");
  if (row.patient) {
    CHECK(talk_until(http2, socket, [&] { return http2.answers[stream].body.size() == row.window; }));
    CHECK_FALSE(served.seen[0].is_gone_within(1000ms));
    nghttp2_submit_window_update(http2.session, NGHTTP2_FLAG_NONE, stream, 100);
    CHECK(talk_until(http2, socket, [&] { return http2.answers[stream].complete; }));
    CHECK(http2.answers[stream].body == "firstsecond");
  } else {
    CHECK_FALSE(talk_until(http2, socket, [] { return false; }));
    CHECK(http2.answers[stream].body.size() == row.window);
  }
  CHECK(served.seen[0].is_gone_soon());
}
