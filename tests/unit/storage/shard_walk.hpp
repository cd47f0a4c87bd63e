// Follows shards to their children, as consumers do.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "storage/shards/shards.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

inline std::vector<ShardSummary> list_shards(StorageFixture& fixture,
                                             std::optional<ShardFilter> filter = {}) {
  ListShardsQuery query;
  query.stream = stream_key;
  query.filter = std::move(filter);
  query.max_results = 10'000;
  const auto listed = list_shards(fixture.state(), world, query, fixture.now());
  REQUIRE(error_text(listed).empty());
  REQUIRE(!listed.value().next_token);
  return listed.value().shards;
}

// Whether these shards own every hash key once.
inline bool tile(std::vector<ShardSummary> shards) {
  std::sort(shards.begin(), shards.end(),
            [](const auto& a, const auto& b) { return a.range.starting < b.range.starting; });
  HashKey next = 0;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (shards[i].range.starting != next || shards[i].range.ending < next) return false;
    if (shards[i].range.ending == hash_key_max) return i + 1 == shards.size();
    next = shards[i].range.ending + 1;
  }
  return false;
}

inline std::vector<std::uint32_t> indexes(const std::vector<ShardSummary>& shards) {
  std::vector<std::uint32_t> found;
  for (const auto& shard : shards) found.push_back(shard.index.value);
  return found;
}

inline std::vector<std::uint32_t> open_indexes(StorageFixture& fixture) {
  return indexes(list_shards(fixture, ShardFilter{ShardFilterType::AT_LATEST}));
}

// The data of all records from the given shards on, each shard after all of its parents, in the order of
// reading.
inline std::vector<std::string> walk(StorageFixture& fixture, const std::vector<ShardSummary>& from,
                                     const IteratorStart& start = {IteratorType::TRIM_HORIZON, {}, {}},
                                     RecordReader* reader = nullptr) {
  struct Task {
    ShardIndex shard;
    IteratorStart start;
  };
  std::vector<Task> tasks;
  std::set<ShardIndex> known;
  std::set<ShardIndex> ended;
  for (const auto& shard : from) {
    tasks.push_back({shard.index, start});
    known.insert(shard.index);
  }
  fixture.settle();  // ends are told once they are durable
  std::vector<std::string> data;
  for (std::size_t at = 0; at < tasks.size(); ++at) {
    auto iterator = fixture.iterator(tasks[at].start, tasks[at].shard.shard_id());
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto page = fixture.read(iterator, reader, 7);
      for (const auto& record : page.records) data.emplace_back(record->data());
      // Clients take one without the other for a broken answer.
      REQUIRE(page.next_iterator.has_value() == page.children.empty());
      if (!page.next_iterator) {
        ended.insert(tasks[at].shard);
        for (const auto& child : page.children) {
          REQUIRE_FALSE(child.parents.empty());
          bool ready = true;
          for (const auto parent : child.parents)
            ready = ready && (ended.count(parent) || !known.count(parent));
          if (ready && known.insert(child.index).second)
            tasks.push_back({child.index, {IteratorType::TRIM_HORIZON, {}, {}}});
        }
        break;
      }
      if (page.records.empty() && page.millis_behind_latest == 0) break;
      iterator = *page.next_iterator;
    }
  }
  return data;
}

}  // namespace kinesisd::tests
