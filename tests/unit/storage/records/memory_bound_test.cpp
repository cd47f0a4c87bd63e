// Records beyond the memory bound are read from the disk; expired ones leave both.
#include <SQLiteCpp/Database.h>

#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using Data = std::vector<std::string>;

StreamSettings bounded(std::size_t bytes) {
  auto settings = settings_with(0);
  settings.memory_bytes_max = bytes;
  return settings;
}

Data numbers(int from, int below) {
  Data texts;
  for (int i = from; i < below; ++i) texts.push_back(std::to_string(i));
  return texts;
}

constexpr std::size_t room_for_twenty = 2'000;

}  // namespace

TEST_CASE("The oldest records leave memory first, over all shards, and are read from the disk") {
  TemporaryDirectory directory;
  Opening opening(OnDisk::path(directory), bounded(room_for_twenty));
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(3));
  for (int i = 0; i < 300; ++i) {
    storage.put(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "e", std::to_string(i));
    storage.settle();
    REQUIRE(storage.state().memory_bytes <= room_for_twenty);
  }
  const auto& state = storage.state();
  CHECK(state.records_in_memory > 10);
  CHECK(state.records_in_memory < 30);
  for (const auto& [serial, shard] : state.shards) {
    const auto& [newest, oldest] = std::pair{shard->log.back()->data(), shard->log.front()->data()};
    CHECK(std::stoi(std::string{newest}) >= 297);
    CHECK(std::stoi(std::string{oldest}) >= 270);
  }
  for (int shard = 0; shard < 3; ++shard) {
    Data expected;
    for (int i = shard; i < 300; i += 3) expected.push_back(std::to_string(i));
    CHECK(opening.read_all(storage.iterator({IteratorType::TRIM_HORIZON}, std::to_string(shard))) ==
          expected);
  }
}

TEST_CASE("Pages from the disk keep the limits, the position and the order") {
  TemporaryDirectory directory;
  Opening opening(OnDisk::path(directory), bounded(room_for_twenty));
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  std::vector<Timestamp> times;
  std::vector<SequenceNumber> given;
  for (int i = 0; i < 100; ++i) {
    storage.clock.advance_ms(10);
    times.push_back(storage.now());
    given.push_back(storage.put("k", std::to_string(i)));
  }
  storage.settle();
  auto* reader = opening.opened.reader.get();
  SECTION("a page ends where it was told to, and says how far behind it is") {
    const auto page = storage.read(storage.iterator(), reader, 30);
    REQUIRE(page.records.size() == 30);
    CHECK(page.records.back()->data() == "29");
    CHECK(page.millis_behind_latest == 700);
    CHECK(page.sequence_number_of(*page.records[7]) == given[7]);
    CHECK(opening.read_all(*page.next_iterator) == numbers(30, 100));
  }
  SECTION("by number and by time") {
    const int at = GENERATE(0, 1, 42, 79, 99);
    INFO(at);
    const auto place = static_cast<std::size_t>(at);
    CHECK(opening.read_all(storage.iterator({IteratorType::AT_SEQUENCE_NUMBER, given[place].to_string()})) ==
          numbers(at, 100));
    CHECK(opening.read_all(storage.iterator({IteratorType::AT_TIMESTAMP, {}, times[place]})) ==
          numbers(at, 100));
    CHECK(opening.read_all(storage.iterator(
              {IteratorType::AT_TIMESTAMP, {}, times[place] - std::chrono::milliseconds{9}})) ==
          numbers(at, 100));
  }
  SECTION("what is in memory is not looked for on the disk") {
    CHECK(storage.read(storage.iterator({IteratorType::AT_TIMESTAMP, {}, times.back()})).records.size() == 1);
    CHECK(storage.read(storage.iterator({IteratorType::LATEST})).records.empty());
  }
}

TEST_CASE("A page from the disk holds at most 10 MiB") {
  TemporaryDirectory directory;
  Opening opening(OnDisk::path(directory), bounded(1));
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  for (int i = 0; i < 12; ++i) storage.put("k", std::string(1 << 20, 'x'));
  storage.settle();
  const auto page = storage.read(storage.iterator(), opening.opened.reader.get());
  CHECK(page.records.size() == 10);
  CHECK(opening.read_all(*page.next_iterator).size() == 2);
}

TEST_CASE("Records on the disk expire: unreadable at once, deleted slice by slice") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  GroupCommitLimits limits;
  limits.slice.records_max = 7;
  limits.pace.smallest_slice = 1;
  Opening opening(path, bounded(room_for_twenty), limits);
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  for (int i = 0; i < 60; ++i) storage.put("k", std::to_string(i));
  storage.settle();
  storage.clock.advance_hours(23);
  for (int i = 60; i < 100; ++i) storage.put("k", std::to_string(i));
  storage.settle();
  storage.clock.advance_hours(1);
  CHECK(opening.read_all(storage.iterator()) == numbers(60, 100));
  CHECK(query(path, "SELECT count(*) FROM records") == "100");
  REQUIRE(storage.journal.trim_slice());
  CHECK(query(path, "SELECT count(*) FROM records") == "93");
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "40");
  CHECK(opening.read_all(storage.iterator()) == numbers(60, 100));
  storage.clock.advance_hours(23);
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
  CHECK(storage.state().memory_bytes == 0);
  CHECK(opening.read_all(storage.iterator()).empty());
  storage.put("k", "new");
  storage.settle();
  CHECK(opening.read_all(storage.iterator()) == Data{"new"});
}

