// What an account has and may have: quotas, rations, and the minimum throughput billing commitment.
#include "storage/streams/accounts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::chrono::hours ration_period{24};
constexpr std::chrono::hours commitment_min{24};
constexpr std::int64_t transitions_max = 5;  // streams CREATING or DELETING at a time
constexpr std::int32_t warm_mibps_max = 10 * 1024;
constexpr std::size_t rationed_kept_max = 64;  // of one kind; more than any ration allows

struct Ration {
  Rationed what;
  std::size_t times;
};

constexpr std::array rations{Ration{Rationed::scaling, 10}, Ration{Rationed::mode_switch, 2},
                             Ration{Rationed::encryption_start, 25}, Ration{Rationed::encryption_stop, 25}};

protocol::Error ration_used_up(const StreamKey& key, const Ration& ration) {
  const auto times = static_cast<std::int64_t>(ration.times);
  switch (ration.what) {
    case Rationed::scaling:
      return errors::too_many_scalings(key.name, key.world.account, times);
    case Rationed::mode_switch:
      return errors::too_many_mode_switches(key.name, key.world.account, times);
    case Rationed::encryption_start:
      return errors::too_many_encryption_starts(key.name, key.world.account, times);
    case Rationed::encryption_stop:
      break;
  }
  return errors::too_many_encryption_stops(key.name, key.world.account, times);
}

// Calls `visit(const Stream&)` for every stream of the account that is there at `now`.
template <class Visit>
void for_each_stream(State& state, const World& world, Timestamp now, Visit&& visit) {
  for (auto it = state.streams.lower_bound({world, {}});
       it != state.streams.end() && it->first.world == world; ++it) {
    Stream& stream = *it->second;
    if (!status(stream.row, now)) continue;
    state.advance(stream, now);
    visit(std::as_const(stream));
  }
}

// One that is being deleted does not count any more.
bool counts_as_on_demand(const Stream& stream) {
  return stream.row.mode == StreamMode::ON_DEMAND && stream.row.transition != Transition::deleting;
}

}  // namespace

std::int32_t Stream::planned_open_count() const {
  if (std::holds_alternative<SplitOne>(row.reshard)) return open_count() + 1;
  if (const auto* busy = std::get_if<SplitBusy>(&row.reshard))
    return open_count() + static_cast<std::int32_t>(busy->shards.size());
  const auto* rescale = std::get_if<Rescale>(&row.reshard);
  return rescale == nullptr ? open_count() : std::max(rescale->shards, open_count());
}

AccountUsage account_usage(State& state, const World& world, Timestamp now) {
  AccountUsage used{0, 0, state.settings.shard_limit, state.settings.on_demand_limit};
  for_each_stream(state, world, now, [&](const Stream& stream) {
    if (stream.row.mode == StreamMode::PROVISIONED)
      used.open_shards += stream.planned_open_count();
    else if (counts_as_on_demand(stream))
      ++used.on_demand_streams;
  });
  return used;
}

Result<void> State::check_shard_quota(const World& world, std::int64_t additional, Timestamp now) {
  if (additional <= 0) return fine();
  std::int64_t open = 0;
  for_each_stream(*this, world, now, [&](const Stream& stream) {
    if (stream.row.mode == StreamMode::PROVISIONED) open += stream.planned_open_count();
  });
  const auto& limit = settings.shard_limit;
  if (limit && open + additional > *limit)
    return errors::shard_limit(world.account, world.region, open, *limit, additional);
  if (additional > stream_shards_max)
    return errors::shard_limit(world.account, world.region, open, stream_shards_max, additional);
  return fine();
}

Result<void> State::check_on_demand_quota(const World& world, Timestamp now) {
  if (!settings.on_demand_limit) return fine();
  std::int64_t streams_on_demand = 0;
  for_each_stream(*this, world, now, [&](const Stream& stream) {
    if (counts_as_on_demand(stream)) ++streams_on_demand;
  });
  if (streams_on_demand < *settings.on_demand_limit) return fine();
  return errors::on_demand_limit(world.account, *settings.on_demand_limit);
}

