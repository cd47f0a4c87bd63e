// GetRecords, from memory.
#include "storage/records/reads.hpp"
#include "storage/records/puts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;

constexpr auto trim_horizon = IteratorType::TRIM_HORIZON;
constexpr auto latest = IteratorType::LATEST;
constexpr auto at_timestamp = IteratorType::AT_TIMESTAMP;

std::vector<std::string> data(const RecordPage& page) {
  std::vector<std::string> found;
  for (const auto& record : page.records) found.emplace_back(record->data());
  return found;
}

using Data = std::vector<std::string>;

// A closed shard 0 with the open children 1 and 2 (2 also descends from the closed shard 3).
void restore_closed(MemoryFixture& fixture) {
  RestoredStream stream;
  stream.row.serial = 1;
  stream.row.key = stream_key;
  const auto add = [&](std::uint32_t index, HashKeyRange range, bool closed, std::optional<ShardIndex> parent,
                       std::optional<ShardIndex> adjacent) {
    ShardRow row;
    row.serial = index + 1;
    row.index = {index};
    row.range = range;
    row.parent = parent;
    row.adjacent_parent = adjacent;
    row.created_s = 1'699'999'000;
    row.opened = fixture.now();
    if (closed) {
      row.closed = fixture.now();
      row.closed_s = 1'699'999'001;
    }
    stream.shards.push_back({row, 0, std::nullopt, row.opened});
  };
  add(0, even_range(0, 2), true, {}, {});
  add(1, even_range(0, 4), false, ShardIndex{0}, {});
  add(2, {even_range(1, 4).starting, hash_key_max}, false, ShardIndex{0}, ShardIndex{3});
  add(3, even_range(1, 2), true, {}, {});
  Restored restored;
  restored.streams.push_back(std::move(stream));
  restore(fixture.state(), std::move(restored), fixture.now());
}

}  // namespace

TEST_CASE("LATEST sees what is put after the iterator was made, whenever it is first read") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "before");
  fixture.settle();
  const auto from = fixture.iterator({latest});
  fixture.put("k", "after");
  fixture.settle();
  CHECK(data(fixture.read(from)) == Data{"after"});
  CHECK(data(fixture.read(from)) == Data{"after"});
}

TEST_CASE("AT_TIMESTAMP waits at the tip for what arrives later") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "before");
  fixture.settle();
  fixture.clock.advance_ms(10);
  const auto empty = fixture.read(fixture.iterator({at_timestamp, {}, fixture.now()}));
  CHECK(empty.records.empty());
  CHECK(empty.millis_behind_latest == 0);
  fixture.put("k", "after");
  fixture.settle();
  CHECK(data(fixture.read(*empty.next_iterator)) == Data{"after"});
}

TEST_CASE("Nothing is readable before it is durable, and then in order") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  fixture.put("k", "1");
  const auto page = fixture.read(from);
  CHECK(page.records.empty());
  CHECK(page.millis_behind_latest == 0);
  REQUIRE(page.next_iterator);
  fixture.settle();
  fixture.put("k", "2");
  CHECK(data(fixture.read(from)) == Data{"1"});
  CHECK(data(fixture.read(*page.next_iterator)) == Data{"1"});
  fixture.settle();
  CHECK(data(fixture.read(from)) == Data{"1", "2"});
}

TEST_CASE("Pages hold what was asked for, at most 10,000 records and 10 MiB, but always one record") {
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(1));
  SECTION("records") {
    for (int i = 0; i < 10'001; ++i) fixture.put("k", "d");
    fixture.settle();
    CHECK(fixture.read(fixture.iterator(), nullptr, 7).records.size() == 7);
    CHECK(fixture.read(fixture.iterator(), nullptr, 10'000).records.size() == 10'000);
    const auto first = fixture.read(fixture.iterator());
    CHECK(first.records.size() == 10'000);
    const auto second = fixture.read(*first.next_iterator);
    CHECK(second.records.size() == 1);
    CHECK(second.millis_behind_latest == 0);
  }
  SECTION("bytes") {
    const std::string mebibyte(1 << 20, 'x');
    for (int i = 0; i < 11; ++i) fixture.put("k", mebibyte);
    fixture.put("k", std::string(11 << 20, 'y'));
    fixture.put("k", "z");
    fixture.settle();
    const auto first = fixture.read(fixture.iterator());
    CHECK(first.records.size() == 10);
    const auto second = fixture.read(*first.next_iterator);
    CHECK(second.records.size() == 1);
    const auto third = fixture.read(*second.next_iterator);
    CHECK(data(third) == Data{std::string(11 << 20, 'y')});
    CHECK(data(fixture.read(*third.next_iterator)) == Data{"z"});
  }
}

TEST_CASE("MillisBehindLatest is the age of the last record until the tip is reached") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "1");
  fixture.clock.advance_ms(400);
  fixture.put("k", "2");
  fixture.settle();
  fixture.clock.advance_ms(600);
  const auto first = fixture.read(fixture.iterator(), nullptr, 1);
  CHECK(first.millis_behind_latest == 1000);
  const auto second = fixture.read(*first.next_iterator, nullptr, 1);
  CHECK(second.millis_behind_latest == 0);
  CHECK(second.next_iterator);
}

