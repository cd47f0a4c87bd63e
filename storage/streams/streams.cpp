// Creating, deleting and describing streams.
#include "storage/streams/streams.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::int32_t streams_page_max = 100;

constexpr std::int32_t on_demand_shards = 4;
constexpr std::int32_t describe_shards_max = 100;

// Of the first shards of a stream.
std::int64_t created_s(const StreamSettings& settings, std::int64_t stream_serial, Timestamp now) {
  // Streams of one name, one after the other, do not take each other's numbers.
  constexpr std::int64_t between_streams_s = 1000;
  if (settings.counted_numbers && stream_serial < counted_s_end / between_streams_s)
    return stream_serial * between_streams_s;
  // AWS's shards are some seconds older than the answer to CreateStream.
  constexpr std::int64_t head_start_s = 2;
  return std::max<std::int64_t>(0, epoch_s(now) - head_start_s);
}

std::unique_ptr<Shard> first_shard(std::int64_t serial, std::uint32_t index, std::uint32_t count,
                                   std::int64_t created_s, Timestamp now) {
  auto shard = std::make_unique<Shard>();
  shard->row.serial = serial;
  shard->row.index = {index};
  shard->row.range = even_range(index, count);
  shard->row.created_s = created_s;
  shard->row.opened = now;
  return shard;
}

}  // namespace

Result<Ticket> create_stream(State& state, const StreamKey& key, NewStream request, Timestamp now) {
  if (state.find(key, now) != nullptr) return errors::stream_exists(key.name, key.world.account);
  const StreamMode mode =
      request.mode.value_or(request.shard_count ? StreamMode::PROVISIONED : StreamMode::ON_DEMAND);
  if (mode == StreamMode::PROVISIONED && !request.shard_count)
    return errors::provisioned_without_shard_count();
  const auto warm_mibps = request.warm_throughput_mibps;
  // A count given for an on-demand stream is ignored.
  const auto count = mode == StreamMode::ON_DEMAND
                         ? std::max(on_demand_shards, warm_mibps.value_or(0) / shard_mibps)
                         : *request.shard_count;
  if (mode == StreamMode::PROVISIONED) {
    BOOST_OUTCOME_TRY(state.check_shard_quota(key.world, count, now));
  }
  BOOST_OUTCOME_TRY(state.check_transition_quota(key.world, now));
  if (mode == StreamMode::ON_DEMAND) {
    BOOST_OUTCOME_TRY(state.check_on_demand_quota(key.world, now));
  }
  if (warm_mibps) {
    BOOST_OUTCOME_TRY(state.check_warm_throughput(key, mode, *warm_mibps, now));
  }
  const auto distribution = request.distribution.value_or(RecordDistributionStrategy::USER_PARTITION_KEY);
  if (distribution == RecordDistributionStrategy::AUTO && mode == StreamMode::PROVISIONED)
    return errors::auto_distribution_needs_on_demand(key.name, key.world.account);
  BOOST_OUTCOME_TRY(check_added_tags(key, {}, request.tags));
  if (!state.journal.has_room()) return errors::service_unavailable();

  auto stream = std::make_shared<Stream>();
  stream->row.serial = state.next_stream_serial++;
  stream->row.key = key;
  stream->row.mode = mode;
  stream->row.created = std::chrono::floor<std::chrono::seconds>(now);
  stream->row.max_record_kib = request.max_record_kib.value_or(stream->row.max_record_kib);
  stream->row.warm_mibps = warm_mibps;
  stream->row.distribution = distribution;
  stream->row.tags = std::move(request.tags);
  state.begin_transition(stream->row, Transition::creating, Lasting::create, now);

  auto change = std::make_unique<StreamCreated>();
  change->stream = stream->row;
  const std::int64_t shards_created_s = created_s(state.settings, stream->row.serial, now);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
    stream->shards.push_back(
        first_shard(state.next_shard_serial++, i, static_cast<std::uint32_t>(count), shards_created_s, now));
    change->shards.push_back(stream->shards.back()->row);
  }
  state.enlist(*stream);
  state.streams.emplace(key, std::move(stream));
  return state.journal.submit({std::move(change)});
}

