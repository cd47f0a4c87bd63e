#include "storage/snapshots/snapshots.hpp"

#include <algorithm>
#include <utility>

#include "storage/journal/group_commit.hpp"
#include "storage/snapshots/emptying.hpp"
#include "storage/snapshots/inspection.hpp"
#include "storage/snapshots/rewinding.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

SavedShard saved(const State& state, const Shard& shard, std::size_t& memory_bytes) {
  SavedShard copy;
  copy.row = shard.row;
  copy.stored_from = shard.stored_from;
  copy.memory_from = shard.memory_from;
  copy.oldest_stored = shard.oldest_stored;
  copy.last_arrival = shard.last_arrival;
  copy.shared_below = shard.row.next_index;
  if (!state.settings.records_on_disk) {
    copy.records.assign(shard.log.begin(), shard.log.end());
    memory_bytes += shard.memory_bytes;
  }
  return copy;
}

Snapshot snapshot_of(const State& state, const Scope& scope, Timestamp now) {
  Snapshot snapshot;
  snapshot.scope = scope;
  snapshot.saved = now;
  for (const auto& [key, stream] : state.streams) {
    // What is DELETING will not be there when it is restored.
    if (!scope.holds(key) || stream->row.transition == Transition::deleting) continue;
    SavedStream& copy = snapshot.streams[stream->row.serial];
    copy.row = stream->row;
    for (const auto& shard : stream->shards)
      copy.shards.push_back(saved(state, *shard, snapshot.memory_bytes));
  }
  for (const auto& [world, account] : state.accounts)
    if (scope.holds_account(world)) snapshot.accounts.emplace(world, account);
  if (scope.everything()) snapshot.keys = state.keys;
  return snapshot;
}

// What the snapshots hold but for one.
std::size_t bytes_of_others(const State& state, const std::string& name) {
  std::size_t bytes = 0;
  for (const auto& [other, snapshot] : state.snapshots)
    if (other != name) bytes += snapshot.memory_bytes;
  return bytes;
}

// What went is freed when this is destroyed, which is not to be while the lock is held.
using Removed = std::vector<std::shared_ptr<Stream>>;

void dispose(GroupCommit& journal, Removed removed) {
  std::size_t bytes = 0;
  for (const auto& stream : removed) bytes += bytes_in_memory(*stream);
  journal.disposal().take(std::make_shared<const Removed>(std::move(removed)), bytes);
}

Removed rewind(State& state, Engine& engine, Wakes& wakes, const Scope& scope, Snapshot* target) {
  state.pins.reset();  // snapshots get other parked serials
  Rewinding rewinding(state, scope, target);
  engine.rewrite(rewinding.rewrite());
  rewinding.apply(wakes);
  return rewinding.take_removed();
}

}  // namespace

bool is_snapshot_name(std::string_view name) {
  return !name.empty() && name.size() <= snapshot_name_max &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                  c == '.' || c == '-';
         });
}

std::size_t reset(GroupCommit& journal, const Scope& scope) {
  Removed removed;
  journal.exclusive([&](State& state, Engine& engine, Wakes& wakes) {
    removed = rewind(state, engine, wakes, scope, nullptr);
  });
  const std::size_t count = removed.size();
  dispose(journal, std::move(removed));
  return count;
}

std::optional<std::uint64_t> empty_stream(GroupCommit& journal, const StreamKey& stream, Timestamp now) {
  std::optional<std::uint64_t> records;
  Garbage garbage;  // freed when the lock is not held any more
  std::size_t bytes = 0;
  journal.exclusive([&](State& state, Engine& engine, Wakes& wakes) {
    // Nothing that is due is done to the stream: it would be submitted, and nothing can be here.
    const auto found = state.streams.find(stream);
    if (found == state.streams.end() || !status(found->second->row, now)) return;
    records = readable_records(*found->second, now);
    bytes = bytes_in_memory(*found->second);
    if (found->second->shards.empty()) return;  // DELETING
    Emptying emptying(state, *found->second);
    engine.rewrite(emptying.rewrite());
    emptying.apply(wakes, garbage);
  });
  journal.disposal().take(std::make_shared<const Garbage>(std::move(garbage)), bytes);
  return records;
}

Saving save_snapshot(GroupCommit& journal, const std::string& name, const Scope& scope, Timestamp now) {
  Saving result = Saving::saved;
  Snapshot before;
  journal.exclusive([&](State& state, Engine&, Wakes&) {
    const bool is_new = !state.snapshots.contains(name);
    if (is_new && state.snapshots.size() >= snapshots_max) {
      result = Saving::too_many;
      return;
    }
    Snapshot snapshot = snapshot_of(state, scope, now);
    if (bytes_of_others(state, name) + snapshot.memory_bytes > state.settings.memory_bytes_max) {
      result = Saving::too_large;
      return;
    }
    before = std::exchange(state.snapshots[name], std::move(snapshot));
    state.pins.reset();
  });
  const std::size_t bytes = before.memory_bytes;
  journal.disposal().take(std::make_shared<const Snapshot>(std::move(before)), bytes);
  return result;
}

bool restore_snapshot(GroupCommit& journal, const std::string& name) {
  bool found = false;
  Removed removed;
  journal.exclusive([&](State& state, Engine& engine, Wakes& wakes) {
    const auto snapshot = state.snapshots.find(name);
    found = snapshot != state.snapshots.end();
    if (found) removed = rewind(state, engine, wakes, snapshot->second.scope, &snapshot->second);
  });
  dispose(journal, std::move(removed));
  return found;
}

bool delete_snapshot(Guarded<State>& streams, const std::string& name) {
  return !streams
              .with([&](State& state) {
                state.pins.reset();
                return state.snapshots.extract(name);
              })
              .empty();
}

std::vector<SnapshotSummary> list_snapshots(Guarded<State>& streams) {
  return streams.with([](State& state) {
    std::vector<SnapshotSummary> list;
    for (const auto& [name, snapshot] : state.snapshots)
      list.push_back({name, snapshot.scope, snapshot.saved, snapshot.streams.size()});
    return list;
  });
}

std::shared_ptr<const std::set<std::int64_t>> State::pinned_shards() {
  if (pins != nullptr) return pins;
  std::set<std::int64_t> serials;
  for (const auto& [name, snapshot] : snapshots) {
    for (const auto& [serial, stream] : snapshot.streams) {
      for (const auto& shard : stream.shards) {
        serials.insert(shard.row.serial);
        if (shard.parked_serial != 0) serials.insert(shard.parked_serial);
      }
    }
  }
  return pins = std::make_shared<const std::set<std::int64_t>>(std::move(serials));
}

Timestamp State::kept_from(const Stream& stream, Timestamp now) const {
  Timestamp horizon = stream.readable_from(now);
  for (const auto& [name, snapshot] : snapshots) {
    const auto then = snapshot.streams.find(stream.row.serial);
    if (then == snapshot.streams.end()) continue;
    horizon = std::min(horizon, readable_from(then->second.row, now));
  }
  return horizon;
}

}  // namespace kinesisd::storage
