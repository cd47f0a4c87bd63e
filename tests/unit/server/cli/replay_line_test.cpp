// Lines of captures, their pace, and points in time.
#include "server/cli/replay_line.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "server/support/instant.hpp"

namespace kinesisd::server::commands {

namespace {

using std::chrono::milliseconds;

protocol::Timestamp at(std::int64_t ms) {
  return protocol::Timestamp(milliseconds(ms));
}

}  // namespace

TEST_CASE("A pace divides the time between writes, and never goes back") {
  Pace twice(2);
  CHECK(twice.delay(at(1000)) == milliseconds(0));
  CHECK(twice.delay(at(1500)) == milliseconds(250));
  CHECK(twice.delay(at(1200)) == milliseconds(250));
  CHECK(twice.delay(at(1501)) == milliseconds(251));
  Pace slow(0.5);
  CHECK(slow.delay(at(0)) == milliseconds(0));
  CHECK(slow.delay(at(10)) == milliseconds(20));
  Pace at_once(0);
  CHECK(at_once.delay(at(0)) == milliseconds(0));
  CHECK(at_once.delay(at(100000)) == milliseconds(0));
}

TEST_CASE("A record of a capture is read with all it has") {
  const CapturedWrite write = read_captured(
      R"({"time":"2026-01-31T09:30:00.250Z","operation":"PutRecord","stream":"s","partitionKey":"k",)"
      R"("explicitHashKey":"5","data":"aGk=","shard":"shardId-000000000000","sequenceNumber":"1"})",
      "f, line 1");
  CHECK(write.is_record);
  CHECK(write.stream == "s");
  CHECK(write.record.partition_key == "k");
  CHECK(write.record.explicit_hash_key == "5");
  CHECK(write.record.data.bytes == "hi");
  CHECK(instant_text(write.at) == "2026-01-31T09:30:00.250Z");
}

TEST_CASE("Another call is sent for the stream it is to be for, however it named its own") {
  const auto sent = [](const std::string& request) {
    const CapturedWrite write = read_captured(
        R"({"time":"2026-01-31","operation":"X","stream":"s","request":)" + request + "}", "f, line 1");
    return request_for(write, "new").value_or("nothing");
  };
  CHECK(sent(R"({"StreamName":"s","ShardCount":2})") == R"({"ShardCount":2,"StreamName":"new"})");
  CHECK(sent(R"({"StreamARN":"arn:aws:kinesis:r:1:stream/s"})") == R"({"StreamName":"new"})");
  CHECK(sent(R"({"ResourceARN":"arn"})") == "nothing");
}

TEST_CASE("Points in time are read as people write them") {
  struct Row {
    const char* text;
    const char* expected;  // "": none
  };
  const Row row = GENERATE(values<Row>({
      {"2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"},
      {"2026-01-31T09:30:00.2509Z", "2026-01-31T09:30:00.250Z"},
      {"2026-01-31T09:30:00+01:00", "2026-01-31T08:30:00.000Z"},
      {"2026-01-31T09:30:00-0130", "2026-01-31T11:00:00.000Z"},
      {"2026-01-31 09:30", "2026-01-31T09:30:00.000Z"},
      {"2026-01-31", "2026-01-31T00:00:00.000Z"},
      {"1769851800", "2026-01-31T09:30:00.000Z"},
      {"1769851800.5", "2026-01-31T09:30:00.500Z"},
      {"", ""},
      {"latest", ""},
      {"2026-02-30", ""},
      {"2026-01-31T25:00:00Z", ""},
      {"2026-01-31T09:30:00Zx", ""},
      {"1769851800.", ""},
      {"-5", ""},
  }));
  CAPTURE(row.text);
  const auto instant = parse_instant(row.text);
  CHECK((instant ? instant_text(*instant) : "") == row.expected);
}

}  // namespace kinesisd::server::commands
