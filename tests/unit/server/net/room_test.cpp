// Who gets room for bodies, and for how long.
#include <catch2/catch.hpp>

#include <atomic>

#include "tests/unit/server/net/raw_http2.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t answer_bytes = 1000;

// Room for three bodies of 1,000 bytes, two of them on one connection.
Limits little_room() {
  Limits bounds;
  bounds.in_flight_bytes = 4000;
  bounds.connection_bytes = 2000;
  bounds.small_request_bytes = 10;
  bounds.small_answer_bytes = 10;
  return bounds;
}

Response answer_of(std::size_t bytes) {
  Response response;
  response.body.assign(bytes, 'a');
  return response;
}

void wait_for(Client& client, std::string_view pong) {
  std::string heard;
  while (heard.find(pong) == std::string::npos) heard += client.read_some();
}

}  // namespace

TEST_CASE("A connection may hold its share, and no more than it leaves to all others") {
  SharedBounds bounds(little_room());
  ConnectionBytes first(bounds), second(bounds);
  CHECK_FALSE(first.take(2001));
  CHECK(first.take(1500));
  CHECK_FALSE(first.take(600));  // its share
  CHECK(second.take(1200));
  CHECK_FALSE(second.take(100));  // 1,300, which would leave 1,200
  CHECK_FALSE(first.take(1));
  ConnectionBytes third(bounds);
  CHECK_FALSE(third.take(700));
  CHECK(third.take(600));
  SECTION("what is small always finds room") {
    bounds.force(4000);
    ConnectionBytes fourth(bounds);
    CHECK(fourth.take(10));
    CHECK_FALSE(fourth.take(1));
    CHECK(fourth.take_answer(10));
    CHECK_FALSE(fourth.take_answer(11));
    fourth.give(20);
    bounds.give(4000);
  }
  SECTION("what is given back is there again") {
    first.give(1500);
    CHECK(second.take(100));
    second.give(100);
    first.force(1500);
  }
  first.give(1500);
  second.give(1200);
  third.give(600);
  CHECK(bounds.bytes_in_flight() == 0);
}

TEST_CASE("An HTTP/1 body that is announced and does not come takes no room") {
  TestServer server(little_room());
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<Client>(server));
    slow.back()->send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
    CHECK(slow.back()->read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    slow.back()->send("b");
  }
  Client client(server);
  client.send("POST / HTTP/1.1\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'b'));
  client.finish_sending();
  CHECK_THAT(client.read_to_end(), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("An HTTP/1 answer for which there is no room is a refusal") {
  TestServer server(little_room());
  server.service.on_request = StubService::large;
  Client client(server);
  client.send("GET / HTTP/1.1\r\n\r\n");
  client.finish_sending();
  CHECK(undated(client.read_to_end()) ==
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 10\r\n\r\noverloaded");
}

TEST_CASE("An HTTP/2 client that does not read its answers has to wait with its requests") {
  RawTalk talk(little_room());
  talk.answer = [](Request) { return answer_of(answer_bytes); };
  talk.begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0));
  talk.say(headers(1, request_block));
  CHECK_FALSE(talk.engine->full());
  talk.say(headers(3, request_block));
  CHECK_FALSE(talk.engine->full());
  CHECK(talk.bounds->bytes_in_flight() == 2 * answer_bytes);
  talk.say(headers(5, request_block));  // the service was not asked to wait: there is no room for its answer
  CHECK(talk.bounds->bytes_in_flight() == 2 * answer_bytes + 10);
  CHECK(talk.engine->full());
  talk.say(window(1, answer_bytes) + window(3, answer_bytes) + window(5, answer_bytes));
  CHECK_FALSE(talk.engine->full());
  CHECK_THAT(talk.listening.heard,
             Catch::Contains("200 on 1: 1000 bytes") && Catch::Contains("503 on 5: overloaded"));
  CHECK(talk.bounds->bytes_in_flight() == 0);
}

TEST_CASE("Requests of an HTTP/2 client that does not read are not worked on, and are once it reads") {
  Limits bounds;
  bounds.connection_bytes = 1U << 20;
  TestServer server(bounds);
  std::atomic<int> asked = 0;
  server.service.on_request = [&](Request request) {
    ++asked;
    return StubService::large(std::move(request));
  };
  Client client(server);
  std::string all = preface + settings(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0));
  for (std::uint32_t stream = 1; stream < 21; stream += 2) all += headers(stream, request_block);
  client.send(all + ping("abcdefgh"));
  wait_for(client, "abcdefgh");
  CHECK(asked == 1);
  client.send(reset(1) + ping("12345678"));
  wait_for(client, "12345678");
  client.send(ping("87654321"));
  wait_for(client, "87654321");
  CHECK(asked == 2);
}

TEST_CASE("HTTP/2 requests and answers that take too long are ended, and no others") {
  RawTalk talk;
  talk.answer = [](Request) { return answer_of(answer_bytes); };
  talk.begin(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1));
  talk.say(headers(1, request_block, end_headers) + headers(3, request_block));
  const auto begun = talk.host->now();
  talk.engine->end_late(begun + limits.transfer - 1ms);
  CHECK(talk.say({}).empty());
  talk.engine->end_late(begun + limits.transfer);
  talk.engine->end_late(begun + limits.transfer);
  CHECK(talk.say({}) == "RST 1 CANCEL; RST 3 CANCEL");
  talk.say(headers(5, request_block) + window(5, answer_bytes));
  CHECK(talk.listening.heard == "RST 1 CANCEL; RST 3 CANCEL; 200 on 5: 1000 bytes");
  CHECK(talk.bounds->bytes_in_flight() == 0);
}