TEST_CASE("The rows of deleted streams go slice by slice, those of others stay") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  GroupCommitLimits limits;
  limits.slice.records_max = 10;
  limits.pace.smallest_slice = 1;
  Opening opening(path, settings_with(0), limits);
  StorageFixture& storage = *opening.storage;
  const StreamKey other{world, "other"};
  storage.create(stream_key, provisioned(2));
  storage.create(other, provisioned(1));
  for (int i = 0; i < 30; ++i) {
    storage.put("a", "d");
    storage.put("e", "d");
    storage.put("k", std::to_string(i), other);
  }
  storage.settle();
  REQUIRE(delete_stream(storage.state(), stream_key, false, storage.now()));
  storage.settle();
  CHECK(query(path, "SELECT count(*) FROM records") == "90");
  REQUIRE(storage.journal.trim_slice());
  CHECK(query(path, "SELECT count(*) FROM records") == "80");
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "30");
  CHECK(query(path, "SELECT group_concat(name) FROM streams") == "other");
  CHECK(query(path, "SELECT count(*) FROM shards") == "1");
  CHECK(opening.read_all(storage.iterator({IteratorType::TRIM_HORIZON}, "0", other)) == numbers(0, 30));
}

TEST_CASE("The file shrinks when streams are deleted, slice by slice, and keeps what others have") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  Opening opening(path);
  StorageFixture& storage = *opening.storage;
  const StreamKey other{world, "other"};
  storage.create(stream_key, provisioned(1));
  storage.create(other, provisioned(1));
  // What stays lies behind and between what goes.
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 16; ++n) storage.put("k", std::string(20'000, 'x'));
    storage.put("k", std::to_string(i) + std::string(10'000, 'y'), other);
    storage.settle();
  }
  const auto pages = [&] { return std::stoi(query(path, "PRAGMA page_count")); };
  const auto all = pages();
  REQUIRE(all > 4000);
  REQUIRE(delete_stream(storage.state(), stream_key, false, storage.now()));
  storage.settle();
  int slices = 0;
  int before = all;
  while (storage.journal.trim_slice()) {
    ++slices;
    CHECK(before - pages() <= static_cast<int>(SliceLimits{}.bytes_max) / 8192 + 2);
    before = pages();
  }
  CHECK(slices > 5);
  CHECK(pages() < all / 4);
  CHECK(query(path, "PRAGMA integrity_check") == "ok");
  const auto kept = opening.read_all(storage.iterator({IteratorType::TRIM_HORIZON}, "0", other));
  REQUIRE(kept.size() == 100);
  for (int i = 0; i < 100; ++i)
    CHECK(kept[static_cast<std::size_t>(i)] == std::to_string(i) + std::string(10'000, 'y'));
}

TEST_CASE("A file from before files could shrink is swept as well, and keeps its size") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  { Opening made(path); }
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA auto_vacuum = NONE; VACUUM");
  Opening opening(path);
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  for (int i = 0; i < 1000; ++i) storage.put("k", std::string(20'000, 'x'));
  storage.settle();
  const auto all = query(path, "PRAGMA page_count");
  REQUIRE(delete_stream(storage.state(), stream_key, false, storage.now()));
  storage.settle();
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
  CHECK(query(path, "PRAGMA page_count") == all);
}

TEST_CASE("After a restart old records come from the disk and new ones from memory") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    for (int i = 0; i < 50; ++i) opening.storage->put("k", std::to_string(i));
    opening.storage->settle();
  }
  Opening opening(path);
  StorageFixture& storage = *opening.storage;
  CHECK(storage.state().memory_bytes == 0);
  for (int i = 50; i < 60; ++i) storage.put("k", std::to_string(i));
  storage.settle();
  CHECK(opening.read_all(storage.iterator()) == numbers(0, 60));
  storage.clock.advance_hours(24);
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
}

TEST_CASE("What evicting keeps in mind is bounded by what is in memory") {
  auto settings = settings_with(0);
  settings.memory_bytes_max = 1 << 20;
  MemoryFixture fixture(settings);
  const StreamKey lasting{world, "lasting"};
  fixture.create(lasting, provisioned(1));
  REQUIRE(increase_retention(fixture.state(), lasting, 8760, fixture.now()));
  fixture.put("k", "stays at the front", lasting);
  fixture.create(stream_key, provisioned(1));
  for (int hour = 0; hour < 100; ++hour) {
    for (int i = 0; i < 50; ++i) {
      fixture.put("k", "d");
      fixture.settle();
    }
    fixture.clock.advance_hours(25);
    while (fixture.journal.trim_slice()) {
    }
  }
  CHECK(fixture.state().records_in_memory == 1);
  CHECK(fixture.state().eviction_order.size() < 1500);
}

}  // namespace kinesisd::tests
