// What AWS throttles of reading: refused, or served and counted, or neither.
#include "storage/records/reads.hpp"
#include "storage/streams/counts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace kinesisd::tests {

namespace {

enum class Mode { off, observed, enforced };

StreamSettings reading(Mode mode) {
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  settings.observe_read_limits = mode == Mode::observed;
  settings.enforce_read_limits = mode == Mode::enforced;
  return settings;
}

const std::string refusal = "Rate exceeded for Shard - 000000000000/orders/shardId-000000000000";

std::string read_error(StorageFixture& fixture, const std::string& from) {
  return error_text(begin_read(fixture.state(), from, {}, fixture.now()));
}

std::string iterator_error(StorageFixture& fixture, const std::string& shard = "0") {
  return error_text(
      shard_iterator(fixture.state(), stream_key, shard, {IteratorType::LATEST, {}, {}}, fixture.now()));
}

}  // namespace

TEST_CASE("Enforced, the sixth read of a shard within a second is refused, and reads return every 200 ms") {
  MemoryFixture fixture(reading(Mode::enforced));
  fixture.create(stream_key, provisioned(2));
  const auto from = fixture.iterator();
  const auto other = fixture.iterator({IteratorType::TRIM_HORIZON, {}, {}}, "1");
  for (int i = 0; i < 5; ++i) CHECK(read_error(fixture, from).empty());
  const auto refused = begin_read(fixture.state(), from, {}, fixture.now());
  CHECK(error_type(refused) == protocol::ErrorType::ProvisionedThroughputExceededException);
  CHECK(error_text(refused) == refusal);
  CHECK(read_error(fixture, other).empty());
  fixture.clock.advance_ms(199);
  CHECK(read_error(fixture, from) == refusal);
  fixture.clock.advance_ms(1);
  CHECK(read_error(fixture, from).empty());
  CHECK(read_error(fixture, from) == refusal);
  CHECK(reads_over_limit(fixture.state()) == 0);
}

TEST_CASE("Enforced, the sixth iterator of a shard within a second is refused") {
  MemoryFixture fixture(reading(Mode::enforced));
  fixture.create(stream_key, provisioned(2));
  for (int i = 0; i < 5; ++i) CHECK(iterator_error(fixture).empty());
  CHECK(iterator_error(fixture) == refusal);
  CHECK(iterator_error(fixture, "1").empty());
  fixture.clock.advance_ms(199);
  CHECK(iterator_error(fixture) == refusal);
  fixture.clock.advance_ms(1);
  CHECK(iterator_error(fixture).empty());
}

TEST_CASE("Enforced, what else is wrong with a read is said first and costs nothing") {
  MemoryFixture fixture(reading(Mode::enforced));
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  for (int i = 0; i < 10; ++i) {
    CHECK(read_error(fixture, "no iterator") == "Invalid ShardIterator.");
    CHECK(error_type(shard_iterator(fixture.state(), stream_key, "0", {IteratorType::AT_TIMESTAMP, {}, {}},
                                    fixture.now())) == protocol::ErrorType::InvalidArgumentException);
  }
  CHECK(read_error(fixture, from).empty());
  for (int i = 0; i < 4; ++i) CHECK(iterator_error(fixture).empty());
  CHECK(iterator_error(fixture) == refusal);
}

