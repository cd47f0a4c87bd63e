// What holds after any sequence of reshards, however fast they follow each other.
#include <map>
#include <random>

#include "storage/records/puts.hpp"
#include "storage/shards/shards.hpp"
#include "tests/unit/storage/database_fixture.hpp"
#include "tests/unit/storage/shard_walk.hpp"

namespace kinesisd::tests {

namespace {

// Reshards, puts and lets time pass at random, and remembers what was put.
class Chaos {
 public:
  Chaos(StorageFixture& fixture, unsigned seed) : fixture_(fixture), random_(seed) {}

  void step() {
    switch (below(6)) {
      case 0:
        split();
        break;
      case 1:
        merge();
        break;
      case 2:
        if (below(3) == 0) rescale();
        break;
      case 3:
        fixture_.clock.advance_ms(std::array{0, 1, 999, 60'000, 3'600'000}[below(5)]);
        break;
      default:
        for (auto puts = below(4); puts > 0; --puts) put();
    }
    if (below(3) == 0) fixture_.settle();
  }

  const std::map<std::string, Timestamp>& written() const { return written_; }
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }

 private:
  std::vector<ShardSummary> open() {
    auto shards = list_shards(fixture_, ShardFilter{ShardFilterType::AT_LATEST});
    std::sort(shards.begin(), shards.end(),
              [](const auto& a, const auto& b) { return a.range.starting < b.range.starting; });
    return shards;
  }
  void split() {
    const auto shards = open();
    const auto& shard = shards[below(shards.size())];
    if (shards.size() >= 12 || shard.range.ending - shard.range.starting < 8) return;
    const auto at =
        shard.range.starting + 2 + (shard.range.ending - shard.range.starting - 3) / (1 + below(9));
    const auto done =
        split_shard(fixture_.state(), stream_key, shard.index.shard_id(), to_string(at), fixture_.now());
    REQUIRE(error_text(done).empty());
  }
  void merge() {
    const auto shards = open();
    if (shards.size() < 2) return;
    const auto lower = below(shards.size() - 1);
    REQUIRE(merge_shards(fixture_.state(), stream_key, shards[lower].index.shard_id(),
                         shards[lower + 1].index.shard_id(), fixture_.now()));
  }
  void rescale() {
    const auto count = open().size();
    const auto target = (count + 1) / 2 + below(count + count / 2 + 1);
    REQUIRE(update_shard_count(fixture_.state(), stream_key,
                               static_cast<std::int32_t>(std::min<std::size_t>(target, 2 * count)),
                               fixture_.now()));
  }
  void put() {
    const std::string data = std::to_string(written_.size());
    const auto put = put_record(fixture_.state(), stream_key, new_record(data, data), last_, fixture_.now());
    // The last number is passed for ordering: none just issued may count as one of the future.
    REQUIRE(error_text(put).empty());
    last_ = put.value().placed.sequence_number.to_string();
    written_.emplace(data, fixture_.now());
  }

  StorageFixture& fixture_;
  std::mt19937 random_;
  std::optional<std::string> last_;
  std::map<std::string, Timestamp> written_;
};

using Data = std::multiset<std::string>;

Data as_set(const std::vector<std::string>& data) {
  return {data.begin(), data.end()};
}

}  // namespace

TEST_CASE("However shards are split and merged, each instant's shards own every hash key once") {
  const auto seed = GENERATE(range(1U, 13U));
  INFO("seed " << seed);
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(static_cast<std::int32_t>(seed % 4 + 1)));
  const auto created = fixture.now();
  Chaos chaos(fixture, seed);
  for (int steps = 0; steps < 150; ++steps) {
    chaos.step();
    REQUIRE(tile(list_shards(fixture, ShardFilter{ShardFilterType::AT_LATEST})));
    REQUIRE(tile(list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON})));
    const auto age_ms = static_cast<std::size_t>(epoch_ms(fixture.now()) - epoch_ms(created)) + 1;
    for (int instants = 0; instants < 4; ++instants) {
      const auto at = fixture.now() - std::chrono::milliseconds{chaos.below(age_ms)};
      REQUIRE(tile(list_shards(fixture, ShardFilter{ShardFilterType::AT_TIMESTAMP, {}, at})));
    }
  }
}

