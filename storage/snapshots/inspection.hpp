// Looking at streams without being one of their clients: nothing that is looked at changes, no state ends,
// and no limit is charged. All are called with the streams' lock held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/snapshots/snapshots.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;
struct Stream;

// Bytes are known of all that a shard has in memory. Records of it that cannot be read, not yet or not any
// more, are counted one by one with the lock held: where there are more of them, and more of the others too,
// bytes are not told.
inline constexpr std::uint64_t counted_records_max = 1'000;

// What a stream or shard holds that can still be read. Bytes are of data and keys, and known only where
// everything is in memory.
struct Holding {
  std::uint64_t records = 0;
  std::optional<std::uint64_t> bytes = 0;
};

struct StreamOverview {
  StreamSummary summary;
  Holding holding;
};

struct StreamOverviews {
  std::vector<StreamOverview> streams;  // by account, region and name
  bool more = false;
};

// Records of the stream that can be read.
std::uint64_t readable_records(const Stream& stream, Timestamp now);

// Streams of the scope behind `after`, at most `limit`.
StreamOverviews overview(State& state, const Scope& scope, const std::optional<StreamKey>& after,
                         std::size_t limit, Timestamp now);

struct ShardDetails {
  ShardSummary summary;
  Holding holding;
  std::optional<Timestamp> newest;  // arrival of the newest record it was ever given
};

struct SubscriptionDetails {
  ShardIndex shard;
  SequenceNumber position;  // where it would go on
};

struct ConsumerDetails {
  ConsumerSummary summary;
  std::vector<SubscriptionDetails> subscriptions;
};

struct StreamDetails {
  StreamOverview overview;
  std::vector<ShardDetails> shards;  // those that can be listed
  bool more_shards = false;
  std::vector<ConsumerDetails> consumers;
};

// nullopt: there is no such stream. Shards from an index on, at most `shards_max`.
std::optional<StreamDetails> details(State& state, const StreamKey& stream, ShardIndex from,
                                     std::size_t shards_max, Timestamp now);

// The shards that can be listed. nullopt: there is no such stream.
std::optional<std::vector<ShardIndex>> listed_shards(State& state, const StreamKey& stream, Timestamp now);

// As GetShardIterator and GetRecords in one, for a shard that can be listed: to be followed by reading its
// DiskRange, if it has one, and by `finish_peek`. Errors are those of starting positions.
Result<PendingRead> peek(State& state, const StreamKey& stream, ShardIndex shard, const IteratorStart& start,
                         std::size_t records_max, std::size_t bytes_max, Timestamp now);

struct Peeked {
  ShardPage page;
  SequenceNumber next;  // the position behind them: as an AT_SEQUENCE_NUMBER
};
// Needs no lock.
Peeked finish_peek(PendingRead read, Timestamp now);

}  // namespace kinesisd::storage
