// What a snapshot remembers of streams. Values only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/model/clock.hpp"
#include "storage/model/record.hpp"
#include "storage/state/rows.hpp"

namespace kinesisd::storage {

// The worlds that are meant: all, those of an account, of a region, or one; or, in them, the streams of one
// name and nothing else.
struct Scope {
  std::optional<std::string> account = {};
  std::optional<std::string> region = {};
  std::optional<std::string> stream = {};

  bool everything() const { return !account && !region && !stream; }
  bool holds(const World& world) const {
    return (!account || *account == world.account) && (!region || *region == world.region);
  }
  bool holds(const StreamKey& key) const { return holds(key.world) && (!stream || *stream == key.name); }
  // What is no stream's: commitments.
  bool holds_account(const World& world) const { return !stream && holds(world); }
};

struct SavedShard {
  ShardRow row;
  std::uint64_t stored_from = 1;
  std::uint64_t memory_from = 1;
  std::optional<Timestamp> oldest_stored;
  Timestamp last_arrival{};
  std::vector<RecordPtr> records;  // where there is no disk to find them on
  // On the disk: records below this index are stored under the shard's serial. What came behind them there
  // is another history since a snapshot was restored; the rest of this one is parked under another serial.
  std::uint64_t shared_below = 1;
  std::int64_t parked_serial = 0;  // 0: nothing is parked
};

struct SavedStream {
  StreamRow row;
  std::vector<SavedShard> shards;
};

struct Snapshot {
  Scope scope;
  Timestamp saved{};
  std::map<std::int64_t, SavedStream> streams;  // by serial
  std::map<World, AccountRow> accounts;
  std::map<std::string, KeyState> keys;
  std::size_t memory_bytes = 0;  // of records it may be the last to hold
};

}  // namespace kinesisd::storage
