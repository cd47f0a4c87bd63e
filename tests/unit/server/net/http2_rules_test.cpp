// What RFC 9113 asks of a server, rule by rule, by frames that no well-behaved client sends.
#include <catch2/catch.hpp>

#include "tests/unit/server/net/raw_http2.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

struct Row {
  const char* why;
  std::string frames;
  const char* heard;
};

constexpr std::size_t at_once = std::string::npos;

// The frames arrive at once, and byte by byte. Afterwards the client is served as before where only a stream
// was at fault.
void check(const Row& row, std::initializer_list<std::size_t> pieces = {at_once, 1}) {
  for (const std::size_t at_a_time : pieces) {
    INFO(row.why << (at_a_time == at_once ? ", at once" : ", byte by byte"));
    RawTalk talk;
    talk.begin();
    CHECK(talk.say(row.frames, at_a_time) == row.heard);
    const bool ended = talk.listening.heard.find("GOAWAY") != std::string::npos;
    CHECK(talk.engine->finished() == ended);
    if (!ended) CHECK_THAT(talk.say(headers(101, request_block)), Catch::EndsWith("200 on 101: POST /"));
    talk.engine.reset();
    CHECK(talk.bounds->bytes_in_flight() == 0);
  }
}

std::string block(const std::string& more) {
  return request_block + more;
}

const std::string simple = headers(1, request_block);

}  // namespace

TEST_CASE("HTTP/2 requests are well formed, or their stream ends") {
  check(GENERATE(values<Row>({
      {"a request", simple, "200 on 1: POST /"},
      {"a request with a body", headers(1, request_block, end_headers) + data(1, "b"),
       "200 on 1: POST / [b]"},
      {"an empty frame before the end",
       headers(1, request_block, end_headers) + data(1, "b", no_flags) + data(1, ""), "200 on 1: POST / [b]"},
      {"padding",
       headers(1, request_block, end_headers) +
           data(1, std::string("\x02") + "b" + std::string(2, '\0'), end_stream | NGHTTP2_FLAG_PADDED),
       "200 on 1: POST / [b]"},
      {"an upper-case name", headers(1, block(literal("X-Amz-Target", "a"))), "RST 1 PROTOCOL_ERROR"},
      {"a header of the connection", headers(1, block(literal("connection", "close"))),
       "RST 1 PROTOCOL_ERROR"},
      {"transfer-encoding", headers(1, block(literal("transfer-encoding", "chunked"))),
       "RST 1 PROTOCOL_ERROR"},
      {"keep-alive", headers(1, block(literal("keep-alive", "1"))), "RST 1 PROTOCOL_ERROR"},
      {"upgrade", headers(1, block(literal("upgrade", "h2c"))), "RST 1 PROTOCOL_ERROR"},
      {"te with trailers", headers(1, block(literal("te", "trailers"))), "200 on 1: POST /"},
      {"te with anything else", headers(1, block(literal("te", "gzip"))), "RST 1 PROTOCOL_ERROR"},
      {"no method", headers(1, over_http + root + to_host), "RST 1 PROTOCOL_ERROR"},
      {"no scheme", headers(1, post + root + to_host), "RST 1 PROTOCOL_ERROR"},
      {"no path", headers(1, post + over_http + to_host), "RST 1 PROTOCOL_ERROR"},
      {"no host", headers(1, post + over_http + root), "RST 1 PROTOCOL_ERROR"},
      {"an empty path", headers(1, post + over_http + to_host + literal(":path", "")),
       "RST 1 PROTOCOL_ERROR"},
      {"two methods", headers(1, block(post)), "RST 1 PROTOCOL_ERROR"},
      {"two paths", headers(1, block(root)), "RST 1 PROTOCOL_ERROR"},
      {"a pseudo-header behind a header", headers(1, post + over_http + to_host + literal("a", "b") + root),
       "RST 1 PROTOCOL_ERROR"},
      {"a pseudo-header of answers", headers(1, block(literal(":status", "200"))), "RST 1 PROTOCOL_ERROR"},
      {"an unknown pseudo-header", headers(1, block(literal(":who", "me"))), "RST 1 PROTOCOL_ERROR"},
      {"a line end in a value", headers(1, block(literal("a", "b\r\nc: d"))), "RST 1 PROTOCOL_ERROR"},
      {"no headers at all", headers(1, ""), "RST 1 PROTOCOL_ERROR"},
      {"trailers",
       headers(1, request_block, end_headers) + data(1, "b", no_flags) + headers(1, literal("t", "u")),
       "200 on 1: POST / [b]"},
      {"trailers with a pseudo-header",
       headers(1, request_block, end_headers) + data(1, "b", no_flags) + headers(1, root),
       "RST 1 PROTOCOL_ERROR"},
      {"trailers that are not the end",
       headers(1, request_block, end_headers) + data(1, "b", no_flags) +
           headers(1, literal("t", "u"), end_headers),
       "RST 1 PROTOCOL_ERROR"},
      {"the length it says", headers(1, block(literal("content-length", "2")), end_headers) + data(1, "bb"),
       "200 on 1: POST / [bb]"},
      {"more than the length it says",
       headers(1, block(literal("content-length", "1")), end_headers) + data(1, "bb"),
       "RST 1 PROTOCOL_ERROR"},
      {"less than the length it says",
       headers(1, block(literal("content-length", "3")), end_headers) + data(1, "bb"),
       "RST 1 PROTOCOL_ERROR"},
      {"nothing where it says a length", headers(1, block(literal("content-length", "3"))),
       "RST 1 PROTOCOL_ERROR"},
      {"a length that is no number",
       headers(1, block(literal("content-length", "two")), end_headers) + data(1, "bb"),
       "RST 1 PROTOCOL_ERROR"},
      {"a negative length", headers(1, block(literal("content-length", "-1")), end_headers) + data(1, "b"),
       "RST 1 PROTOCOL_ERROR"},
      {"two lengths",
       headers(1, block(literal("content-length", "2") + literal("content-length", "2")), end_headers) +
           data(1, "bb"),
       "RST 1 PROTOCOL_ERROR"},
  })));
}

