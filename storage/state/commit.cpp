// What the journal does to the streams: making records readable, undoing what could not be written, evicting
// and trimming.
#include <algorithm>
#include <iterator>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

constexpr std::size_t shards_per_slice = 1000;    // looked at by one slice of trimming
constexpr std::size_t stale_runs_allowed = 1024;  // before the eviction order is cleaned up

void drop_front(State& state, Shard& shard, Garbage& garbage) {
  const RecordPtr& front = shard.log.front();
  const auto bytes = front->memory_bytes();
  shard.memory_from = front->index() + 1;
  shard.memory_bytes -= bytes;
  state.memory_bytes -= bytes;
  --state.records_in_memory;
  --shard.readable;
  garbage.push_back(front);
  shard.log.pop_front();
}

void drop_back(State& state, Shard& shard, Garbage& garbage) {
  const RecordPtr& back = shard.log.back();
  const auto bytes = back->memory_bytes();
  shard.memory_bytes -= bytes;
  state.memory_bytes -= bytes;
  --state.records_in_memory;
  garbage.push_back(back);
  shard.log.pop_back();
  shard.readable = std::min(shard.readable, shard.log.size());
}

Shard* find_shard(State& state, std::int64_t serial) {
  const auto found = state.shards.find(serial);
  return found == state.shards.end() ? nullptr : found->second;
}

// Whether nothing of this run is in memory any more.
bool stale(State& state, const Run& run) {
  const Shard* shard = find_shard(state, run.shard_serial);
  return shard == nullptr || shard->log.empty() || shard->log.front()->index() > run.through_index;
}

void count_landed(Shard& shard, const Landed& landed) {
  shard.counts.incoming_records += landed.put_record_records + landed.put_records_records;
  shard.counts.incoming_bytes += landed.put_record_bytes + landed.put_records_bytes;
  StreamCounts& counts = shard.stream->counts;
  counts.put_record_bytes += landed.put_record_bytes;
  counts.put_records_bytes += landed.put_records_bytes;
  counts.put_records_committed += landed.put_records_records;
}

void undo_append(State& state, const RecordsAppended& appended, Garbage& garbage) {
  const auto stream = state.by_serial.find(appended.stream_serial);
  if (appended.by_put_records && stream != state.by_serial.end()) {
    stream->second->counts.put_records_failed += appended.records.size();
  }
  for (auto it = appended.records.rbegin(); it != appended.records.rend(); ++it) {
    Shard* shard = find_shard(state, it->shard_serial);
    if (shard != nullptr && !shard->log.empty() && shard->log.back()->index() >= it->record->index())
      drop_back(state, *shard, garbage);
  }
}

void undo_create(State& state, const StreamCreated& created) {
  const auto found = state.streams.find(created.stream.key);
  if (found == state.streams.end() || found->second->row.serial != created.stream.serial) return;
  state.delist(*found->second);
  state.streams.erase(found);
}

void undo_delete(State& state, const StreamDeleted& deleted) {
  Stream& stream = *deleted.removed;
  state.streams.insert_or_assign(stream.row.key, deleted.removed);
  state.enlist(stream);
  for (const auto& shard : stream.shards) {
    // What was settled while the stream was away is readable; what was not is undone next.
    shard->readable = shard->log.size();
    if (!shard->log.empty()) state.eviction_order.push_back({shard->row.serial, shard->log.back()->index()});
  }
}

// Its records, if there were any, have been undone before: they came after it.
void undo_opened(State& state, Stream& stream, const std::vector<ShardRow>& opened) {
  for (auto row = opened.rbegin(); row != opened.rend(); ++row) {
    state.shards.erase(row->serial);
    stream.shards.pop_back();
  }
}

void undo_change(State& state, const StreamChanged& changed) {
  const auto found = state.by_serial.find(changed.before.serial);
  if (found == state.by_serial.end()) return;
  Stream& stream = *found->second;
  stream.row = changed.before;
  if (changed.opened.empty()) return;
  undo_opened(state, stream, changed.opened);
  for (const auto& closed : changed.closed) {
    ShardRow& row = stream.shards[closed.index.value]->row;
    row.closed = std::nullopt;
    row.closed_s = std::nullopt;
  }
  index_open_shards(stream);
}

void undo_key(State& state, const KeyChanged& changed) {
  if (changed.before == KeyState::enabled)
    state.keys.erase(changed.key);
  else
    state.keys[changed.key] = changed.before;
}

}  // namespace

std::size_t bytes_in_memory(const Stream& stream) {
  std::size_t bytes = 0;
  for (const auto& shard : stream.shards) bytes += shard->memory_bytes;
  return bytes;
}

