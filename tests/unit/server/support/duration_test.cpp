#include "server/support/duration.hpp"

#include <catch2/catch.hpp>

using namespace kinesisd::server::document;

TEST_CASE("Durations are read as people write them") {
  struct Row {
    const char* text;
    std::int64_t ms;  // -1: refused
  };
  const auto row = GENERATE(values<Row>({
      {"500ms", 500},
      {"500 ms", 500},
      {" 5s ", 5000},
      {"5 seconds", 5000},
      {"1 second", 1000},
      {"1.5s", 1500},
      {"0.3 s", 300},
      {"1 minute", 60'000},
      {"90m", 5'400'000},
      {"2 mins", 120'000},
      {"25h", 90'000'000},
      {"1 Hour", 3'600'000},
      {"2 days", 172'800'000},
      {"7d", 604'800'000},
      {"100", 100},
      {"0", 0},
      {"0s", 0},
      {"1 us", 1},
      {"1500 micros", 2},
      {"999999 ns", 1},
      {"", -1},
      {"s", -1},
      {"5 parsecs", -1},
      {"5 hs", -1},
      {"-1", -1},
      {"1e3", -1},
      {"1..5s", -1},
      {"1s2", -1},
      {"0x10", -1},
      {"nan", -1},
      {"inf", -1},
      {"unlimited", -1},
      {"101 years", -1},
      {"40000 days", -1},
      {"99999999999999999999", -1},
  }));
  INFO(row.text);
  const auto duration = parse_duration(row.text);
  CHECK((duration ? duration->count() : -1) == row.ms);
}

TEST_CASE("Endless durations are taken where they make sense") {
  const char* word = GENERATE("Infinity", "inf", "Inf", "infinite", "unlimited", "UNLIMITED");
  CHECK(parse_duration(word, Endless::allowed) == endless);
  CHECK_FALSE(parse_duration(word));
}
