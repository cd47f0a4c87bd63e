// Streams with a journal that writes when the test says so, on a clock the test moves.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "storage/journal/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/open.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/state/state.hpp"
#include "storage/streams/streams.hpp"
#include "tests/support/manual_clock.hpp"

namespace kinesisd::tests {

using namespace kinesisd::storage;

inline const World world{"000000000000", "us-east-1"};
inline const StreamKey stream_key{world, "orders"};

// What a failed call says, or nothing.
template <class T>
std::string error_text(const Result<T>& result) {
  return result ? std::string{} : result.error().message;
}
template <class T>
protocol::ErrorType error_type(const Result<T>& result) {
  REQUIRE(!result);
  return result.error().type;
}

inline NewStream provisioned(std::int32_t shards) {
  NewStream request;
  request.shard_count = shards;
  return request;
}

inline NewRecord new_record(std::string_view key, std::string_view data) {
  return {hash_of(key), make_record(key, data)};
}

// Transitions of this length, the same for observers; 0 ends them at once.
inline StreamSettings settings_with(std::int64_t transition_ms, bool end_when_observed = false) {
  StreamSettings settings;
  settings.transitions = {end_when_observed, transition_ms};
  return settings;
}

class FailingEngine : public Engine {
 public:
  void write(std::span<const Change> changes) override {
    if (fails) throw std::runtime_error("database or disk is full");
    written += changes.size();
  }
  Trimmed trim(const Expired&, const SliceLimits&) override { return {}; }
  void try_writing() override {
    if (fails) throw std::runtime_error("database or disk is full");
  }
  void rewrite(const Rewrite&) override {
    if (fails) throw std::runtime_error("database or disk is full");
  }
  bool sweep(Timestamp, const SliceLimits&, const std::set<std::int64_t>&) override { return false; }
  void close() override { closed = true; }

  bool fails = false;
  bool closed = false;
  std::size_t written = 0;
};

class StorageFixture {
 public:
  explicit StorageFixture(Engine& engine, StreamSettings settings = settings_with(0),
                          GroupCommitLimits limits = {}, const std::string& key = std::string(32, 'k'))
      : journal(engine, limits), guarded(settings, journal, key) {
    journal.attach(
        guarded, clock, [this](Settled settled) { settled_.push_back(settled); },
        [this](const std::string& line) { log.push_back(line); });
  }

  Timestamp now() { return clock.now(); }
  State& state() {
    return guarded.with([](State& state) -> State& { return state; });
  }
  void settle() {
    while (journal.commit_batch()) {
    }
  }

  void create(const StreamKey& key, const NewStream& request) {
    REQUIRE(create_stream(state(), key, request, now()));
    settle();
  }
  SequenceNumber put(std::string_view key, std::string_view data, const StreamKey& stream = stream_key) {
    const auto put = put_record(state(), stream, new_record(key, data), std::nullopt, now());
    REQUIRE(error_text(put).empty());
    return put.value().placed.sequence_number;
  }
  std::string iterator(IteratorStart start = {IteratorType::TRIM_HORIZON, {}, {}},
                       const std::string& shard = "0", const StreamKey& stream = stream_key) {
    const auto made = shard_iterator(state(), stream, shard, start, now());
    REQUIRE(error_text(made).empty());
    return made.value().text;
  }
  // One GetRecords; `reader` is asked when records have to come from the disk.
  RecordPage read(const std::string& from, RecordReader* reader = nullptr,
                  std::optional<std::int32_t> limit = std::nullopt) {
    auto pending = begin_read(state(), from, limit, now());
    REQUIRE(error_text(pending).empty());
    if (pending.value().disk) {
      REQUIRE(reader != nullptr);
      pending.value().records = reader->read(*pending.value().disk);
    }
    auto page = finish_read(state(), std::move(pending).value(), now());
    REQUIRE(page);
    return std::move(page).value();
  }
  // The data of everything a shard has to read from here.
  std::vector<std::string> read_all(std::string from, RecordReader* reader = nullptr) {
    std::vector<std::string> data;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto page = read(from, reader);
      for (const auto& record : page.records) data.emplace_back(record->data());
      if (!page.next_iterator || (page.records.empty() && page.millis_behind_latest == 0)) return data;
      from = *page.next_iterator;
    }
    FAIL("the shard does not end");
    return data;
  }

  const std::vector<Settled>& settled() const { return settled_; }

  ManualClock clock;
  GroupCommit journal;
  Guarded<State> guarded;
  std::vector<std::string> log;

 private:
  std::vector<Settled> settled_;
};

struct MemoryFixture : private MemoryEngine, public StorageFixture {
  explicit MemoryFixture(StreamSettings settings = settings_with(0), GroupCommitLimits limits = {})
      : StorageFixture(static_cast<MemoryEngine&>(*this), std::move(settings), limits) {}
};

}  // namespace kinesisd::tests
