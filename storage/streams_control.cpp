// Creating, deleting, describing and changing streams.
#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/streams_state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::int32_t on_demand_shards = 4;
constexpr std::int32_t retention_hours_min = 24;
constexpr std::int32_t retention_hours_max = 8760;
constexpr std::int32_t describe_shards_max = 100;
constexpr std::int64_t stream_shards_max = 100'000;  // even where --shard-limit is `unlimited`

protocol::Error not_active(const StreamKey& stream, StreamStatus status) {
  return errors::stream_not_active(stream.name, stream.world.account, name(status));
}

struct Usage {
  std::int64_t open_shards = 0;
  std::int64_t on_demand_streams = 0;
};

Usage usage(const StreamsState& state, const World& world) {
  Usage used;
  for (auto it = state.streams.lower_bound({world, {}});
       it != state.streams.end() && it->first.world == world; ++it) {
    const Stream& stream = *it->second;
    if (stream.row.transition == Transition::deleting) continue;
    used.open_shards += stream.open_count();
    if (stream.row.mode == StreamMode::ON_DEMAND) ++used.on_demand_streams;
  }
  return used;
}

Result<void> check_quotas(const StreamsState& state, const World& world, StreamMode mode,
                          std::int64_t shard_count) {
  const Usage used = usage(state, world);
  const auto& limit = state.settings.shard_limit;
  if (limit && used.open_shards + shard_count > *limit)
    return errors::shard_limit(world.account, world.region, used.open_shards, *limit, shard_count);
  if (shard_count > stream_shards_max)
    return errors::shard_limit(world.account, world.region, used.open_shards, stream_shards_max, shard_count);
  const auto& on_demand = state.settings.on_demand_limit;
  if (mode == StreamMode::ON_DEMAND && on_demand && used.on_demand_streams >= *on_demand)
    return errors::on_demand_limit(world.account, *on_demand);
  return protocol::Result<void>{BOOST_OUTCOME_V2_NAMESPACE::in_place_type<void>};
}

std::unique_ptr<Shard> first_shard(std::int64_t serial, std::uint32_t index, std::uint32_t count,
                                   Timestamp now) {
  // AWS's shards are some seconds older than the answer to CreateStream.
  constexpr std::int64_t head_start_s = 2;
  auto shard = std::make_unique<Shard>();
  shard->row.serial = serial;
  shard->row.index = {index};
  shard->row.range = even_range(index, count);
  shard->row.created_s = std::max<std::int64_t>(0, epoch_s(now) - head_start_s);
  shard->row.opened = now;
  return shard;
}

// The stream for a call that needs it to be ACTIVE.
Result<Stream*> active(StreamsState& state, const StreamKey& key, Timestamp now) {
  Stream* stream = state.find(key, now);
  if (stream == nullptr) return errors::stream_not_found(key.name, key.world.account);
  const auto is = *status(stream->row, now);
  if (is != StreamStatus::ACTIVE) return not_active(key, is);
  if (!state.journal.has_room()) return errors::service_unavailable();
  return stream;
}

Result<void> check_retention_range(std::int32_t hours) {
  if (hours < retention_hours_min) return errors::retention_too_short(hours);
  if (hours > retention_hours_max) return errors::retention_too_long(hours);
  return protocol::Result<void>{BOOST_OUTCOME_V2_NAMESPACE::in_place_type<void>};
}

Ticket change_retention(StreamsState& state, Stream& stream, std::int32_t hours, Timestamp now) {
  if (stream.row.retention_hours == hours) return no_ticket;
  auto change = std::make_unique<StreamChanged>();
  change->before = stream.row;
  // What is unreadable under the old retention or the new one stays so.
  const auto readable_from = stream.readable_from(now);
  stream.row.retention_hours = hours;
  stream.row.readable_from = std::max(readable_from, stream.readable_from(now));
  state.begin_transition(stream.row, Transition::updating, now);
  change->after = stream.row;
  stream.retention_changed = state.journal.submit({std::move(change)});
  return stream.retention_changed;
}

}  // namespace

