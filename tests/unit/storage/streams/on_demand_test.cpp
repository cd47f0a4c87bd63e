// On-demand streams that grow with what is written to them (C.21 [D]).
#include "storage/records/puts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/shard_walk.hpp"

namespace kinesisd::tests {

namespace {

using Indexes = std::vector<std::uint32_t>;

constexpr std::int64_t minute_ms = 60'000;

NewStream on_demand() {
  NewStream request;
  request.mode = StreamMode::ON_DEMAND;
  return request;
}

// For some minutes, in each of them `mib` records of 1 MiB to the shard that owns this hash key.
void write(StorageFixture& fixture, int minutes, int mib, HashKey key) {
  static const std::string data(1U << 20U, 'x');
  for (int minute = 0; minute < minutes; ++minute) {
    for (int i = 0; i < mib; ++i) {
      const auto put =
          put_record(fixture.state(), stream_key, {key, make_record("k", data)}, std::nullopt, fixture.now());
      REQUIRE(error_text(put).empty());
      fixture.clock.advance_ms(minute_ms / mib);
    }
    fixture.settle();
  }
}

// Streams whose records leave memory once they are settled, for a disk that keeps nothing.
struct LeakyFixture : private FailingEngine, public StorageFixture {
  LeakyFixture() : StorageFixture(static_cast<FailingEngine&>(*this), small_memory()) {}

  static StreamSettings small_memory() {
    auto settings = settings_with(0);
    settings.memory_bytes_max = 8U << 20U;
    return settings;
  }
};

}  // namespace

TEST_CASE("An on-demand stream starts with four shards of even width") {
  MemoryFixture fixture;
  fixture.create(stream_key, on_demand());
  const auto shards = list_shards(fixture);
  REQUIRE(shards.size() == 4);
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(shards[i].range == even_range(i, 4));
}

TEST_CASE("A shard above half of what it takes for 15 minutes is split in the middle, and capacity follows") {
  LeakyFixture fixture;
  fixture.create(stream_key, on_demand());
  write(fixture, 15, 31, 0);
  CHECK(open_indexes(fixture) == Indexes{0, 1, 2, 3});
  write(fixture, 1, 31, 0);
  const auto open = list_shards(fixture, ShardFilter{ShardFilterType::AT_LATEST});
  CHECK(indexes(open) == Indexes{1, 2, 3, 4, 5});
  CHECK(tile(open));
  CHECK(open[3].range == even_range(0, 8));
  CHECK(open[4].range == even_range(1, 8));
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().open_shards == 5);
}

TEST_CASE("Half of what a shard takes, or a quiet minute in between, does not split it") {
  LeakyFixture fixture;
  fixture.create(stream_key, on_demand());
  write(fixture, 17, 29, 0);
  CHECK(open_indexes(fixture) == Indexes{0, 1, 2, 3});
  write(fixture, 10, 31, hash_key_max);
  fixture.clock.advance_ms(2 * minute_ms);
  write(fixture, 10, 31, hash_key_max);
  CHECK(open_indexes(fixture) == Indexes{0, 1, 2, 3});
}

TEST_CASE("Provisioned streams do not scale by themselves") {
  ShardLoad load;
  auto now = from_epoch_ms(ManualClock::start_ms);
  for (int minute = 0; minute < 20; ++minute, now += ShardLoad::window) {
    load.add(ShardLoad::half_bytes + 1, now);
    CHECK(load.busy(now) == (minute >= 15));
  }
  LeakyFixture fixture;
  fixture.create(stream_key, provisioned(1));
  write(fixture, 17, 31, 0);
  CHECK(open_indexes(fixture) == Indexes{0});
}

}  // namespace kinesisd::tests
