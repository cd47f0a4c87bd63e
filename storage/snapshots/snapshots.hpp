// Taking streams away at once, and putting back what was there at a named moment. A snapshot is known while
// the process runs only; it names records without copying them, and keeps those from being deleted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/clock.hpp"
#include "storage/model/record.hpp"
#include "storage/state/guarded.hpp"
#include "storage/state/rows.hpp"

namespace kinesisd::storage {

class GroupCommit;
class Streams;

inline constexpr std::size_t snapshots_max = 64;
inline constexpr std::size_t snapshot_name_max = 128;

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

struct SnapshotSummary {
  std::string name;
  Scope scope;
  Timestamp saved;
  std::size_t streams;
};

// Letters, digits, `_`, `.` and `-`, 1 to snapshot_name_max of them.
bool is_snapshot_name(std::string_view name);

// Those marked * are done in one step that nothing else happens beside. They block until it is durable, and
// throw std::runtime_error when it could not be written: then nothing has changed.

// * Takes away all streams of the scope with everything they have, commitments, and, if the scope is
// everything, the states of keys. Subscriptions end. Snapshots stay. How many streams there were.
std::size_t reset(GroupCommit& journal, const Scope& scope);

// * Takes all records of a stream away. Shards, settings and consumers stay, and numbers go on: an iterator
// into what is gone goes on with what comes next. Subscriptions end. Snapshots keep what they hold. How many
// records could still be read; nullopt: there is no such stream.
std::optional<std::uint64_t> empty_stream(GroupCommit& journal, const StreamKey& stream, Timestamp now);

enum class Saving { saved, too_many, too_large };
// * A snapshot of that name is replaced. too_many: snapshots_max others are there; too_large (without a
// disk): snapshots would hold more records than fit into the memory for records.
Saving save_snapshot(GroupCommit& journal, const std::string& name, const Scope& scope, Timestamp now);

// * False: there is no such snapshot. Streams that are as they were are left alone; of the others what came
// since is taken away and what went since put back. Time does not go back: records keep their times, and what
// is over its retention stays expired. Records written afterwards may get sequence numbers that were given
// before to records taken away. Iterators and tokens stay good for what is there, and one that stands behind
// it goes on with what comes after the restoring; subscriptions to streams that had changed end.
bool restore_snapshot(GroupCommit& journal, const std::string& name);

// False: there is no such snapshot.
bool delete_snapshot(Guarded<Streams>& streams, const std::string& name);

// By name.
std::vector<SnapshotSummary> list_snapshots(Guarded<Streams>& streams);

}  // namespace kinesisd::storage
