// Many threads put and read while the journal thread writes: nothing is lost, nothing out of order.
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/records/shard_reading.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"
#include "tests/unit/storage/shard_walk.hpp"

namespace kinesisd::tests {

namespace {

constexpr int putters = 3;
constexpr int puts_each = 200;
constexpr int shard_count = 2;
constexpr int reshards_max = 200;

// Waits for tickets as the server does.
class Waiting {
 public:
  void settle(Settled settled) {
    std::lock_guard lock(mutex_);
    through_ = settled.through;
    durable_ = durable_ && settled.durable;
    changed_.notify_all();
  }
  bool wait(Ticket ticket) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return through_ >= ticket; });
    return durable_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Ticket through_ = no_ticket;
  bool durable_ = true;
};

// Reads a shard from its beginning until `count` records are seen over all shards; what it saw must be in
// order.
void read_shard(Guarded<State>& streams, RecordReader& reader, ManualClock& clock, int shard,
                std::atomic<int>& seen, std::atomic<bool>& in_order) {
  auto from = streams.with([&](State& state) {
    return shard_iterator(state, stream_key, std::to_string(shard), {IteratorType::TRIM_HORIZON}, clock.now())
        .value()
        .text;
  });
  std::uint64_t last = 0;
  while (seen < putters * puts_each) {
    auto read = streams.with([&](State& state) { return begin_read(state, from, 50, clock.now()).value(); });
    if (read.disk) read.records = reader.read(*read.disk);
    const auto page =
        streams.with([&](State& state) { return finish_read(state, std::move(read), clock.now()).value(); });
    for (const auto& record : page.records) {
      if (record->index() != last + 1) in_order = false;
      last = record->index();
    }
    seen += static_cast<int>(page.records.size());
    from = *page.next_iterator;
    clock.advance_ms(1);
    std::this_thread::yield();
  }
}

}  // namespace

TEMPLATE_TEST_CASE("Threads put and read at the same time without losing or reordering", "", OnDisk,
                   InMemory) {
  TemporaryDirectory directory;
  Opened opened = open_database({TestType::path(directory), Durability::process});
  ManualClock clock;
  GroupCommit journal(*opened.engine);
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  settings.records_on_disk = opened.records_on_disk;
  if (opened.records_on_disk) settings.memory_bytes_max = 10'000;  // so that readers need the disk
  Guarded<State> streams(settings, journal, opened.key);
  Waiting waiting;
  journal.start(
      streams, clock, [&](Settled settled) { waiting.settle(settled); }, [](const std::string&) {});
  const auto created = streams.with([&](State& state) {
    return create_stream(state, stream_key, provisioned(shard_count), clock.now()).value();
  });
  journal.wake();
  CHECK(waiting.wait(created));

  std::atomic<int> seen = 0;
  std::atomic<bool> in_order = true;
  std::atomic<bool> durable = true;
  std::vector<std::thread> threads;
  for (int i = 0; i < putters; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < puts_each; ++n) {
        auto record = new_record(std::to_string(i * puts_each + n), std::string(100, 'x'));
        const auto ticket = streams.with([&](State& state) {
          return put_record(state, stream_key, std::move(record), std::nullopt, clock.now()).value().ticket;
        });
        journal.wake();
        if (!waiting.wait(ticket)) durable = false;
      }
    });
  for (int shard = 0; shard < shard_count; ++shard)
    threads.emplace_back([&, shard] { read_shard(streams, *opened.reader, clock, shard, seen, in_order); });
  for (auto& thread : threads) thread.join();
  journal.stop();
  CHECK(seen == putters * puts_each);
  CHECK(in_order);
  CHECK(durable);
}

TEST_CASE("Threads put while shards are split and merged, and every record is read exactly once") {
  TemporaryDirectory directory;
  auto settings = settings_with(0);
  settings.memory_bytes_max = 10'000;
  Opening opening(directory.file("streams.db"), settings);
  auto& fixture = *opening.storage;
  auto& streams = fixture.guarded;
  fixture.create(stream_key, provisioned(2));
  Waiting waiting;
  fixture.journal.start(
      streams, fixture.clock, [&](Settled settled) { waiting.settle(settled); }, [](const std::string&) {});

  std::atomic<int> putting = putters;
  std::atomic<bool> stored = true;
  std::vector<std::thread> threads;
  for (int i = 0; i < putters; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < puts_each; ++n) {
        const std::string name = std::to_string(i * puts_each + n);
        auto record = new_record(name, name);
        const auto put = streams.with([&](State& state) {
          return put_record(state, stream_key, std::move(record), std::nullopt, fixture.clock.now());
        });
        fixture.journal.wake();
        if (!put || !waiting.wait(put.value().ticket)) stored = false;
        fixture.clock.advance_ms(1);
      }
      --putting;
    });
  int reshards = 0;
  threads.emplace_back([&] {
    while (putting > 0 && reshards < reshards_max) {
      const std::int32_t target = std::array{2, 3, 5, 3}[static_cast<std::size_t>(reshards) % 4];
      const auto rescaled = streams.with(
          [&](State& state) { return update_shard_count(state, stream_key, target, fixture.clock.now()); });
      if (rescaled) ++reshards;
      std::this_thread::yield();
    }
  });
  for (auto& thread : threads) thread.join();
  // The last reshard is done when somebody looks.
  CHECK(streams.with(
      [&](State& state) { return describe_stream_summary(state, stream_key, fixture.clock.now()); }));
  fixture.journal.stop();
  CHECK(stored);
  CHECK(reshards > 1);
  const auto data = walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON}),
                         {IteratorType::TRIM_HORIZON, {}, {}}, opening.opened.reader.get());
  CHECK(data.size() == putters * puts_each);
  CHECK(std::set<std::string>(data.begin(), data.end()).size() == putters * puts_each);
}

}  // namespace kinesisd::tests
