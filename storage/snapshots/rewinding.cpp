#include "storage/snapshots/rewinding.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/records/reads.hpp"

namespace kinesisd::storage {

namespace {

// Whether the shard has the records it had, and no others.
bool unchanged(const State& state, const Shard& shard, const SavedShard& saved) {
  if (shard.row != saved.row) return false;
  if (state.settings.records_on_disk) return saved.shared_below == saved.row.next_index;
  if (shard.log.empty() || saved.records.empty()) return shard.log.empty();
  return shard.log.back() == saved.records.back();
}

bool unchanged(const State& state, const Stream& stream, const SavedStream& saved) {
  return stream.row == saved.row &&
         std::equal(stream.shards.begin(), stream.shards.end(), saved.shards.begin(), saved.shards.end(),
                    [&](const auto& shard, const auto& before) { return unchanged(state, *shard, before); });
}

// The records that are in memory already and those that are nowhere else. They are all on the disk if there
// is one.
void fill_log(const State& state, Shard& shard, const SavedShard& saved, const Shard* now) {
  if (!state.settings.records_on_disk) {
    shard.memory_from = saved.memory_from;
    shard.log.insert(shard.log.end(), saved.records.begin(), saved.records.end());
  } else {
    shard.memory_from = saved.row.next_index;
    if (now != nullptr && saved.shared_below == saved.row.next_index) {
      const auto end = std::partition_point(now->log.begin(), now->log.end(), [&](const RecordPtr& record) {
        return record->index() < saved.row.next_index;
      });
      shard.memory_from = std::min(now->memory_from, saved.row.next_index);
      shard.log.insert(shard.log.end(), now->log.begin(), end);
    }
  }
  shard.readable = shard.log.size();
  for (const auto& record : shard.log) shard.memory_bytes += record->memory_bytes();
}

std::unique_ptr<Shard> shard_of(const State& state, const SavedShard& saved) {
  auto shard = std::make_unique<Shard>();
  shard->row = saved.row;
  shard->stored_from = saved.stored_from;
  shard->oldest_stored = saved.oldest_stored;
  shard->last_arrival = saved.last_arrival;
  shard->parted_at = saved.row.next_index;
  const auto now = state.shards.find(saved.row.serial);
  fill_log(state, *shard, saved, now == state.shards.end() ? nullptr : now->second);
  return shard;
}

}  // namespace

Rewinding::Rewinding(State& state, const Scope& scope, Snapshot* target)
    : state_(state), scope_(scope), target_(target) {
  compare_streams();
  if (target_ != nullptr)
    for (auto& [serial, saved] : target_->streams)
      if (!unchanged_.contains(serial)) put_back(saved);
  rewind_accounts_and_keys();
  rewrite_.next_shard_serial = state_.next_shard_serial;
}

void Rewinding::compare_streams() {
  for (const auto& [key, stream] : state_.streams) {
    if (!scope_.holds(key)) continue;
    const std::int64_t serial = stream->row.serial;
    const SavedStream* saved = nullptr;
    if (target_ != nullptr)
      if (const auto found = target_->streams.find(serial); found != target_->streams.end())
        saved = &found->second;
    if (saved != nullptr && unchanged(state_, *stream, *saved)) {
      unchanged_.insert(serial);
      continue;
    }
    leaving_.push_back(stream);
    if (saved == nullptr) rewrite_.gone.push_back(serial);
  }
}

void Rewinding::put_back(SavedStream& saved) {
  auto stream = std::make_shared<Stream>();
  stream->row = saved.row;
  StreamPutBack written{saved.row, {}};
  // Serials are never given twice, also not after a restart, which iterators outlive.
  if (history_ == 0) history_ = state_.next_shard_serial++;
  for (auto& shard : saved.shards) {
    stream->shards.push_back(shard_of(state_, shard));
    stream->shards.back()->history = history_;
    written.shards.push_back(shard.row);
    if (state_.settings.records_on_disk) return_records(saved.row.serial, shard);
  }
  coming_.push_back(std::move(stream));
  rewrite_.put_back.push_back(std::move(written));
}

void Rewinding::return_records(std::int64_t stream_serial, SavedShard& saved) {
  // A shard that went may have got more records before it did.
  const auto now = state_.shards.find(saved.row.serial);
  const std::uint64_t end =
      now == state_.shards.end() ? std::numeric_limits<std::uint64_t>::max() : now->second->row.next_index;
  if (end > saved.shared_below) {
    park_for_others(stream_serial, saved);
    rewrite_.dropped.push_back({saved.row.serial, saved.shared_below});
  }
  if (saved.shared_below == saved.row.next_index) return;
  rewrite_.returned.push_back(
      {saved.parked_serial, saved.row.serial, saved.shared_below, saved.row.next_index});
  marks_.push_back({&saved, saved.row.next_index, 0});
}

// What is about to be dropped may be what another snapshot names.
void Rewinding::park_for_others(std::int64_t stream_serial, const SavedShard& saved) {
  for (auto& [name, snapshot] : state_.snapshots) {
    const auto stream = snapshot.streams.find(stream_serial);
    if (&snapshot == target_ || stream == snapshot.streams.end()) continue;
    for (auto& other : stream->second.shards) {
      if (other.row.serial != saved.row.serial || other.shared_below <= saved.shared_below) continue;
      const auto serial = other.parked_serial != 0 ? other.parked_serial : state_.next_shard_serial++;
      rewrite_.parked.push_back({saved.row.serial, serial, saved.shared_below, other.shared_below});
      marks_.push_back({&other, saved.shared_below, serial});
    }
  }
}

void Rewinding::rewind_accounts_and_keys() {
  const Snapshot nothing;
  const Snapshot& target = target_ != nullptr ? *target_ : nothing;
  for (const auto& [world, row] : state_.accounts)
    if (scope_.holds_account(world) && !target.accounts.contains(world))
      rewrite_.accounts.push_back({world, row, {}});
  for (const auto& [world, row] : target.accounts) rewrite_.accounts.push_back({world, {}, row});
  if (!scope_.everything()) return;
  for (const auto& [key, state] : state_.keys)
    if (!target.keys.contains(key)) rewrite_.keys.push_back({key, state, KeyState::enabled});
  for (const auto& [key, state] : target.keys) rewrite_.keys.push_back({key, KeyState::enabled, state});
}

void Rewinding::apply(Wakes& wakes) {
  for (const auto& mark : marks_) {
    mark.shard->shared_below = mark.shared_below;
    mark.shard->parked_serial = mark.parked_serial;
  }
  for (const auto& stream : leaving_) {
    state_.subscriptions.end_stream(stream->row.serial, wakes);
    const auto listed = state_.by_serial.find(stream->row.serial);
    if (listed != state_.by_serial.end() && listed->second == stream.get()) state_.delist(*stream);
    state_.streams.erase(stream->row.key);
  }
  for (const auto& stream : coming_) {
    // Of one that had gone before: its subscribers may not have looked since.
    state_.subscriptions.end_stream(stream->row.serial, wakes);
    state_.streams.insert_or_assign(stream->row.key, stream);
    state_.enlist(*stream);
    if (!state_.settings.records_on_disk) continue;
    for (const auto& shard : stream->shards)
      if (!shard->log.empty())
        state_.eviction_order.push_back({shard->row.serial, shard->log.back()->index()});
  }
  for (const auto& changed : rewrite_.accounts) state_.accounts[changed.world] = changed.after;
  for (const auto& changed : rewrite_.keys) {
    if (changed.after == KeyState::enabled)
      state_.keys.erase(changed.key);
    else
      state_.keys[changed.key] = changed.after;
  }
}

}  // namespace kinesisd::storage
