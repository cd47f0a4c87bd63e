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
#include "storage/state/snapshot.hpp"

namespace kinesisd::storage {

class GroupCommit;
struct State;

inline constexpr std::size_t snapshots_max = 64;
inline constexpr std::size_t snapshot_name_max = 128;

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
bool delete_snapshot(Guarded<State>& streams, const std::string& name);

// By name.
std::vector<SnapshotSummary> list_snapshots(Guarded<State>& streams);

}  // namespace kinesisd::storage