Result<Ticket> delete_stream(State& state, const StreamKey& key, bool enforce_consumer_deletion,
                             Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_for_change(key, now));
  const auto& consumers = stream->row.consumers;
  const bool consumed = std::any_of(consumers.begin(), consumers.end(),
                                    [&](const auto& consumer) { return status(consumer, now); });
  const auto is = *status(stream->row, now);
  if (is == StreamStatus::DELETING)
    return errors::stream_not_active(key.name, key.world.account, name(StreamStatus::DELETING));
  if (consumed && !enforce_consumer_deletion)
    return errors::stream_has_consumers(key.name, key.world.account);
  // One that is CREATING is among those that change already.
  if (is != StreamStatus::CREATING) {
    BOOST_OUTCOME_TRY(state.check_transition_quota(key.world, now));
  }

  // Shards, records and all else go at once; what stays until DELETING ends is the name.
  auto& place = state.streams.at(key);
  auto change = std::make_unique<StreamDeleted>();
  change->removed = std::move(place);
  state.delist(*change->removed);
  place = std::make_shared<Stream>();
  StreamRow& row = place->row;
  row = change->removed->row;
  row.reshard = NoReshard{};
  row.tags.clear();
  row.policy.clear();
  row.consumers.clear();
  state.begin_transition(row, Transition::deleting, Lasting::remove, now);
  change->after = row;
  return state.journal.submit({std::move(change)});
}

Result<StreamSummary> describe_stream_summary(State& state, const StreamKey& key, Timestamp now) {
  Stream* stream = state.find(key, now);
  if (stream == nullptr || !state.observe(key, *stream, now))
    return errors::stream_not_found(key.name, key.world.account);
  return summarize(state, *stream, now);
}

Result<StreamDescription> describe_stream(State& state, const StreamKey& key,
                                          const std::optional<std::string>& exclusive_start_shard_id,
                                          std::optional<std::int32_t> limit, Timestamp now) {
  Stream* stream = state.find(key, now);
  if (stream == nullptr || !state.observe(key, *stream, now))
    return errors::stream_not_found(key.name, key.world.account);
  const auto is = *status(stream->row, now);
  StreamDescription description{summarize(state, *stream, now), {}, false};
  if (!shows_shards(is)) return description;

  const auto shards_max =
      static_cast<std::size_t>(std::clamp(limit.value_or(describe_shards_max), 1, describe_shards_max));
  std::size_t at = exclusive_start_shard_id ? after_shard_id(*stream, *exclusive_start_shard_id) : 0;
  for (; at < stream->shards.size(); ++at) {
    const Shard& shard = *stream->shards[at];
    if (!stream->lists(shard, now)) continue;
    if (description.shards.size() == shards_max) {
      description.has_more_shards = true;
      break;
    }
    description.shards.push_back(summarize(shard));
  }
  return description;
}

std::vector<World> worlds_with(const State& state, std::string_view stream_name, Timestamp now) {
  std::vector<World> worlds;
  for (const auto& [key, stream] : state.streams)
    if (key.name == stream_name && status(stream->row, now)) worlds.push_back(key.world);
  return worlds;
}

Result<StreamList> list_streams(State& state, const World& world, const ListStreamsQuery& query,
                                Timestamp now) {
  StreamKey after{world, {}};
  if (query.next_token) {
    if (query.exclusive_start_name) return errors::start_with_next_token();
    const auto token = open_list_streams_token(state.seal, *query.next_token);
    const bool of_world = token && token->account == world.account && token->region == world.region;
    if (!of_world) return errors::next_token_invalid();
    BOOST_OUTCOME_TRY(check_token_age(token->issued, now));
    after.name = token->after_name;
  } else if (query.exclusive_start_name) {
    after.name = *query.exclusive_start_name;
  }

  const auto page_max = page_size(query.limit, streams_page_max);
  StreamList list{{}, false, std::nullopt};
  auto it = after.name.empty() ? state.streams.lower_bound(after) : state.streams.upper_bound(after);
  while (it != state.streams.end() && it->first.world == world) {
    // Observing may remove it.
    const auto current = it++;
    const auto stream = current->second;
    if (!status(stream->row, now)) continue;
    if (list.streams.size() == page_max) {
      list.has_more = true;
      break;
    }
    const StreamKey key = current->first;
    if (!state.observe(key, *stream, now)) continue;
    list.streams.push_back(summarize(state, *stream, now));
  }
  if (list.has_more) {
    const std::string& last = list.streams.back().key.name;
    list.next_token = seal(state.seal, ListStreamsToken{last, now, world.account, world.region});
  }
  return list;
}

}  // namespace kinesisd::storage