Result<void> State::check_transition_quota(const World& world, Timestamp now) {
  if (!settings.enforce_control_limits) return fine();
  std::int64_t under_way = 0;
  for_each_stream(*this, world, now, [&](const Stream& stream) {
    const auto is = *status(stream.row, now);
    if (is == StreamStatus::CREATING || is == StreamStatus::DELETING) ++under_way;
  });
  if (under_way < transitions_max) return fine();
  return errors::too_many_streams_changing(world.account);
}

Result<void> State::check_warm_throughput(const StreamKey& key, StreamMode mode, std::int32_t mibps,
                                          Timestamp now) const {
  if (mode != StreamMode::ON_DEMAND)
    return errors::warm_throughput_needs_on_demand(key.name, key.world.account);
  if (!committed(key.world, now)) return errors::warm_throughput_needs_commitment(key.world.account);
  if (mibps > warm_mibps_max) return errors::warm_throughput_too_high(mibps, warm_mibps_max);
  return fine();
}

Result<void> State::check_ration(const Stream& stream, Rationed what, Timestamp now) const {
  if (!settings.enforce_control_limits) return fine();
  const auto* const ration =
      std::find_if(rations.begin(), rations.end(), [&](const Ration& one) { return one.what == what; });
  const auto recent = stream.row.recent.find(what);
  if (recent == stream.row.recent.end()) return fine();
  const auto& times = recent->second;
  const auto used =
      std::count_if(times.begin(), times.end(), [&](Timestamp at) { return at > now - ration_period; });
  if (static_cast<std::size_t>(used) < ration->times) return fine();
  return ration_used_up(stream.row.key, *ration);
}

void count(StreamRow& row, Rationed what, Timestamp now) {
  auto& times = row.recent[what];
  std::erase_if(times, [&](Timestamp at) { return at <= now - ration_period; });
  if (times.size() == rationed_kept_max) times.erase(times.begin());
  times.push_back(now);
}

namespace {

// What an account's row says at an instant. The commitment is ended by the clock, not by an event.
Commitment commitment_of(const AccountRow& row, Timestamp now) {
  if (!row.started) return {CommitmentStatus::DISABLED, {}, {}, {}};
  const auto earliest_end = *row.started + commitment_min;
  if (!row.ends) return {CommitmentStatus::ENABLED, row.started, {}, earliest_end};
  if (now < *row.ends)
    return {CommitmentStatus::ENABLED_UNTIL_EARLIEST_ALLOWED_END, row.started, {}, earliest_end};
  return {CommitmentStatus::DISABLED, row.started, row.ends, {}};
}

}  // namespace

Commitment commitment(const State& state, const World& world, Timestamp now) {
  const auto found = state.accounts.find(world);
  return commitment_of(found == state.accounts.end() ? AccountRow{} : found->second, now);
}

bool State::committed(const World& world, Timestamp now) const {
  const auto found = accounts.find(world);
  return found != accounts.end() && commitment_of(found->second, now).status != CommitmentStatus::DISABLED;
}

Result<CommitmentChanged> change_commitment(State& state, const World& world, bool enabled, Timestamp now) {
  if (!state.journal.has_room()) return errors::service_unavailable();
  const auto found = state.accounts.find(world);
  const AccountRow before = found == state.accounts.end() ? AccountRow{} : found->second;
  AccountRow after = before;
  const bool on = state.committed(world, now);
  if (enabled && on) {
    after.ends = std::nullopt;  // an end that was asked for is called off
  } else if (enabled) {
    after = {now, std::nullopt};
  } else if (on && !before.ends) {
    after.ends = std::max(now, *before.started + commitment_min);
  }
  const Commitment commitment = commitment_of(after, now);
  if (after == before) return CommitmentChanged{commitment, no_ticket};
  state.accounts[world] = after;
  const auto ticket =
      state.journal.submit({std::make_unique<AccountChanged>(AccountChanged{world, before, after})});
  return CommitmentChanged{commitment, ticket};
}

}  // namespace kinesisd::storage
