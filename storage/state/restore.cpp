// What an opened database holds becomes the state, and changes of the clock go to the journal.
#include <algorithm>
#include <utility>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

bool has_policy(const StreamRow& row) {
  return !row.policy.empty() || std::any_of(row.consumers.begin(), row.consumers.end(),
                                            [](const auto& consumer) { return !consumer.policy.empty(); });
}

// The change a stream or consumer is in the middle of, as far as its row tells.
Lasting under_way(const StreamRow& row) {
  if (row.transition == Transition::creating) return Lasting::create;
  if (row.transition == Transition::deleting) return Lasting::remove;
  if (std::holds_alternative<NoReshard>(row.reshard)) return Lasting::update;
  if (std::holds_alternative<SplitOne>(row.reshard)) return Lasting::split;
  return std::holds_alternative<MergeTwo>(row.reshard) ? Lasting::merge : Lasting::scale;
}

Lasting under_way(const ConsumerRow& row) {
  return row.transition == Transition::deleting ? Lasting::deregister_consumer : Lasting::register_consumer;
}

std::unique_ptr<Shard> restored_shard(const RestoredShard& from) {
  auto shard = std::make_unique<Shard>();
  shard->stored_from = from.oldest ? from.first_index : from.row.next_index;
  shard->memory_from = from.row.next_index;
  shard->oldest_stored = from.oldest;
  shard->last_arrival = from.newest;
  shard->row = from.row;
  return shard;
}

}  // namespace

void restore(State& state, Restored restored, Timestamp now) {
  state.next_stream_serial = restored.next_stream_serial;
  state.next_shard_serial = restored.next_shard_serial;
  state.accounts = std::move(restored.accounts);
  state.keys = std::move(restored.keys);
  state.time_frozen = restored.clock.frozen.has_value();
  std::sort(restored.streams.begin(), restored.streams.end(),
            [](const auto& a, const auto& b) { return a.row.serial < b.row.serial; });
  for (auto& from : restored.streams) {
    if (!status(from.row, now)) continue;
    auto stream = std::make_shared<Stream>();
    stream->row = std::move(from.row);
    const Transitions& transitions = state.settings.transitions;
    stream->row.ends_when_observed = transitions.of(under_way(stream->row)).end_when_observed;
    for (auto& consumer : stream->row.consumers)
      consumer.ends_when_observed = transitions.of(under_way(consumer)).end_when_observed;
    state.has_policies = state.has_policies || has_policy(stream->row);
    if (stream->row.transition != Transition::deleting) {
      for (auto& shard : from.shards) stream->shards.push_back(restored_shard(shard));
      state.enlist(*stream);
    }
    // A name that was free again and taken again: the later stream has it.
    state.streams.insert_or_assign(stream->row.key, std::move(stream));
  }
}

std::optional<Ticket> change_clock(State& state, const ClockChanged& change) {
  if (!state.journal.has_room()) return std::nullopt;
  return state.journal.submit({std::make_unique<ClockChanged>(change)});
}

}  // namespace kinesisd::storage
