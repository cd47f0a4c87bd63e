#include "server/support/log.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <sstream>

using namespace kinesisd::server;

namespace {

// Lines without their time, which must be there.
std::vector<std::string> lines_of(const std::ostringstream& out) {
  const std::string time = "2026-11-23T04:05:06.123Z ";
  std::vector<std::string> lines;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) {
    REQUIRE(line.size() > time.size());
    CHECK(line[10] == 'T');
    CHECK(line.substr(23, 2) == "Z ");
    lines.push_back(line.substr(time.size()));
  }
  return lines;
}

}  // namespace

TEST_CASE("A log line is time, level and message") {
  std::ostringstream out;
  Log log(LogLevel::info, LogFormat::text, out);
  log.info("{} shards", 3);
  log.warn("two\nlines");
  log.error("bad");
  CHECK(lines_of(out) == std::vector<std::string>{"info  3 shards", "warn  two lines", "error bad"});
}

TEST_CASE("Lines below the level are not written") {
  std::ostringstream out;
  Log log(LogLevel::warn, LogFormat::text, out);
  log.debug("a");
  log.info("b");
  CHECK_FALSE(log.enabled(LogLevel::info));
  CHECK(log.enabled(LogLevel::warn));
  CHECK(out.str().empty());
}

TEST_CASE("Equal lines after each other become one with their number") {
  std::ostringstream out;
  {
    Log log(LogLevel::info, LogFormat::text, out);
    for (int i = 0; i < 4; ++i) log.info("same");
    log.info("other");
    log.warn("other");
    log.warn("other");
  }
  CHECK(lines_of(out) == std::vector<std::string>{"info  same", "info  same (repeated 3 times)",
                                                  "info  other", "warn  other",
                                                  "warn  other (repeated once)"});
}

TEST_CASE("A JSON line escapes what the message holds") {
  std::ostringstream out;
  Log log(LogLevel::info, LogFormat::json, out);
  log.info("a \"b\" \\ \n");
  CHECK_THAT(out.str(), Catch::StartsWith("{\"time\":\"20"));
  CHECK_THAT(out.str(), Catch::EndsWith(R"(Z","level":"info","message":"a \"b\" \\ \u000a"})"
                                        "\n"));
}

TEST_CASE("Fields are members in JSON and names with values in text") {
  const std::array<LogField, 5> fields = {{{"stream", "a b\"c\n"},
                                           {"plain", "orders"},
                                           {"none", ""},
                                           {"status", std::int64_t{200}},
                                           {"ms", 0.25}}};
  std::ostringstream json;
  Log(LogLevel::info, LogFormat::json, json).write(LogLevel::info, "request", fields);
  CHECK_THAT(json.str(), Catch::EndsWith(R"("message":"request","stream":"a b\"c\u000a","plain":"orders",)"
                                         R"("none":"","status":200,"ms":0.25})"
                                         "\n"));
  std::ostringstream text;
  Log log(LogLevel::info, LogFormat::text, text);
  log.write(LogLevel::debug, "request", fields);
  log.write(LogLevel::info, "request", fields);
  log.write(LogLevel::info, "request", fields);
  const std::string line = R"(info  request stream="a b\"c\u000a" plain=orders none="" status=200 ms=0.25)";
  CHECK(lines_of(text) == std::vector<std::string>{line, line});
}