TEST_CASE("A page's records carry the numbers their puts were answered with") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  fixture.clock.advance_ms(5'500);
  const auto number = fixture.put("e", "d");
  fixture.settle();
  const auto page = fixture.read(fixture.iterator({trim_horizon}, "1"));
  REQUIRE(page.records.size() == 1);
  CHECK(page.sequence_number_of(*page.records[0]) == number);
  CHECK(page.records[0]->partition_key() == "e");
  CHECK(page.records[0]->arrived() == fixture.now());
}

TEST_CASE("Iterators live five minutes, may be used again, and always renew") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  fixture.clock.advance_ms(300'000);
  const auto page = fixture.read(from);
  REQUIRE(page.next_iterator);
  CHECK(*page.next_iterator != from);
  CHECK(*fixture.read(from).next_iterator != *page.next_iterator);
  fixture.clock.advance_ms(1);
  const auto expired = begin_read(fixture.state(), from, {}, fixture.now());
  CHECK(error_type(expired) == ErrorType::ExpiredIteratorException);
  CHECK(
      error_text(expired) ==
      "Iterator expired. The iterator was created at time Tue Nov 14 22:13:20 UTC 2023 while right now it is "
      "Tue Nov "
      "14 22:18:20 UTC 2023 which is further in the future than the tolerated delay of 300000 milliseconds.");
  CHECK(fixture.read(*page.next_iterator).next_iterator);
}

TEST_CASE("Foreign text is no iterator") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto text = GENERATE(as<std::string>{}, "", "x", "AAAAAAAAAAGU", "\"\"", "AAAA====");
  INFO(text);
  const auto read = begin_read(fixture.state(), text, {}, fixture.now());
  CHECK(error_type(read) == ErrorType::InvalidArgumentException);
  CHECK(error_text(read) == "Invalid ShardIterator.");
}

TEST_CASE("Iterators end with their stream, also when the name is taken again") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  const std::string gone =
      "Shard shardId-000000000000 in stream orders under account 000000000000 does not exist";
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  CHECK(error_text(begin_read(fixture.state(), from, {}, fixture.now())) == gone);
  fixture.create(stream_key, provisioned(1));
  const auto read = begin_read(fixture.state(), from, {}, fixture.now());
  CHECK(error_text(read) == gone);
  CHECK(error_type(read) == ErrorType::ResourceNotFoundException);
}

TEST_CASE("Expired records are not returned, trimmed or not") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "old");
  fixture.clock.advance_ms(1);
  fixture.put("k", "young");
  fixture.settle();
  fixture.clock.advance_hours(24);
  fixture.clock.advance_ms(-2);
  CHECK(data(fixture.read(fixture.iterator())) == Data{"old", "young"});
  fixture.clock.advance_ms(1);
  CHECK(data(fixture.read(fixture.iterator())) == Data{"young"});
  fixture.clock.advance_ms(1);
  const auto empty = fixture.read(fixture.iterator());
  CHECK(empty.records.empty());
  CHECK(empty.millis_behind_latest == 0);
  fixture.put("k", "new");
  fixture.settle();
  CHECK(data(fixture.read(*empty.next_iterator)) == Data{"new"});
}

TEST_CASE("The end of a closed shard names its children, on an empty page without an iterator") {
  MemoryFixture fixture;
  restore_closed(fixture);
  const auto type = GENERATE(trim_horizon, latest);
  const auto page = fixture.read(fixture.iterator({type}));
  CHECK(page.records.empty());
  CHECK_FALSE(page.next_iterator);
  CHECK(page.millis_behind_latest == 0);
  REQUIRE(page.children.size() == 2);
  CHECK(page.children[0].index == ShardIndex{1});
  CHECK(page.children[0].parents == std::vector{ShardIndex{0}});
  CHECK(page.children[0].range == even_range(0, 4));
  CHECK(page.children[1].parents == std::vector{ShardIndex{0}, ShardIndex{3}});
  const auto other = fixture.read(fixture.iterator({type}, "3"));
  REQUIRE(other.children.size() == 1);
  CHECK(other.children[0].index == ShardIndex{2});
}

TEST_CASE("Puts go to the children of a closed shard") {
  MemoryFixture fixture;
  restore_closed(fixture);
  const auto put =
      put_record(fixture.state(), stream_key, {0, make_record("k", "d")}, std::nullopt, fixture.now())
          .value();
  CHECK(put.placed.shard == ShardIndex{1});
}

}  // namespace kinesisd::tests
