#include "storage/model/read_meters.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::storage {

namespace {

const Timestamp start = from_epoch_ms(1'700'000'000'000);

Timestamp after_ms(std::int64_t ms) {
  return start + std::chrono::milliseconds{ms};
}

// How many GetRecords of no bytes are served at once.
int served(ReadMeters& meters, Timestamp at) {
  int count = 0;
  for (; count < 100 && !meters.get_records(at); ++count) {
  }
  return count;
}

}  // namespace

TEST_CASE("A shard serves five GetRecords a second and one more every 200 ms") {
  ReadMeters meters;
  CHECK(served(meters, start) == 5);
  CHECK(served(meters, after_ms(199)) == 0);
  CHECK(served(meters, after_ms(200)) == 1);
  CHECK(served(meters, after_ms(399)) == 0);
  CHECK(served(meters, after_ms(800)) == 3);
  CHECK(served(meters, after_ms(5000)) == 5);
}

TEST_CASE("GetShardIterator has a limit of its own, five a second") {
  ReadMeters meters;
  CHECK(served(meters, start) == 5);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(meters.get_shard_iterator(start));
  const auto excess = meters.get_shard_iterator(start);
  REQUIRE(excess);
  CHECK(excess->limit == ReadLimit::iterators);
  CHECK(excess->per_second == 6);
  CHECK(meters.get_shard_iterator(after_ms(199)));
  CHECK_FALSE(meters.get_shard_iterator(after_ms(200)));
}

TEST_CASE("What was read beyond two megabytes a second closes the shard until it is paid for") {
  struct Row {
    std::string why;
    std::vector<std::int64_t> bytes;  // of reads at once
    std::int64_t closed_ms;           // until then
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", {0}, 0},
      {"less than a second's worth", {1'999'999}, 0},
      {"a second's worth", {2'000'000}, 0},
      {"half a second's worth too much", {1'500'000, 1'500'000}, 1500},
      {"ten megabytes: five seconds", {10'000'000}, 5000},
      {"ten mebibytes, the largest page", {10 << 20}, 5243},
  }));
  INFO(row.why);
  ReadMeters meters;
  for (const std::int64_t bytes : row.bytes) {
    REQUIRE_FALSE(meters.get_records(start));
    meters.charge(bytes, start);
  }
  if (row.closed_ms > 0) {
    const auto excess = meters.get_records(after_ms(row.closed_ms - 1));
    REQUIRE(excess);
    CHECK(excess->limit == ReadLimit::bytes);
    CHECK(excess->per_second > shard_read_bytes_per_second);
  }
  CHECK_FALSE(meters.get_records(after_ms(row.closed_ms)));
}

TEST_CASE("A reader at exactly the limits is never refused") {
  ReadMeters meters;
  for (int i = 0; i < 1000; ++i) {
    const Timestamp now = after_ms(i * std::int64_t{200});
    REQUIRE_FALSE(meters.get_records(now));
    meters.charge(400'000, now);
  }
}

TEST_CASE("The rate that went over a limit is that since the last pause") {
  ReadMeters meters;
  // Six calls a second: the five that were saved up last for four seconds.
  std::optional<ReadExcess> excess;
  std::int64_t calls = 0;
  for (; !excess && calls < 100; ++calls) excess = meters.get_records(after_ms(calls * 1000 / 6));
  REQUIRE(excess);
  CHECK(calls == 26);
  CHECK(excess->limit == ReadLimit::get_records);
  CHECK(excess->per_second == 6);
  meters.charge(3'100'000, after_ms(60'000));
  excess = meters.get_records(after_ms(60'500));
  REQUIRE(excess);
  CHECK(excess->limit == ReadLimit::bytes);
  CHECK(excess->per_second == 3'100'000);
}

TEST_CASE("A limit is news once") {
  ReadMeters meters;
  CHECK(meters.is_news(ReadLimit::bytes));
  CHECK_FALSE(meters.is_news(ReadLimit::bytes));
  CHECK(meters.is_news(ReadLimit::get_records));
  CHECK(meters.is_news(ReadLimit::iterators));
}

}  // namespace kinesisd::storage
