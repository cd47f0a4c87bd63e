// What can be set of a stream that is ACTIVE: retention, record size, mode, distribution, metrics.
#include "storage/streams/settings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::size_t on_demand_shards_max = 10'000;  // 10 GB/s
constexpr std::int32_t retention_hours_min = 24;
constexpr std::int32_t retention_hours_max = 8760;

Result<void> check_retention_range(std::int32_t hours) {
  if (hours < retention_hours_min) return errors::retention_too_short(hours);
  if (hours > retention_hours_max) return errors::retention_too_long(hours);
  return fine();
}

Ticket change_retention(State& state, Stream& stream, std::int32_t hours, Timestamp now) {
  if (stream.row.retention_hours == hours) return no_ticket;
  stream.retention_changed = state.update(stream, Lasting::update, now, [&](StreamRow& row) {
    // What is unreadable under the old retention or the new one stays so.
    const auto readable_from = stream.readable_from(now);
    row.retention_hours = hours;
    row.readable_from = std::max(readable_from, stream.readable_from(now));
  });
  return stream.retention_changed;
}

}  // namespace

Result<Ticket> increase_retention(State& state, const StreamKey& key, std::int32_t hours, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(check_retention_range(hours));
  if (hours < stream->row.retention_hours)
    return errors::retention_not_shorter(hours, key.name, stream->row.retention_hours);
  return change_retention(state, *stream, hours, now);
}

Result<Ticket> decrease_retention(State& state, const StreamKey& key, std::int32_t hours, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(check_retention_range(hours));
  if (hours > stream->row.retention_hours)
    return errors::retention_not_longer(hours, key.name, stream->row.retention_hours);
  return change_retention(state, *stream, hours, now);
}

Result<Ticket> update_max_record_size(State& state, const StreamKey& key, std::int32_t kib, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  return state.update(*stream, Lasting::update, now, [&](StreamRow& row) { row.max_record_kib = kib; });
}

Result<Ticket> update_record_distribution(State& state, const StreamKey& key,
                                          RecordDistributionStrategy strategy, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  if (strategy == RecordDistributionStrategy::AUTO && stream->row.mode == StreamMode::PROVISIONED)
    return errors::auto_distribution_needs_on_demand(key.name, key.world.account);
  // At once: the status stays as it is.
  return state.edit(*stream, [&](StreamRow& row) { row.distribution = strategy; });
}

Result<MetricsChanged> enable_metrics(State& state, const StreamKey& key,
                                      const std::set<ShardMetric>& metrics, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  auto before = stream->row.metrics;
  const auto ticket = state.update(*stream, Lasting::update, now, [&](StreamRow& row) {
    row.metrics.insert(metrics.begin(), metrics.end());
  });
  return MetricsChanged{std::move(before), stream->row.metrics, ticket};
}

Result<MetricsChanged> disable_metrics(State& state, const StreamKey& key,
                                       const std::set<ShardMetric>& metrics, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  auto before = stream->row.metrics;
  const auto ticket = state.update(*stream, Lasting::update, now, [&](StreamRow& row) {
    for (const auto metric : metrics) row.metrics.erase(metric);
  });
  return MetricsChanged{std::move(before), stream->row.metrics, ticket};
}

Result<Ticket> update_mode(State& state, const StreamKey& key, StreamMode mode,
                           std::optional<std::int32_t> warm_mibps, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  if (stream->row.mode == mode)
    return errors::stream_mode_unchanged(key.name, key.world.account,
                                         boost::describe::enum_to_string(mode, ""));
  if (warm_mibps) {
    BOOST_OUTCOME_TRY(state.check_warm_throughput(key, mode, *warm_mibps, now));
  }
  if (mode == StreamMode::ON_DEMAND) {
    BOOST_OUTCOME_TRY(state.check_on_demand_quota(key.world, now));
  }
  BOOST_OUTCOME_TRY(state.check_ration(*stream, Rationed::mode_switch, now));
  // The shards stay as they are, unless warm throughput needs more of them.
  const auto wanted = warm_mibps.value_or(0) / shard_mibps;
  if (mode == StreamMode::PROVISIONED) {
    BOOST_OUTCOME_TRY(state.check_shard_quota(key.world, stream->open_count(), now));
  }
  return state.update(*stream, Lasting::mode, now, [&](StreamRow& row) {
    row.mode = mode;
    row.warm_mibps = warm_mibps;
    if (mode == StreamMode::PROVISIONED) row.distribution = RecordDistributionStrategy::USER_PARTITION_KEY;
    if (wanted > stream->open_count()) row.reshard = Rescale{wanted};
    count(row, Rationed::mode_switch, now);
  });
}

// Where it is not possible now, the next put to a busy shard asks again.
void State::scale(Stream& stream, Timestamp now) {
  if (status(stream.row, now) != StreamStatus::ACTIVE || !journal.has_room()) return;
  SplitBusy busy;
  for (Shard* shard : stream.open) {
    const bool wide = shard->row.range.ending - shard->row.range.starting > 1;
    if (wide && shard->load.busy(now)) busy.shards.push_back(shard->row.index);
  }
  const auto planned = static_cast<std::size_t>(stream.open_count()) + busy.shards.size();
  if (busy.shards.empty() || planned > on_demand_shards_max) return;
  update(stream, Lasting::scale, now, [&](StreamRow& row) { row.reshard = std::move(busy); });
}

Result<WarmThroughputChanged> update_warm_throughput(State& state, const StreamKey& key, std::int32_t mibps,
                                                     Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(state.check_warm_throughput(key, stream->row.mode, mibps, now));
  const auto wanted = mibps / shard_mibps;
  const auto current = std::min(stream->row.warm_mibps.value_or(0), stream->open_count() * shard_mibps);
  const auto ticket = state.update(*stream, Lasting::scale, now, [&](StreamRow& row) {
    row.warm_mibps = mibps;
    if (wanted > stream->open_count()) row.reshard = Rescale{wanted};
  });
  return WarmThroughputChanged{{mibps, current}, ticket};
}

}  // namespace kinesisd::storage
