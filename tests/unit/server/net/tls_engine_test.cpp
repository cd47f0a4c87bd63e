#include "server/net/tls_engine.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/unit/server/net/tls_client.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;

namespace {

using Step = TlsEngine::Step;

// Some of the bytes at a time, as networks deliver them.
Step feed(TlsEngine& engine, std::string_view bytes, std::size_t piece) {
  Step step = engine.handshake();
  while (!bytes.empty() && step == Step::needs_bytes) {
    const std::span<char> room = engine.room();
    const std::size_t size = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    engine.received(size);
    step = engine.handshake();
  }
  return step;
}

Step shake_hands(TlsEngine& engine, TlsClient& client, std::size_t piece = 1000) {
  for (int rounds = 0; rounds < 10; ++rounds) {
    const Step step = feed(engine, client.sends(), piece);
    client.hears(std::exchange(engine.out(), {}));
    if (step != Step::needs_bytes) return step;
  }
  return Step::needs_bytes;
}

std::string read_all(TlsEngine& engine, std::string_view bytes, Step& step) {
  std::string out;
  std::string into(100'000, '\0');
  for (std::size_t size = 0;;) {
    while ((step = engine.read(into, size)) == Step::done) out.append(into, 0, size);
    if (step != Step::needs_bytes || bytes.empty()) return out;
    const std::span<char> room = engine.room();
    size = std::min(bytes.size(), room.size());
    std::memcpy(room.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    engine.received(size);
  }
}

}  // namespace

TEST_CASE("A handshake succeeds however its bytes are cut") {
  const int newest = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const std::size_t piece = GENERATE(1, 7, 100'000);
  TlsClient client({.newest = newest, .protocols = "\x02h2", .name = "a.test", .trusted = &test_tls()});
  TlsEngine engine(test_tls().accept(), {});
  REQUIRE(shake_hands(engine, client, piece) == Step::done);
  CHECK(client.agreed());
  CHECK(client.failure.empty());
  CHECK(client.subject() == "a.test");
  CHECK(engine.protocol() == "h2");
  CHECK(engine.error() == 0);
}

TEST_CASE("What was received before the engine was made is part of the handshake") {
  for (const std::size_t before : {1U, 5U, 50U}) {
    TlsClient client;
    const std::string hello = client.sends();
    TlsEngine engine(test_tls().accept(), std::string_view(hello).substr(0, before));
    CHECK(feed(engine, std::string_view(hello).substr(before), 1000) == Step::needs_bytes);
    client.hears(std::exchange(engine.out(), {}));
    CHECK(shake_hands(engine, client) == Step::done);
  }
}

TEST_CASE("ALPN picks HTTP/2 before HTTP/1.1, and refuses those who speak neither") {
  struct Row {
    const char* why;
    std::string offered;
    std::string picked;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing offered", "", ""},
      {"HTTP/2 alone", "\x02h2", "h2"},
      {"HTTP/1.1 alone", "\x08http/1.1", "http/1.1"},
      {"both", "\x02h2\x08http/1.1", "h2"},
      {"both, HTTP/1.1 first", "\x08http/1.1\x02h2", "h2"},
      {"another first", "\x06spdy/3\x08http/1.1", "http/1.1"},
  }));
  CAPTURE(row.why);
  TlsClient client({.protocols = row.offered});
  TlsEngine engine(test_tls().accept(), {});
  CHECK(shake_hands(engine, client) == Step::done);
  CHECK(engine.protocol() == row.picked);
  CHECK(client.protocol() == row.picked);
}

TEST_CASE("A handshake that fails says why to the client and to the log") {
  struct Row {
    const char* why;
    TlsClient::Options options;
    const char* client;
    const char* log;
  };
  static constexpr auto old =
      "it speaks TLS 1.1 or older, and TLS 1.2 and 1.3 are served: use a newer client, or http://";
  const auto row = GENERATE(values<Row>({
      {"TLS 1.0", {.newest = TLS1_VERSION}, "tlsv1 alert protocol version", old},
      {"TLS 1.1", {.newest = TLS1_1_VERSION}, "tlsv1 alert protocol version", old},
      {"another protocol",
       {.protocols = "\x06spdy/3"},
       "tlsv1 alert no application protocol",
       "it offers neither h2 nor http/1.1 (ALPN): let it offer one of them, or nothing"},
      {"a name no host has",
       {.name = "not a name"},
       "tlsv1 unrecognized name",
       "it asks for a name that no host can have (SNI): let it use one of letters, digits, dots and dashes"},
  }));
  CAPTURE(row.why);
  TlsClient client(row.options);
  TlsEngine engine(test_tls().accept(), {});
  CHECK(shake_hands(engine, client) == Step::failed);
  CHECK(client.failure == row.client);
  CHECK(tls::explain(engine.error(), test_tls()) == row.log);
}

TEST_CASE("A client that does not trust the certificate is told how to") {
  tls::Tls other(tls::Authority{.identity = tls::make_authority({}), .file = "/a/ca.pem"}, {});
  TlsClient client({.newest = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), .trusted = &test_tls()});
  TlsEngine engine(other.accept(), {});
  CHECK(shake_hands(engine, client) == Step::failed);
  CHECK(tls::explain(engine.error(), other) ==
        "it does not trust the certificate: let it trust the CA at /_kinesisd/ca.pem, for example with "
        "AWS_CA_BUNDLE=/a/ca.pem");
}