Result<Ticket> Streams::create_stream(const StreamKey& key, NewStream request, Timestamp now) {
  if (state_->find(key, now) != nullptr) return errors::stream_exists(key.name, key.world.account);
  const StreamMode mode =
      request.mode.value_or(request.shard_count ? StreamMode::PROVISIONED : StreamMode::ON_DEMAND);
  if (mode == StreamMode::PROVISIONED && !request.shard_count)
    return errors::provisioned_without_shard_count();
  // A count given for an on-demand stream is ignored.
  const auto count = mode == StreamMode::ON_DEMAND ? on_demand_shards : *request.shard_count;
  BOOST_OUTCOME_TRY(check_quotas(*state_, key.world, mode, count));
  if (request.warm_throughput_mibps) return errors::warm_throughput_unavailable();
  if (!state_->journal.has_room()) return errors::service_unavailable();

  auto stream = std::make_shared<Stream>();
  stream->row.serial = state_->next_stream_serial++;
  stream->row.key = key;
  stream->row.mode = mode;
  stream->row.created = std::chrono::floor<std::chrono::seconds>(now);
  stream->row.max_record_kib = request.max_record_kib.value_or(stream->row.max_record_kib);
  stream->tags = std::move(request.tags);
  state_->begin_transition(stream->row, Transition::creating, now);

  auto change = std::make_unique<StreamCreated>();
  change->stream = stream->row;
  change->tags = stream->tags;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
    stream->shards.push_back(
        first_shard(state_->next_shard_serial++, i, static_cast<std::uint32_t>(count), now));
    change->shards.push_back(stream->shards.back()->row);
  }
  state_->enlist(*stream);
  state_->streams.emplace(key, std::move(stream));
  return state_->journal.submit({std::move(change)});
}

Result<Ticket> Streams::delete_stream(const StreamKey& key, bool /*enforce_consumer_deletion*/,
                                      Timestamp now) {
  Stream* stream = state_->find(key, now);
  if (stream == nullptr) return errors::stream_not_found(key.name, key.world.account);
  if (*status(stream->row, now) == StreamStatus::DELETING) return not_active(key, StreamStatus::DELETING);
  if (!state_->journal.has_room()) return errors::service_unavailable();

  // Shards and records go at once; what stays until DELETING ends is the name.
  auto& place = state_->streams.at(key);
  auto change = std::make_unique<StreamDeleted>();
  change->removed = std::move(place);
  state_->delist(*change->removed);
  place = std::make_shared<Stream>();
  place->row = change->removed->row;
  state_->begin_transition(place->row, Transition::deleting, now);
  change->after = place->row;
  return state_->journal.submit({std::move(change)});
}

Result<StreamSummary> Streams::describe_summary(const StreamKey& key, Timestamp now) {
  Stream* stream = state_->find(key, now);
  if (stream == nullptr || !state_->observe(key, *stream, now))
    return errors::stream_not_found(key.name, key.world.account);
  return summarize(*stream, *status(stream->row, now));
}

Result<StreamDescription> Streams::describe(const StreamKey& key,
                                            const std::optional<std::string>& exclusive_start_shard_id,
                                            std::optional<std::int32_t> limit, Timestamp now) {
  Stream* stream = state_->find(key, now);
  if (stream == nullptr || !state_->observe(key, *stream, now))
    return errors::stream_not_found(key.name, key.world.account);
  const auto is = *status(stream->row, now);
  StreamDescription description{summarize(*stream, is), {}, false};
  if (!shows_shards(is)) return description;

  const auto shards_max =
      static_cast<std::size_t>(std::clamp(limit.value_or(describe_shards_max), 1, describe_shards_max));
  for (const auto& shard : stream->shards) {
    if (!stream->lists(*shard, now)) continue;
    if (exclusive_start_shard_id && shard->row.index.shard_id() <= *exclusive_start_shard_id) continue;
    if (description.shards.size() == shards_max) {
      description.has_more_shards = true;
      break;
    }
    description.shards.push_back(summarize(*shard));
  }
  return description;
}

Result<Ticket> Streams::increase_retention(const StreamKey& key, std::int32_t hours, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, active(*state_, key, now));
  BOOST_OUTCOME_TRY(check_retention_range(hours));
  if (hours < stream->row.retention_hours)
    return errors::retention_not_shorter(hours, key.name, stream->row.retention_hours);
  return change_retention(*state_, *stream, hours, now);
}

Result<Ticket> Streams::decrease_retention(const StreamKey& key, std::int32_t hours, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, active(*state_, key, now));
  BOOST_OUTCOME_TRY(check_retention_range(hours));
  if (hours > stream->row.retention_hours)
    return errors::retention_not_longer(hours, key.name, stream->row.retention_hours);
  return change_retention(*state_, *stream, hours, now);
}

}  // namespace kinesisd::storage
