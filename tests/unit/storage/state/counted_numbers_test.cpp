// Sequence numbers that count instead of telling time.
#include "storage/shards/shards.hpp"
#include "tests/unit/storage/database_fixture.hpp"
#include "tests/unit/storage/shard_walk.hpp"

namespace kinesisd::tests {

namespace {

StreamSettings counting() {
  StreamSettings settings = settings_with(0);
  settings.counted_numbers = true;
  return settings;
}

// All numbers of a stream through a split and a merge, with `pause_ms` between the steps.
std::vector<std::string> numbers(StorageFixture& fixture, std::int64_t pause_ms) {
  std::vector<std::string> found;
  fixture.create(stream_key, provisioned(2));
  const auto put = [&] {
    fixture.clock.advance_ms(pause_ms);
    for (const char* key : {"a", "b", "c", "d"}) found.push_back(fixture.put(key, key).to_string());
    fixture.settle();
  };
  put();
  REQUIRE(split_shard(fixture.state(), stream_key, "0", "1000", fixture.now()));
  put();
  REQUIRE(merge_shards(fixture.state(), stream_key, "3", "1", fixture.now()));
  put();
  for (const ShardSummary& shard : list_shards(fixture)) {
    found.push_back(shard.starting.to_string());
    if (shard.ending) found.push_back(shard.ending->to_string());
  }
  return found;
}

}  // namespace

TEST_CASE("Counted numbers are the same whatever the time") {
  MemoryFixture now(counting());
  MemoryFixture later(counting());
  later.clock.advance_hours(1000);
  const auto first = numbers(now, 10);
  CHECK(numbers(later, 3000) == first);
  MemoryFixture timed;
  CHECK(numbers(timed, 10) != first);
}

TEST_CASE("Counted numbers of children are above those of their parents") {
  MemoryFixture fixture(counting());
  numbers(fixture, 0);
  const auto shards = list_shards(fixture);
  REQUIRE(indexes(shards) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  for (const ShardSummary& shard : shards) {
    for (const auto& parent : {shard.parent, shard.adjacent_parent}) {
      if (!parent) continue;
      const auto& ending = shards[parent->value].ending;
      REQUIRE(ending);
      CHECK(*ending < shard.starting);
      CHECK(ending->recorded_s < shard.starting.shard_created_s);
    }
  }
  CHECK(shards[3].ending->recorded_s == shards[1].ending->recorded_s);
}

TEST_CASE("A number within a shard has the shard's creation and how many came before it") {
  MemoryFixture fixture(counting());
  fixture.create(stream_key, provisioned(1));
  const auto first = fixture.put("k", "a");
  fixture.clock.advance_hours(1);
  const auto second = fixture.put("k", "b");
  CHECK(first.recorded_s == first.shard_created_s + 1);
  CHECK(second.recorded_s == first.shard_created_s + 2);
  CHECK(second.index == first.index + 1);
  CHECK(first < second);
}

TEST_CASE("A shard that has counted up to the first time there is goes on with the time") {
  CHECK(logical_s(counted_s_end - 1, 10, from_epoch_ms(ManualClock::start_ms)) == counted_s_end + 9);
  CHECK(logical_s(counted_s_end, 10, from_epoch_ms(ManualClock::start_ms)) == ManualClock::start_ms / 1000);
}

TEST_CASE("Counted numbers go on over a restart, also when those of new streams no longer count") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("streams.db");
  SequenceNumber before;
  {
    Opening first(path, counting());
    first.storage->create(stream_key, provisioned(1));
    before = first.storage->put("k", "a");
    first.storage->settle();
  }
  const bool still_counting = GENERATE(true, false);
  Opening again(path, still_counting ? counting() : settings_with(0));
  const auto after = again.storage->put("k", "b");
  CHECK(after.shard_created_s == before.shard_created_s);
  CHECK(after.recorded_s == before.recorded_s + 1);
  again.storage->settle();
  const IteratorStart start{IteratorType::AFTER_SEQUENCE_NUMBER, before.to_string(), {}};
  CHECK(again.read_all(again.storage->iterator(start)) == std::vector<std::string>{"b"});
  const StreamKey other{world, "other"};
  again.storage->create(other, provisioned(1));
  CHECK((again.storage->put("k", "c", other).shard_created_s < counted_s_end) == still_counting);
}

}  // namespace kinesisd::tests