Arrivals arrivals_of(std::span<const Change> changes) {
  Arrivals arrivals;
  auto& [runs, landed] = arrivals;
  std::unordered_map<std::int64_t, std::size_t> places;
  for (const auto& change : changes) {
    const auto* appended = std::get_if<RecordsAppended>(&change.what);
    if (appended == nullptr) continue;
    for (const auto& [serial, shard, record] : appended->records) {
      const auto [place, added] = places.try_emplace(serial, runs.size());
      if (added) {
        runs.push_back({serial, 0});
        landed.emplace_back();
      }
      runs[place->second].through_index = record->index();
      Landed& here = landed[place->second];
      ++(appended->by_put_records ? here.put_records_records : here.put_record_records);
      (appended->by_put_records ? here.put_records_bytes : here.put_record_bytes) += record->size_bytes();
    }
  }
  return arrivals;
}

void State::settle(const Arrivals& arrivals, Ticket through, Garbage& garbage) {
  durable_through = through;
  for (std::size_t i = 0; i < arrivals.runs.size(); ++i) {
    const Run& run = arrivals.runs[i];
    Shard* shard = find_shard(*this, run.shard_serial);
    if (shard == nullptr) continue;
    count_landed(*shard, arrivals.landed[i]);
    if (shard->readable == shard->log.size()) continue;
    const auto pending = shard->log.begin() + static_cast<std::ptrdiff_t>(shard->readable);
    const auto end = std::partition_point(pending, shard->log.end(), [&](const RecordPtr& record) {
      return record->index() <= run.through_index;
    });
    if (settings.records_on_disk && !shard->oldest_stored) shard->oldest_stored = (*pending)->arrived();
    shard->readable = static_cast<std::size_t>(end - shard->log.begin());
    if (settings.records_on_disk) eviction_order.push_back(run);
  }
  evict(garbage);
}

void State::undo(Change& change, Garbage& garbage) {
  if (const auto* appended = std::get_if<RecordsAppended>(&change.what)) {
    undo_append(*this, *appended, garbage);
  } else if (const auto* created = std::get_if<std::unique_ptr<StreamCreated>>(&change.what)) {
    undo_create(*this, **created);
  } else if (const auto* deleted = std::get_if<std::unique_ptr<StreamDeleted>>(&change.what)) {
    undo_delete(*this, **deleted);
  } else if (const auto* changed = std::get_if<std::unique_ptr<StreamChanged>>(&change.what)) {
    undo_change(*this, **changed);
  } else if (const auto* account = std::get_if<std::unique_ptr<AccountChanged>>(&change.what)) {
    accounts[(*account)->world] = (*account)->before;
  } else if (const auto* key = std::get_if<std::unique_ptr<KeyChanged>>(&change.what)) {
    undo_key(*this, **key);
  }
}

void State::evict(Garbage& garbage) {
  if (!settings.records_on_disk) return;
  while (memory_bytes > settings.memory_bytes_max && !eviction_order.empty()) {
    const Run run = eviction_order.front();
    Shard* shard = find_shard(*this, run.shard_serial);
    while (shard != nullptr && memory_bytes > settings.memory_bytes_max && shard->readable > 0 &&
           shard->log.front()->index() <= run.through_index)
      drop_front(*this, *shard, garbage);
    if (memory_bytes > settings.memory_bytes_max || stale(*this, run)) eviction_order.pop_front();
  }
  // Records that left by trimming or deletion leave their runs behind; each run in use has a record.
  if (eviction_order.size() > 2 * records_in_memory + stale_runs_allowed)
    std::erase_if(eviction_order, [this](const Run& run) { return stale(*this, run); });
}

std::optional<Expired> State::trim(Timestamp now, Ticket settled, std::size_t records_max, Garbage& garbage,
                                   bool& more) {
  std::size_t looked_at = 0;
  for (auto it = shards.lower_bound(trim_cursor); it != shards.end(); ++it) {
    trim_cursor = it->first;
    more = true;
    if (looked_at++ == shards_per_slice) return std::nullopt;
    Shard& shard = *it->second;
    if (shard.stream->retention_changed > settled) continue;
    const auto horizon = shard.stream->readable_from(now);
    while (shard.readable > 0 && shard.log.front()->arrived() < horizon) {
      if (garbage.size() == records_max) return std::nullopt;
      drop_front(*this, shard, garbage);
      // Whatever was evicted before it is older still.
      shard.stored_from = shard.memory_from;
    }
    const auto kept = kept_from(*shard.stream, now);
    if (shard.oldest_stored && *shard.oldest_stored < kept)
      return Expired{it->first, shard.row.next_index, kept};
  }
  trim_cursor = 0;
  more = false;
  return std::nullopt;
}

void State::trimmed(const Expired& expired, const Trimmed& result) {
  Shard* shard = find_shard(*this, expired.shard_serial);
  if (shard == nullptr) return;
  shard->oldest_stored = result.oldest;
  const auto stored_from = result.oldest ? result.first_index : shard->memory_from;
  shard->stored_from = std::max(shard->stored_from, stored_from);
}

}  // namespace kinesisd::storage
