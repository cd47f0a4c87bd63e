#include "storage/streams.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/streams_state.hpp"

namespace kinesisd::storage {

namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
};

constexpr std::array partitions{
    Partition{"cn-", "aws-cn"},         Partition{"us-gov-", "aws-us-gov"},
    Partition{"us-isob-", "aws-iso-b"}, Partition{"us-isof-", "aws-iso-f"},
    Partition{"us-iso-", "aws-iso"},    Partition{"eu-isoe-", "aws-iso-e"},
    Partition{"eusc-", "aws-eusc"},
};

std::string_view partition_of(std::string_view region) {
  for (const auto& partition : partitions)
    if (region.starts_with(partition.region_prefix)) return partition.name;
  return "aws";
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

std::string arn(const StreamKey& stream) {
  std::string text = "arn:";
  text += partition_of(stream.world.region);
  text += ":kinesis:" + stream.world.region + ":" + stream.world.account + ":stream/" + stream.name;
  return text;
}

std::optional<StreamStatus> status(const StreamRow& row, Timestamp now) {
  if (row.transition == Transition::none) return StreamStatus::ACTIVE;
  const bool over = now >= row.transition_ends;
  if (row.transition == Transition::deleting)
    return over ? std::nullopt : std::optional{StreamStatus::DELETING};
  if (over) return StreamStatus::ACTIVE;
  return row.transition == Transition::creating ? StreamStatus::CREATING : StreamStatus::UPDATING;
}

std::string_view name(StreamStatus status) {
  return boost::describe::enum_to_string(status, "");
}

bool shows_shards(StreamStatus status) {
  return status == StreamStatus::ACTIVE || status == StreamStatus::UPDATING;
}

StreamSummary summarize(const Stream& stream, StreamStatus status) {
  const StreamRow& row = stream.row;
  return {.key = row.key,
          .status = status,
          .mode = row.mode,
          .created = row.created,
          .retention_hours = row.retention_hours,
          .open_shards = shows_shards(status) ? stream.open_count() : 0,
          .consumers = 0,
          .max_record_kib = row.max_record_kib};
}

ShardSummary summarize(const Shard& shard) {
  return {.index = shard.row.index,
          .parent = shard.row.parent,
          .adjacent_parent = shard.row.adjacent_parent,
          .range = shard.row.range,
          .starting = shard.starting(),
          .ending = shard.ending()};
}

SequenceNumber sequence_number(const ShardRow& shard, std::uint64_t index, Timestamp arrived) {
  // The seconds in a number are logical: a child shard may be created a second ahead of the clock.
  return {shard.created_s, index, std::max(epoch_s(arrived), shard.created_s), shard.index};
}

SequenceNumber Shard::starting() const {
  return {row.created_s, 0, row.created_s, row.index};
}

std::optional<SequenceNumber> Shard::ending() const {
  if (!row.closed_s) return std::nullopt;
  return SequenceNumber{row.created_s, sequence_index_max, *row.closed_s, row.index};
}

Timestamp Stream::readable_from(Timestamp now) const {
  // A record whose age equals the retention is expired.
  const auto horizon = now - std::chrono::hours{row.retention_hours} + std::chrono::milliseconds{1};
  return std::max(horizon, row.readable_from);
}

bool Stream::lists(const Shard& shard, Timestamp now) const {
  return !shard.row.closed || *shard.row.closed + std::chrono::hours{row.retention_hours} > now;
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

Stream* StreamsState::find(const StreamKey& key, Timestamp now) {
  const auto found = streams.find(key);
  if (found == streams.end()) return nullptr;
  if (status(found->second->row, now)) return found->second.get();
  streams.erase(found);
  return nullptr;
}

bool StreamsState::observe(const StreamKey& key, Stream& stream, Timestamp now) {
  const bool under_way = stream.row.transition != Transition::none && stream.row.transition_ends > now;
  if (settings.transitions.end_when_observed && under_way) {
    auto change = std::make_unique<StreamChanged>(StreamChanged{.before = stream.row, .after = stream.row});
    change->after.transition_ends = now;
    stream.row = change->after;
    // Kept, so that what was seen to be ACTIVE is so after a restart; nobody waits for it.
    journal.submit({std::move(change)});
  }
  return find(key, now) != nullptr;
}

void StreamsState::begin_transition(StreamRow& row, Transition transition, Timestamp now) const {
  row.transition = transition;
  row.transition_ends = now + std::chrono::milliseconds{settings.transitions.after_ms};
}

void StreamsState::enlist(Stream& stream) {
  index_open_shards(stream);
  by_serial[stream.row.serial] = &stream;
  for (const auto& shard : stream.shards) {
    shards[shard->row.serial] = shard.get();
    memory_bytes += shard->memory_bytes;
    records_in_memory += shard->log.size();
  }
}

void StreamsState::delist(Stream& stream) {
  by_serial.erase(stream.row.serial);
  for (const auto& shard : stream.shards) {
    shards.erase(shard->row.serial);
    memory_bytes -= shard->memory_bytes;
    records_in_memory -= shard->log.size();
  }
}

Streams::Streams(StreamSettings settings, Journal& journal, const std::string& key)
    : state_(std::make_unique<StreamsState>(settings, journal, key)) {}

Streams::~Streams() = default;
Streams::Streams(Streams&&) noexcept = default;

void Streams::restore(Restored restored, Timestamp now) {
  state_->next_stream_serial = restored.next_stream_serial;
  state_->next_shard_serial = restored.next_shard_serial;
  std::sort(restored.streams.begin(), restored.streams.end(),
            [](const auto& a, const auto& b) { return a.row.serial < b.row.serial; });
  for (auto& from : restored.streams) {
    if (!status(from.row, now)) continue;
    auto stream = std::make_shared<Stream>();
    stream->row = std::move(from.row);
    stream->tags = std::move(from.tags);
    if (stream->row.transition != Transition::deleting) {
      for (auto& shard : from.shards) stream->shards.push_back(restored_shard(shard));
      state_->enlist(*stream);
    }
    // A name that was free again and taken again: the later stream has it.
    state_->streams.insert_or_assign(stream->row.key, std::move(stream));
  }
}

std::vector<World> Streams::worlds_with(std::string_view stream_name, Timestamp now) const {
  std::vector<World> worlds;
  for (const auto& [key, stream] : state_->streams)
    if (key.name == stream_name && status(stream->row, now)) worlds.push_back(key.world);
  return worlds;
}

std::uint64_t Streams::refused_for_memory() const {
  return state_->refused_for_memory;
}

}  // namespace kinesisd::storage