TEST_CASE("Enforced, a page of 10 MiB closes its shard for the next five seconds, from memory or the disk") {
  const bool from_disk = GENERATE(false, true);
  const TemporaryDirectory directory;
  Opened database = open_database({.path = directory.file("data.db"), .durability = Durability::process});
  auto settings = reading(Mode::enforced);
  if (from_disk) settings.memory_bytes_max = 0;
  StorageFixture fixture(*database.engine, settings, {}, database.key);
  fixture.create(stream_key, provisioned(2));
  for (int i = 0; i < 11; ++i) fixture.put("k", std::string(1 << 20, 'x'));
  fixture.settle();
  const auto shard = describe_stream(fixture.state(), stream_key, {}, {}, fixture.now()).value().shards[0];
  const std::string number = shard.range.contains(hash_of("k")) ? "0" : "1";
  const auto from = fixture.iterator({IteratorType::TRIM_HORIZON, {}, {}}, number);
  const auto idle = fixture.iterator({IteratorType::TRIM_HORIZON, {}, {}}, number == "0" ? "1" : "0");
  REQUIRE(begin_read(fixture.state(), from, 1, fixture.now()).value().disk.has_value() == from_disk);
  fixture.clock.advance_ms(10'000);

  const auto page = fixture.read(from, database.reader.get());
  REQUIRE(page.records.size() == 10);
  const std::string closed = "Rate exceeded for Shard - 000000000000/orders/shardId-00000000000" + number;
  CHECK(read_error(fixture, *page.next_iterator) == closed);
  CHECK(read_error(fixture, idle).empty());
  fixture.clock.advance_ms(5000);
  CHECK(read_error(fixture, *page.next_iterator) == closed);
  fixture.clock.advance_ms(242);
  CHECK(read_error(fixture, *page.next_iterator) == closed);
  fixture.clock.advance_ms(1);
  CHECK(fixture.read(*page.next_iterator, database.reader.get()).records.size() == 1);
}

TEST_CASE("Enforced, a page that comes when its stream is gone is charged to nobody") {
  MemoryFixture fixture(reading(Mode::enforced));
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "d");
  fixture.settle();
  auto read = begin_read(fixture.state(), fixture.iterator(), {}, fixture.now());
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  fixture.settle();
  CHECK(finish_read(fixture.state(), std::move(read).value(), fixture.now()).value().records.size() == 1);
}

TEST_CASE("Observed, every call is served, all beyond the limit are counted, and one is told of") {
  MemoryFixture fixture(reading(Mode::observed));
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  const auto from = fixture.iterator();
  int told = 0;
  for (int i = 0; i < 20; ++i) {
    const auto read = begin_read(state, from, {}, fixture.now());
    REQUIRE(read);
    if (!read.value().excess) continue;
    ++told;
    CHECK(i == 5);
    CHECK(read.value().excess->limit == ReadLimit::get_records);
    CHECK(read.value().excess->per_second == 6);
  }
  CHECK(told == 1);
  CHECK(reads_over_limit(state) == 15);
  for (int i = 1; i < 20; ++i) {
    const auto made =
        shard_iterator(state, stream_key, "0", {IteratorType::LATEST, {}, {}}, fixture.now()).value();
    CHECK(made.excess.has_value() == (i == 5));
  }
  CHECK(reads_over_limit(state) == 30);
}

TEST_CASE("Observed, bytes beyond the limit are told of with the next call and cost AWS's reader nothing") {
  MemoryFixture fixture(reading(Mode::observed));
  fixture.create(stream_key, provisioned(1));
  for (int i = 0; i < 3; ++i) fixture.put("k", std::string(1 << 20, 'x'));
  fixture.settle();
  const auto from = fixture.iterator();
  CHECK(fixture.read(from).records.size() == 3);
  fixture.clock.advance_ms(1000);
  auto read = begin_read(fixture.state(), from, {}, fixture.now()).value();
  REQUIRE(read.excess);
  CHECK(read.excess->limit == ReadLimit::bytes);
  CHECK(read.excess->per_second == 3 << 20);
  CHECK(finish_read(fixture.state(), std::move(read), fixture.now()).value().records.size() == 3);
  // AWS would not have served that: three mebibytes are paid for after 1,573 ms, not six.
  fixture.clock.advance_ms(573);
  CHECK_FALSE(begin_read(fixture.state(), from, {}, fixture.now()).value().over_limit);
  CHECK(reads_over_limit(fixture.state()) == 1);
}

TEST_CASE("Off, nothing is refused, counted or told of") {
  MemoryFixture fixture(reading(Mode::off));
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  const auto from = fixture.iterator();
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(begin_read(state, from, {}, fixture.now()).value().excess);
    CHECK(iterator_error(fixture).empty());
  }
  CHECK(reads_over_limit(state) == 0);
}

}  // namespace kinesisd::tests
