#include "storage/state/state.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/errors.hpp"
#include "storage/state/resharding.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

// Shown where UpdateStreamWarmThroughput may be called.
std::optional<WarmThroughput> warm_throughput(const State& state, const Stream& stream, Timestamp now) {
  const StreamRow& row = stream.row;
  if (row.mode != StreamMode::ON_DEMAND || !state.committed(row.key.world, now)) return std::nullopt;
  const auto target = row.warm_mibps.value_or(0);
  return WarmThroughput{target, std::min(target, stream.open_count() * shard_mibps)};
}

}  // namespace

std::optional<StreamStatus> status(const StreamRow& row, Timestamp now) {
  if (row.transition == Transition::none) return StreamStatus::ACTIVE;
  const bool over = now >= row.transition_ends;
  if (row.transition == Transition::deleting)
    return over ? std::nullopt : std::optional{StreamStatus::DELETING};
  if (over) return StreamStatus::ACTIVE;
  return row.transition == Transition::creating ? StreamStatus::CREATING : StreamStatus::UPDATING;
}

std::optional<ConsumerStatus> status(const ConsumerRow& row, Timestamp now) {
  const bool over = now >= row.transition_ends;
  if (row.transition == Transition::deleting)
    return over ? std::nullopt : std::optional{ConsumerStatus::DELETING};
  return row.transition == Transition::none || over ? ConsumerStatus::ACTIVE : ConsumerStatus::CREATING;
}

std::string_view name(StreamStatus status) {
  return boost::describe::enum_to_string(status, "");
}

bool shows_shards(StreamStatus status) {
  return status == StreamStatus::ACTIVE || status == StreamStatus::UPDATING;
}

StreamSummary summarize(const State& state, const Stream& stream, Timestamp now) {
  const StreamRow& row = stream.row;
  const auto is = *status(row, now);
  const auto consumers = std::count_if(row.consumers.begin(), row.consumers.end(),
                                       [&](const auto& consumer) { return status(consumer, now); });
  return {.key = row.key,
          .status = is,
          .mode = row.mode,
          .created = row.created,
          .retention_hours = row.retention_hours,
          .open_shards = shows_shards(is) ? stream.open_count() : 0,
          .consumers = static_cast<std::int32_t>(consumers),
          .max_record_kib = row.max_record_kib,
          .key_id = row.key_id,
          .metrics = row.metrics,
          .distribution = row.distribution,
          .warm_throughput = warm_throughput(state, stream, now)};
}

ShardSummary summarize(const Shard& shard) {
  return {.index = shard.row.index,
          .parent = shard.row.parent,
          .adjacent_parent = shard.row.adjacent_parent,
          .range = shard.row.range,
          .starting = shard.starting(),
          .ending = shard.ending()};
}

std::int64_t logical_s(std::int64_t shard_created_s, std::uint64_t index, Timestamp at) {
  if (shard_created_s < counted_s_end) return shard_created_s + static_cast<std::int64_t>(index);
  // A child shard may be created a second ahead of the clock.
  return std::max(epoch_s(at), shard_created_s);
}

SequenceNumber sequence_number(const ShardRow& shard, std::uint64_t index, Timestamp arrived) {
  return {shard.created_s, index, logical_s(shard.created_s, index, arrived), shard.index};
}

SequenceNumber Shard::starting() const {
  return {row.created_s, 0, row.created_s, row.index};
}

std::optional<SequenceNumber> Shard::ending() const {
  if (!row.closed_s) return std::nullopt;
  return SequenceNumber{row.created_s, sequence_index_max, *row.closed_s, row.index};
}

Timestamp readable_from(const StreamRow& row, Timestamp now) {
  // A record whose age equals the retention is expired.
  const auto horizon = now - std::chrono::hours{row.retention_hours} + std::chrono::milliseconds{1};
  return std::max(horizon, row.readable_from);
}

Timestamp Stream::readable_from(Timestamp now) const {
  return storage::readable_from(row, now);
}

bool Stream::lists(const Shard& shard, Timestamp now) const {
  return !shard.row.closed || *shard.row.closed >= readable_from(now);
}

Shard* Stream::shard(ShardIndex index, Timestamp now) const {
  if (index.value >= shards.size()) return nullptr;
  Shard* shard = shards[index.value].get();
  return lists(*shard, now) ? shard : nullptr;
}

void index_open_shards(Stream& stream) {
  stream.open.clear();
  for (const auto& shard : stream.shards) {
    shard->stream = &stream;
    if (!shard->row.closed) stream.open.push_back(shard.get());
  }
  std::sort(stream.open.begin(), stream.open.end(),
            [](const Shard* a, const Shard* b) { return a->row.range.starting < b->row.range.starting; });
}

Stream* State::find(const StreamKey& key, Timestamp now) {
  const auto found = streams.find(key);
  if (found == streams.end()) return nullptr;
  Stream& stream = *found->second;
  if (status(stream.row, now)) {
    advance(stream, now);
    return &stream;
  }
  streams.erase(found);
  return nullptr;
}

Stream* State::find(std::int64_t serial, Timestamp now) {
  const auto found = by_serial.find(serial);
  if (found == by_serial.end()) return nullptr;
  advance(*found->second, now);
  return found->second;
}

Result<Stream*> State::require(const StreamKey& key, Timestamp now) {
  Stream* stream = find(key, now);
  if (stream == nullptr) return errors::stream_not_found(key.name, key.world.account);
  return stream;
}

Result<Stream*> State::require_for_change(const StreamKey& key, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, require(key, now));
  if (!journal.has_room()) return errors::service_unavailable();
  return stream;
}

Result<Stream*> State::require_active(const StreamKey& key, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, require_for_change(key, now));
  const auto is = *status(stream->row, now);
  if (is != StreamStatus::ACTIVE) return errors::stream_not_active(key.name, key.world.account, name(is));
  return stream;
}

bool State::observe(const StreamKey& key, Stream& stream, Timestamp now) {
  if (ends_by_observing(stream.row, now)) {
    // Kept, so that what was seen to be ACTIVE is so after a restart; nobody waits for it.
    edit(stream, [&](StreamRow& row) { row.transition_ends = now; });
  }
  return find(key, now) != nullptr;
}

void State::advance(Stream& stream, Timestamp now) {
  const StreamRow& row = stream.row;
  if (std::holds_alternative<NoReshard>(row.reshard) || now < row.transition_ends) return;
  auto changed = std::make_unique<StreamChanged>();
  changed->before = row;
  Resharding(*this, stream).run(*changed);
  changed->after = row;
  std::vector<Shard*> ended;
  for (const auto* rows : {&changed->closed, &changed->opened})
    for (const ShardRow& shard : *rows)
      if (shard.closed) ended.push_back(stream.shards[shard.index.value].get());
  // Nobody waits for it: whoever writes to the new shards does so after it.
  const Ticket ticket = journal.submit({std::move(changed)});
  for (Shard* shard : ended) shard->closed_by = ticket;
}

void State::enlist(Stream& stream) {
  index_open_shards(stream);
  by_serial[stream.row.serial] = &stream;
  for (const auto& shard : stream.shards) {
    shards[shard->row.serial] = shard.get();
    memory_bytes += shard->memory_bytes;
    records_in_memory += shard->log.size();
  }
}

void State::delist(Stream& stream) {
  by_serial.erase(stream.row.serial);
  for (const auto& shard : stream.shards) {
    shards.erase(shard->row.serial);
    memory_bytes -= shard->memory_bytes;
    records_in_memory -= shard->log.size();
  }
}

}  // namespace kinesisd::storage
