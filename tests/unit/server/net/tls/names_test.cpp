#include "server/net/tls/names.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace kinesisd::server::tls;

TEST_CASE("A host name is one that a host can have") {
  struct Row {
    const char* why;
    std::string text;
    std::optional<std::string> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"a word", "kinesis", "kinesis"},
      {"several labels", "a.b-c.d_e", "a.b-c.d_e"},
      {"capitals mean nothing", "LocalHost", "localhost"},
      {"a dot at the end means nothing", "localhost.", "localhost"},
      {"digits", "4567.test", "4567.test"},
      {"as long as can be", std::string(63, 'a') + ".b", std::string(63, 'a') + ".b"},
      {"a label too long", std::string(64, 'a') + ".b", std::nullopt},
      {"too long", std::string(127, 'a').replace(60, 1, ".") + "." + std::string(126, 'b'), std::nullopt},
      {"nothing", "", std::nullopt},
      {"a dot alone", ".", std::nullopt},
      {"an empty label", "a..b", std::nullopt},
      {"a dash in front", "-a", std::nullopt},
      {"a space", "a b", std::nullopt},
      {"a line", "a\nb", std::nullopt},
      {"a wildcard", "*.a", std::nullopt},
      {"not ASCII", "k\xc3\xafnesis", std::nullopt},
      {"an address", "127.0.0.1", std::nullopt},
      {"a port", "localhost:4567", std::nullopt},
  }));
  CAPTURE(row.why);
  CHECK(host_name(row.text) == row.expected);
}

TEST_CASE("A name for the certificate may also be an address or have a wildcard") {
  CHECK(parse_name("*.Kinesis.test") == Name{"*.kinesis.test"});
  CHECK(parse_name("10.0.0.1") == Name{"10.0.0.1", std::string("\x0a\0\0\x01", 4)});
  CHECK(parse_name("::1")->address.size() == 16);
  for (const char* wrong : {"*", "*.", "a.*", "*.*.a", "10.0.0.1:80", "[::1]", "", "http://a"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_name(wrong));
  }
}

TEST_CASE("The default names are there once each, those with a wildcard last") {
  const auto names =
      default_names({*parse_name("*.a.test"), *parse_name("localhost"), *parse_name("b.test")});
  CHECK(names.front().text == "localhost");
  bool wild = false;
  for (const Name& name : names) {
    CAPTURE(name.text);
    CHECK(std::count(names.begin(), names.end(), name) == 1);
    if (wild) CHECK(name.text.front() == '*');
    wild = wild || name.text.front() == '*';
  }
  const auto has = [&](const char* text) {
    return std::any_of(names.begin(), names.end(), [&](const Name& name) { return name.text == text; });
  };
  for (const char* text : {"127.0.0.1", "::1", "*.localhost", "b.test", "*.a.test"}) {
    CAPTURE(text);
    CHECK(has(text));
  }
}