TEST_CASE("HTTP/2 headers have their bounds, in bytes, in number and in frames") {
  const auto many = [](std::size_t count) {
    std::string all = request_block;
    for (std::size_t i = 0; i < count; ++i) all += literal("a", "");
    return all;
  };
  const auto in_frames = [](const std::string& whole, std::size_t bytes) {
    std::string frames = headers(1, whole.substr(0, bytes), end_stream);
    for (std::size_t at = bytes; at < whole.size(); at += bytes) {
      frames += continuation(1, whole.substr(at, bytes), at + bytes >= whole.size() ? end_headers : no_flags);
    }
    return frames;
  };
  // 32 bytes are counted for a header besides its own, so that empty ones have a bound as well.
  check({"many", headers(1, many(1900)), "200 on 1: POST /"});
  check({"too many", headers(1, many(2100)), "431 on 1"});
  check({"a large one", headers(1, block(literal("a", std::string(16'000, 'x')))), "200 on 1: POST /"});
  // nghttp2 takes eight continuations, and counts one again for each piece that its head arrives in.
  check({"a large one in frames", in_frames(block(literal("a", std::string(60'000, 'x'))), 16'000),
         "200 on 1: POST /"},
        {at_once});
  check({"several frames", in_frames(many(5), 5), "200 on 1: POST /"}, {at_once});
  check({"a frame for each byte", in_frames(many(20), 1), "GOAWAY PROTOCOL_ERROR"});
  check({"a large one without an end", in_frames(block(literal("a", std::string(1'000'000, 'x'))), 16'000),
         "GOAWAY COMPRESSION_ERROR"});
  std::string empty;
  for (int i = 0; i < 1000; ++i) empty += continuation(1, "", no_flags);
  check({"empty frames", headers(1, request_block, end_stream) + empty, "GOAWAY PROTOCOL_ERROR"});
  check({"what cannot be uncompressed", headers(1, "\xFF\xFF\xFF\xFF\xFF\xFF"), "GOAWAY COMPRESSION_ERROR"});
  check({"an entry the table does not have", headers(1, block("\xFE")), "GOAWAY COMPRESSION_ERROR"});
  check({"a table larger than agreed", headers(1, "\x3F\xE1\xFF\x03" + request_block),
         "GOAWAY COMPRESSION_ERROR"});
}

TEST_CASE("HTTP/2 frames come in an order that makes sense, or the connection ends") {
  check(GENERATE(values<Row>({
      {"an even stream", headers(2, request_block), "GOAWAY PROTOCOL_ERROR"},
      {"headers on no stream", headers(0, request_block), "GOAWAY PROTOCOL_ERROR"},
      {"data on no stream", data(0, "b"), "GOAWAY PROTOCOL_ERROR"},
      {"data before headers", data(1, "b"), "GOAWAY PROTOCOL_ERROR"},
      {"a reset before headers", reset(1), "GOAWAY PROTOCOL_ERROR"},
      {"room before headers", window(1, 1), "GOAWAY PROTOCOL_ERROR"},
      {"a continuation of nothing", continuation(1, "", end_headers), "GOAWAY PROTOCOL_ERROR"},
      {"data within headers", headers(1, post, no_flags) + data(1, "b"), "GOAWAY PROTOCOL_ERROR"},
      {"a ping within headers", headers(1, post, no_flags) + ping("12345678"), "GOAWAY PROTOCOL_ERROR"},
      {"another stream's headers within headers", headers(1, post, no_flags) + headers(3, request_block),
       "GOAWAY PROTOCOL_ERROR"},
      {"another stream's continuation",
       headers(1, post, no_flags) + continuation(3, over_http + root, end_headers), "GOAWAY PROTOCOL_ERROR"},
      {"a promise, which is for servers",
       frame(NGHTTP2_PUSH_PROMISE, end_headers, 1, big_endian(2, 4) + request_block),
       "GOAWAY PROTOCOL_ERROR"},
      {"data after a reset", headers(1, request_block, end_headers) + reset(1) + data(1, "b"), ""},
      {"a reset in the middle of a body",
       headers(1, request_block, end_headers) + data(1, "b", no_flags) + reset(1), ""},
      {"padding longer than the frame",
       headers(1, request_block, end_headers) + data(1,
                                                     "\x05"
                                                     "b",
                                                     end_stream | NGHTTP2_FLAG_PADDED),
       "GOAWAY PROTOCOL_ERROR"},
      {"a frame larger than agreed",
       headers(1, request_block, end_headers) + data(1, std::string(16'385, 'b')), "GOAWAY FRAME_SIZE_ERROR"},
      {"a short reset",
       headers(1, request_block, end_headers) + frame(NGHTTP2_RST_STREAM, no_flags, 1, "abc"),
       "GOAWAY FRAME_SIZE_ERROR"},
      {"a kind nobody knows", frame(0x42, 0xFF, 1, "?") + simple, "200 on 1: POST /"},
      {"priorities, which mean nothing any more",
       frame(NGHTTP2_PRIORITY, no_flags, 1, big_endian(3, 4) + "a") + simple, "200 on 1: POST /"},
  })));
}

TEST_CASE("HTTP/2 frames for a stream that is answered or whose request is complete") {
  RawTalk talk;
  talk.begin();
  SECTION("answered: a reset, room, and even another request change nothing") {
    CHECK(talk.say(simple) == "200 on 1: POST /");
    // nghttp2 keeps no list of closed streams: these might have crossed the answer on their way.
    CHECK(talk.say(reset(1) + window(1, 1) + simple + headers(3, request_block)) ==
          "200 on 1: POST /; 200 on 3: POST /");
  }
  SECTION("answered: a continuation follows nothing") {
    talk.say(simple);
    CHECK(talk.say(continuation(1, "", end_headers)) == "200 on 1: POST /; GOAWAY PROTOCOL_ERROR");
  }
  SECTION("being answered: data") {
    CHECK(talk.say(simple + data(1, "b")) == "GOAWAY STREAM_CLOSED");
  }
  SECTION("being answered: headers") {
    CHECK(talk.say(simple + headers(1, literal("t", "u"))) == "GOAWAY STREAM_CLOSED");
  }
  SECTION("being answered: an older stream") {
    CHECK(talk.say(headers(5, request_block) + headers(3, request_block)) == "200 on 5: POST /");
  }
}

TEST_CASE("HTTP/2 settings, pings and goodbyes keep to their form") {
  check(GENERATE(values<Row>({
      {"settings of a stream", frame(NGHTTP2_SETTINGS, no_flags, 1, ""), "GOAWAY PROTOCOL_ERROR"},
      {"half a setting", settings("abc"), "GOAWAY FRAME_SIZE_ERROR"},
      {"an acknowledgement that says more", settings(setting(3, 1), NGHTTP2_FLAG_ACK),
       "GOAWAY FRAME_SIZE_ERROR"},
      {"push neither on nor off", settings(setting(2, 2)), "GOAWAY PROTOCOL_ERROR"},
      {"a window too large", settings(setting(4, 0x80000000)), "GOAWAY FLOW_CONTROL_ERROR"},
      {"frames too small", settings(setting(5, 16'383)), "GOAWAY PROTOCOL_ERROR"},
      {"frames too large", settings(setting(5, 16'777'216)), "GOAWAY PROTOCOL_ERROR"},
      {"a setting nobody knows", settings(setting(0x4242, 7)) + simple, "200 on 1: POST /"},
      {"no table for headers", settings(setting(1, 0)) + simple + headers(3, request_block),
       "200 on 1: POST /; 200 on 3: POST /"},
      {"a ping of a stream", frame(NGHTTP2_PING, no_flags, 1, "12345678"), "GOAWAY PROTOCOL_ERROR"},
      {"a short ping", ping("123"), "GOAWAY FRAME_SIZE_ERROR"},
      {"a pong for no ping", ping("12345678", NGHTTP2_FLAG_ACK) + simple, "200 on 1: POST /"},
      {"a goodbye of a stream", frame(NGHTTP2_GOAWAY, no_flags, 1, std::string(8, '\0')),
       "GOAWAY PROTOCOL_ERROR"},
  })));
}

TEST_CASE("An HTTP/2 client's window is kept to") {
  check(GENERATE(values<Row>({
      {"no room at all given to a stream", headers(1, request_block, end_headers) + window(1, 0),
       "GOAWAY PROTOCOL_ERROR"},
      {"no room at all given to the connection", window(0, 0), "GOAWAY PROTOCOL_ERROR"},
      {"too much room for a stream", headers(1, request_block, end_headers) + window(1, 0x7FFFFFFF),
       "RST 1 FLOW_CONTROL_ERROR"},
      {"too much room for the connection", window(0, 0x7FFFFFFF), "GOAWAY FLOW_CONTROL_ERROR"},
      {"short room", frame(NGHTTP2_WINDOW_UPDATE, no_flags, 0, "abc"), "GOAWAY FRAME_SIZE_ERROR"},
      {"settings that give a stream too much room",
       headers(1, request_block, end_headers) + window(1, 0x7FFFFFFF - 65'535) + settings(setting(4, 65'536)),
       "RST 1 FLOW_CONTROL_ERROR"},
  })));
}