TEST_CASE("However shards are split and merged, each record is read exactly once") {
  const auto seed = GENERATE(range(1U, 9U));
  const bool on_disk = GENERATE(false, true);
  INFO("seed " << seed << (on_disk ? ", from the disk" : ""));
  TemporaryDirectory directory;
  auto settings = settings_with(0);
  settings.memory_bytes_max = on_disk ? 4096 : 64U << 20U;
  Opening opening(on_disk ? directory.file("streams.db") : ":memory:", settings);
  StorageFixture& fixture = *opening.storage;
  fixture.create(stream_key, provisioned(2));
  Chaos chaos(fixture, seed);
  // Within the retention: at most 23 hours pass.
  for (int steps = 0; steps < 120 && fixture.now() < from_epoch_ms(ManualClock::start_ms + 23 * 3'600'000);
       ++steps)
    chaos.step();
  fixture.settle();

  Data all;
  for (const auto& [data, at] : chaos.written()) all.insert(data);
  auto* const reader = opening.opened.reader.get();
  CHECK(as_set(walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON}),
                    {IteratorType::TRIM_HORIZON, {}, {}}, reader)) == all);

  // From an instant on, beginning with the shards of that instant.
  const auto age_ms = static_cast<std::size_t>(epoch_ms(fixture.now()) - ManualClock::start_ms) + 1;
  for (int instants = 0; instants < 10; ++instants) {
    const auto at = fixture.now() - std::chrono::milliseconds{chaos.below(age_ms)};
    Data since;
    for (const auto& [data, arrived] : chaos.written())
      if (arrived >= at) since.insert(data);
    CHECK(as_set(walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TIMESTAMP, {}, at}),
                      {IteratorType::AT_TIMESTAMP, {}, at}, reader)) == since);
  }
}

TEST_CASE("Shards, lineage and a reshard under way survive a restart") {
  TemporaryDirectory directory;
  const auto path = directory.file("streams.db");
  std::vector<ShardSummary> before;
  {
    Opening opening(path, settings_with(5000));
    auto& fixture = *opening.storage;
    fixture.create(stream_key, provisioned(2));
    fixture.clock.advance_ms(5000);
    REQUIRE(update_shard_count(fixture.state(), stream_key, 4, fixture.now()));
    fixture.clock.advance_ms(5000);
    before = list_shards(fixture);
    REQUIRE(merge_shards(fixture.state(), stream_key, "2", "3", fixture.now()));
    fixture.put("k", "under way");
    fixture.settle();
  }
  Opening opening(path, settings_with(5000));
  auto& fixture = *opening.storage;
  fixture.clock.advance_ms(10'000);
  const auto after = list_shards(fixture);
  REQUIRE(indexes(after) == indexes(before));
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK(after[i].range == before[i].range);
    CHECK(after[i].starting == before[i].starting);
    CHECK(after[i].ending == before[i].ending);
    CHECK(after[i].parent == before[i].parent);
  }
  fixture.clock.advance_ms(5000);
  CHECK(open_indexes(fixture) == std::vector<std::uint32_t>{4, 5, 6});
  fixture.put("k", "afterwards");
  fixture.settle();
  CHECK(as_set(walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON}),
                    {IteratorType::TRIM_HORIZON, {}, {}}, opening.opened.reader.get())) ==
        Data{"under way", "afterwards"});
}

TEST_CASE("A reshard whose commit failed leaves the shards as they were") {
  struct FailingFixture : private FailingEngine, public StorageFixture {
    FailingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
    FailingEngine& engine() { return *this; }
  } fixture;
  fixture.create(stream_key, provisioned(2));
  fixture.put("k", "kept");
  fixture.settle();
  fixture.engine().fails = true;
  REQUIRE(merge_shards(fixture.state(), stream_key, "0", "1", fixture.now()));
  CHECK(open_indexes(fixture) == std::vector<std::uint32_t>{2});
  fixture.put("k", "lost");
  fixture.settle();
  CHECK(open_indexes(fixture) == std::vector<std::uint32_t>{0, 1});
  fixture.engine().fails = false;
  fixture.put("k", "next");
  REQUIRE(merge_shards(fixture.state(), stream_key, "0", "1", fixture.now()));
  fixture.settle();
  CHECK(as_set(walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON}))) ==
        Data{"kept", "next"});
}

}  // namespace kinesisd::tests
