// What is counted of streams, shards and consumers.
#include "storage/streams/counts.hpp"
#include "storage/records/puts.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

struct CountingFixture : private FailingEngine, public StorageFixture {
  CountingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
  FailingEngine& engine() { return *this; }

  CountedStream counted() {
    auto all = storage::counted(state(), 100, now());
    REQUIRE(all.streams.size() == 1);
    return std::move(all.streams.front());
  }
  void put_many(int count) {
    std::vector<NewRecord> records;
    for (int i = 0; i < count; ++i) records.push_back(new_record("k", "123"));
    REQUIRE(put_records(state(), stream_key, std::move(records), now()));
  }
};

}  // namespace

TEST_CASE("What is put is counted when it is committed, by the call that put it") {
  CountingFixture fixture;
  fixture.create(stream_key, provisioned(2));
  fixture.put("k", "12");
  fixture.put_many(3);
  CHECK(fixture.counted().all_shards.incoming_records == 0);
  fixture.settle();
  const auto counted = fixture.counted();
  CHECK(counted.all_shards.incoming_records == 4);
  CHECK(counted.all_shards.incoming_bytes == 3 + 3 * 4);
  CHECK(counted.counts.put_record_calls == 1);
  CHECK(counted.counts.put_record_bytes == 3);
  CHECK(counted.counts.put_records_calls == 1);
  CHECK(counted.counts.put_records_total == 3);
  CHECK(counted.counts.put_records_committed == 3);
  CHECK(counted.counts.put_records_bytes == 12);
  CHECK(counted.shards.empty());
}

TEST_CASE("Records whose commit failed are counted as failed") {
  CountingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.engine().fails = true;
  fixture.put("k", "12");
  fixture.put_many(3);
  fixture.settle();
  const auto counted = fixture.counted();
  CHECK(counted.all_shards.incoming_records == 0);
  CHECK(counted.counts.put_record_bytes == 0);
  CHECK(counted.counts.put_records_committed == 0);
  CHECK(counted.counts.put_records_failed == 3);
}

TEST_CASE("What a shard refuses is counted there") {
  CountingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put_many(shard_records_per_second + 5);
  fixture.settle();
  const auto counted = fixture.counted();
  CHECK(counted.counts.put_records_throttled == 5);
  CHECK(counted.all_shards.writes_exceeded == 5);
  CHECK(counted.all_shards.incoming_records == shard_records_per_second);
}

TEST_CASE("Reads count what they gave and how far behind they are") {
  CountingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "12345");
  fixture.put("k", "6");
  fixture.settle();
  const auto from = fixture.iterator();
  fixture.clock.advance_ms(70);
  fixture.read(from, nullptr, 1);
  CHECK(fixture.counted().counts.iterator_age_ms == 70);
  fixture.read(from);
  const auto counted = fixture.counted();
  CHECK(counted.counts.get_records_calls == 2);
  CHECK(counted.counts.get_records_records == 3);
  CHECK(counted.counts.get_records_bytes == 11);
  CHECK(counted.counts.iterator_age_ms == 0);
  CHECK(counted.all_shards.outgoing_records == 3);
  CHECK(counted.all_shards.outgoing_bytes == 11);
}

TEST_CASE("Shards are told of while their metrics are on, and everything within the bound") {
  CountingFixture fixture;
  fixture.create(stream_key, provisioned(3));
  REQUIRE(enable_metrics(fixture.state(), stream_key, {ShardMetric::IncomingBytes}, fixture.now()));
  fixture.settle();
  CHECK(fixture.counted().shards.size() == 3);
  const auto bounded = counted(fixture.state(), 3, fixture.now());
  CHECK(bounded.streams.front().shards.size() == 2);
  CHECK(bounded.left_out == 1);
  CHECK(bounded.stream_count == 1);
  CHECK(bounded.open_shards == 3);
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  fixture.settle();
  CHECK(counted(fixture.state(), 3, fixture.now()).streams.empty());
}

}  // namespace kinesisd::tests
