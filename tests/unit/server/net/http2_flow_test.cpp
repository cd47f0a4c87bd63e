// How much may be on its way, and what becomes of it when one side has had enough: windows, resets, goodbyes
// and floods, by frames that are written and read by hand.
#include <catch2/catch.hpp>

#include "tests/unit/server/net/raw_http2.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

const std::string half_a_request = headers(1, request_block, end_headers);

// A talk whose answers have so many bytes.
struct Answering : RawTalk {
  explicit Answering(std::size_t bytes) {
    answer = [bytes](Request) {
      Response response;
      response.body.assign(bytes, 'a');
      return response;
    };
  }
  std::size_t arrived(std::uint32_t stream) { return listening.bodies[stream].size(); }
};

std::string in_frames(std::uint32_t stream, std::size_t bytes) {
  constexpr std::size_t frame_bytes = 16'384;
  std::string frames;
  for (; bytes > frame_bytes; bytes -= frame_bytes)
    frames += data(stream, std::string(frame_bytes, 'b'), no_flags);
  return frames + data(stream, std::string(bytes, 'b'));
}

}  // namespace

TEST_CASE("A large HTTP/2 answer goes out as the client makes room, however little at a time") {
  constexpr std::size_t size = 3000;
  Answering talk(size);
  talk.begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 7));
  talk.say(headers(1, request_block));
  CHECK(talk.arrived(1) == 7);
  for (std::size_t i = 1; i < 100; ++i) {
    talk.say(window(1, 1));
    REQUIRE(talk.arrived(1) == 7 + i);
  }
  CHECK(talk.bounds->bytes_in_flight() == size);
  CHECK(talk.listening.heard.empty());
  talk.say(window(1, 0x7FFFFFFF));
  CHECK(talk.listening.heard == "200 on 1: 3000 bytes");
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE("HTTP/2 streams share the room of their connection") {
  Answering talk(50'000);
  talk.begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1'000'000));
  talk.say(headers(1, request_block) + headers(3, request_block));
  CHECK(talk.arrived(1) + talk.arrived(3) == 65'535);  // the connection's, whatever the settings say
  talk.say(window(0, 1));
  CHECK(talk.arrived(1) + talk.arrived(3) == 65'536);
  talk.say(window(0, 100'000));
  CHECK(talk.listening.bodies[1].size() == 50'000);
  CHECK(talk.listening.bodies[3].size() == 50'000);
}

TEST_CASE("HTTP/2 settings change the room of streams that are being answered, below nothing even") {
  Answering talk(1000);
  talk.begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 500));
  talk.say(headers(1, request_block));
  CHECK(talk.arrived(1) == 500);
  talk.say(settings(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0)));
  talk.say(window(1, 400));  // the stream now owes 100
  CHECK(talk.arrived(1) == 500);
  talk.say(window(1, 200));
  CHECK(talk.arrived(1) == 600);
  talk.say(settings(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 400)));
  CHECK(talk.listening.heard == "200 on 1: 1000 bytes");
}

TEST_CASE("An HTTP/2 answer keeps to the size of frames that the client takes") {
  Answering talk(60'000);
  talk.begin(setting(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 1 << 20));
  talk.say(headers(1, request_block));
  CHECK(talk.listening.heard == "200 on 1: 60000 bytes");
}

TEST_CASE("An HTTP/2 body of the largest size arrives through the windows we give") {
  RawTalk talk;
  std::size_t arrived = 0;
  talk.answer = [&](Request request) {
    arrived = request.body.size();
    return Response{};
  };
  talk.begin();
  talk.say(headers(1, request_block, end_headers));
  // A client that sends no more than it has room for.
  std::size_t sent = 0, rounds = 0;
  while (sent < limits.body_bytes && ++rounds < 10'000) {
    const std::size_t of_stream = limits.http2_window_bytes + talk.listening.windows[1] - sent;
    const std::size_t of_connection = 65'535 + talk.listening.windows[0] - sent;
    const std::size_t size =
        std::min({of_stream, of_connection, limits.body_bytes - sent, std::size_t{16'384}});
    REQUIRE(size > 0);
    sent += size;
    talk.say(data(1, std::string(size, 'b'), sent == limits.body_bytes ? end_stream : no_flags));
  }
  CHECK(arrived == limits.body_bytes);
  CHECK(talk.listening.heard == "200 on 1");
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE("An HTTP/2 client that sends more than it has room for is refused") {
  Limits bounds;
  bounds.http2_window_bytes = 20'000;
  RawTalk talk(bounds);
  talk.begin();
  SECTION("on a stream") {
    // What is read is given back at once, so that only what comes within one read can be too much.
    CHECK(talk.say(half_a_request + in_frames(1, 60'000)) == "RST 1 FLOW_CONTROL_ERROR");
  }
  SECTION("as padding") {
    const std::string padded = data(1, "\xFF" + std::string(255, '\0'), NGHTTP2_FLAG_PADDED);
    std::string all = half_a_request;
    for (int i = 0; i < 80; ++i) all += padded;
    talk.say(all);
    CHECK(talk.engine->take_ready().empty());
  }
  talk.engine.reset();
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE("A reset in the middle of an HTTP/2 answer ends that answer and no other") {
  Answering talk(100'000);
  talk.begin();
  talk.say(headers(1, request_block) + headers(3, request_block));
  CHECK(talk.bounds->bytes_in_flight() == 200'000);
  talk.say(reset(1));
  CHECK(talk.bounds->bytes_in_flight() == 100'000);
  CHECK(talk.engine->waits_for_client());
  talk.say(window(0, 1'000'000) + window(3, 1'000'000));
  CHECK(talk.listening.heard == "200 on 3: 100000 bytes");
  CHECK(talk.arrived(1) < 100'000);
  CHECK(talk.bounds->bytes_in_flight() == 0);
  CHECK_FALSE(talk.engine->waits_for_client());
}

TEST_CASE("A reset in the middle of an HTTP/2 body gives back what it held") {
  RawTalk talk;
  talk.begin();
  talk.say(headers(1, request_block + literal("content-length", "5000000"), end_headers) +
           data(1, "b", no_flags));
  CHECK(talk.bounds->bytes_in_flight() == 4096);  // not what is announced
  talk.say(reset(1));
  CHECK(talk.bounds->bytes_in_flight() == 0);
  CHECK_FALSE(talk.engine->waits_for_client());
}

TEST_CASE("An HTTP/2 client that says goodbye is still answered, and then the connection is done") {
  Answering talk(100'000);
  talk.begin();
  talk.say(headers(1, request_block) + goodbye(0));
  CHECK_FALSE(talk.engine->finished());
  talk.say(window(0, 1'000'000) + window(1, 1'000'000));
  CHECK(talk.listening.heard == "200 on 1: 100000 bytes");
  CHECK(talk.engine->finished());
}

TEST_CASE("After the server's goodbye HTTP/2 requests on their way are not lost without a word") {
  RawTalk talk;
  talk.begin();
  talk.say(half_a_request);
  talk.engine->say_goodbye();
  talk.say({});
  CHECK(talk.listening.heard == "GOAWAY NO_ERROR; GOAWAY NO_ERROR");
  // Beyond the last stream of the goodbye: the client sends it again elsewhere.
  talk.say(headers(3, request_block));
  CHECK_FALSE(talk.engine->finished());
  CHECK(talk.say(data(1, "b")) == "GOAWAY NO_ERROR; GOAWAY NO_ERROR; 200 on 1: POST / [b]");
  CHECK(talk.engine->finished());
}

TEST_CASE("No more HTTP/2 streams are open at a time than the settings say") {
  Limits bounds;
  bounds.streams_per_connection = 3;
  RawTalk talk(bounds);
  talk.begin();
  std::string open;
  for (const std::uint32_t stream : {1U, 3U, 5U}) open += headers(stream, request_block, end_headers);
  CHECK(talk.say(open).empty());
  SECTION("what is too much is refused and all others are answered") {
    CHECK(talk.say(headers(7, request_block) + headers(9, request_block, end_headers) + data(9, "b")) ==
          "RST 7 REFUSED_STREAM; RST 9 REFUSED_STREAM");
    CHECK(talk.say(data(1, "") + data(3, "") + data(5, "")) ==
          "RST 7 REFUSED_STREAM; RST 9 REFUSED_STREAM; 200 on 1: POST /; 200 on 3: POST /; 200 on 5: POST /");
    CHECK(talk.listening.announced_streams == 3);
  }
  SECTION("there is room again once one is answered") {
    CHECK(talk.say(data(3, "")) == "200 on 3: POST /");
    CHECK(talk.say(headers(7, request_block)) == "200 on 3: POST /; 200 on 7: POST /");
  }
  SECTION("there is room again once one is reset") {
    CHECK(talk.say(reset(5) + headers(7, request_block)) == "200 on 7: POST /");
  }
}

TEST_CASE("An HTTP/2 client that has not seen the settings yet loses only what is too much") {
  Limits bounds;
  bounds.streams_per_connection = 1;
  RawTalk talk(bounds);
  talk.say(preface + settings());
  CHECK(talk.say(half_a_request + headers(3, request_block)) == "RST 3 REFUSED_STREAM");
  CHECK(talk.say(data(1, "")) == "RST 3 REFUSED_STREAM; 200 on 1: POST /");
}

TEST_CASE("HTTP/2 streams that are too many are refused, however many, until it is a flood") {
  Limits bounds;
  bounds.streams_per_connection = 2;
  bounds.http2_resets_per_second = 5;
  bounds.http2_refused_streams = 20;
  RawTalk talk(bounds);
  const bool settings_seen = GENERATE(true, false);
  talk.say(preface + settings() + (settings_seen ? settings({}, NGHTTP2_FLAG_ACK) : std::string()));
  std::string surplus;
  for (std::uint32_t stream = 5; stream < 45; stream += 2) surplus += headers(stream, request_block);
  const std::string& heard =
      talk.say(headers(1, request_block, end_headers) + headers(3, request_block, end_headers) + surplus);
  CHECK_THAT(heard, Catch::EndsWith("RST 43 REFUSED_STREAM"));
  CHECK_THAT(heard, !Catch::Contains("GOAWAY"));
  SECTION("those before it are answered") {
    CHECK_THAT(talk.say(data(1, "") + data(3, "")),
               Catch::EndsWith("RST 43 REFUSED_STREAM; 200 on 1: POST /; 200 on 3: POST /"));
  }
  SECTION("a flood ends the connection") {
    CHECK_THAT(talk.say(headers(45, request_block)), Catch::EndsWith("GOAWAY ENHANCE_YOUR_CALM"));
    CHECK(talk.engine->finished());
    CHECK(talk.engine->deaf());
  }
}

TEST_CASE("HTTP/2 headers that are much larger than their bytes end the connection at their bound") {
  Limits bounds;
  bounds.header_bytes = 10'000;
  bounds.http2_decoded_header_bytes = 40'000;
  bounds.http2_ordinary_header_bytes = 2000;
  bounds.http2_large_header_bytes_per_second = 50'000;
  RawTalk talk(bounds);
  talk.begin();
  const std::string entry = "\x40" + hpack_string("x") + hpack_string(std::string(3000, 'v'));
  const auto bomb = [](std::size_t count) { return request_block + std::string(count, '\xBE'); };
  talk.say(headers(1, request_block + entry));
  const std::string first = "200 on 1: POST /";
  CHECK(talk.listening.heard == first);
  SECTION("what is a little too large is answered, and the connection goes on") {
    CHECK(talk.say(headers(3, bomb(5)) + headers(5, request_block)) ==
          first + "; 431 on 3; 200 on 5: POST /");
  }
  SECTION("in one request") {
    CHECK(talk.say(headers(3, bomb(16'000))) == first + "; GOAWAY ENHANCE_YOUR_CALM");
  }
  SECTION("in trailers") {
    CHECK(talk.say(headers(3, request_block, end_headers) + headers(3, std::string(16'000, '\xBE'))) ==
          first + "; GOAWAY ENHANCE_YOUR_CALM");
  }
  SECTION("in many requests") {
    std::string all;
    for (std::uint32_t stream = 3; stream < 100; stream += 2) all += headers(stream, bomb(3));
    CHECK_THAT(talk.say(all), Catch::EndsWith("GOAWAY ENHANCE_YOUR_CALM"));
    CHECK(talk.listening.bodies.size() < 10);
  }
  SECTION("in a request that is refused for being one too many") {
    bounds.streams_per_connection = 1;
    RawTalk full(bounds);
    full.begin();
    full.say(headers(1, request_block + entry, end_headers));
    CHECK_THAT(full.say(headers(3, bomb(16'000))), Catch::EndsWith("GOAWAY ENHANCE_YOUR_CALM"));
  }
  SECTION("nothing that comes after it is looked at") {
    talk.say(headers(3, bomb(16'000)));
    CHECK(talk.engine->deaf());
    CHECK(talk.say(headers(5, request_block)) == first + "; GOAWAY ENHANCE_YOUR_CALM");
    CHECK(talk.engine->finished());
  }
}

TEST_CASE("An HTTP/2 ping is answered with what it said, also while answers wait for room") {
  Answering talk(100'000);
  talk.begin();
  talk.say(headers(1, request_block) + ping("abcdefgh") + ping("12345678"));
  CHECK(talk.listening.pongs == "abcdefgh12345678");
  CHECK(talk.listening.heard.empty());
}

TEST_CASE("HTTP/2 floods of every cheap frame end within their bound") {
  struct Row {
    const char* why;
    std::string frame;
    bool ends;
  };
  const auto row = GENERATE(values<Row>({
      {"settings", settings(), true},
      {"settings that change much", settings(setting(4, 1) + setting(4, 65'535)), true},
      {"pings", ping("12345678"), true},
      {"resets of what has been reset", reset(1), true},
      {"room, which costs nothing", window(0, 1), false},
      {"empty data, which costs nothing", data(1, "", no_flags), false},
      {"unknown frames, which cost nothing", frame(0x42, no_flags, 0, "?"), false},
      {"priorities, which cost nothing", frame(NGHTTP2_PRIORITY, no_flags, 1, big_endian(0, 4) + "a"), false},
  }));
  INFO(row.why);
  Limits bounds;
  bounds.http2_control_per_second = 100;
  bounds.http2_resets_per_second = 100;
  RawTalk talk(bounds);
  talk.begin();
  talk.say(half_a_request);
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += row.frame;
  talk.say(flood);
  CHECK(talk.engine->finished() == row.ends);
  if (row.ends) CHECK(talk.listening.heard == "GOAWAY ENHANCE_YOUR_CALM");
  talk.engine.reset();
  CHECK(talk.bounds->bytes_in_flight() == 0);
}