TEST_CASE("What only begins like TLS fails, and reasons without a sentence of their own get advice") {
  TlsEngine engine(test_tls().accept(), {});
  CHECK(feed(engine, std::string("\x16garbage") + std::string(100, 'x'), 3) == Step::failed);
  CHECK(engine.error() != 0);
  CHECK_THAT(tls::explain(engine.error(), test_tls()), Catch::Contains(": "));
  CHECK_THAT(
      tls::explain(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_BAD_LENGTH), test_tls()),
      Catch::Equals("bad length: if it should speak TLS, try curl -v --insecure to see how far that comes"));
}

TEST_CASE("Large messages arrive whole both ways") {
  TlsClient client;
  TlsEngine engine(test_tls().accept(), {});
  REQUIRE(shake_hands(engine, client) == Step::done);

  const std::string up(300'000, 'u');
  client.says(up);
  Step step = Step::failed;
  CHECK(read_all(engine, client.sends(), step) == up);
  CHECK(step == Step::needs_bytes);

  const std::string head = "head";
  const std::string body(300'000, 'b');
  std::size_t sent = 0;
  while (sent < head.size() + body.size()) {
    const std::string_view first = sent < head.size() ? std::string_view(head).substr(sent) : "";
    const std::string_view second =
        std::string_view(body).substr(sent < head.size() ? 0 : sent - head.size());
    std::size_t bytes = 0;
    REQUIRE(engine.write(first, second, bytes) == Step::done);
    REQUIRE(bytes > 0);
    CHECK(bytes <= 64U << 10);  // at once
    sent += bytes;
    client.hears(std::exchange(engine.out(), {}));
  }
  CHECK(client.heard == head + body);
}

TEST_CASE("An end in order is told from a cut") {
  TlsClient client;
  TlsEngine engine(test_tls().accept(), {});
  Step step = Step::failed;
  SECTION("by the client") {
    REQUIRE(shake_hands(engine, client) == Step::done);
    client.says("bye");
    client.says_goodbye();
    CHECK(read_all(engine, client.sends(), step) == "bye");
    CHECK(step == Step::ended);
  }
  SECTION("by the server, once") {
    REQUIRE(shake_hands(engine, client) == Step::done);
    engine.finish();
    const std::string said = std::exchange(engine.out(), {});
    engine.finish();
    CHECK(engine.out().empty());
    client.hears(said);
    CHECK(client.goodbye);
  }
  SECTION("before the handshake is done there is nothing to end") {
    engine.finish();
    CHECK(engine.out().empty());
  }
  SECTION("after bytes that were tampered with") {
    REQUIRE(shake_hands(engine, client) == Step::done);
    client.says("hello");
    std::string bytes = client.sends();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    CHECK(read_all(engine, bytes, step).empty());
    CHECK(step == Step::failed);
    client.hears(std::exchange(engine.out(), {}));
    CHECK(client.failure == "sslv3 alert bad record mac");
    engine.finish();
    CHECK(engine.out().empty());
  }
}
