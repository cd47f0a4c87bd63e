// SplitShard, MergeShards and UpdateShardCount: what may be done. It is done when UPDATING ends; see
// storage/state/resharding.hpp.
#include "storage/shards/shards.hpp"

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::int32_t scaled_shards_max = 10'000;

Result<ShardIndex> parse(const std::string& shard_id, const StreamKey& key) {
  const auto index = parse_shard_id(shard_id);
  if (!index) return errors::shard_id_unknown(shard_id, key.name, key.world.account);
  return *index;
}

Result<Shard*> known_shard(const Stream& stream, ShardIndex index, Timestamp now) {
  Shard* shard = stream.shard(index, now);
  if (shard == nullptr)
    return errors::shard_id_unknown(index.shard_id(), stream.row.key.name, stream.row.key.world.account);
  return shard;
}

Result<void> require_provisioned(const Stream& stream) {
  if (stream.row.mode == StreamMode::PROVISIONED) return fine();
  return errors::stream_on_demand(stream.row.key.name, stream.row.key.world.account);
}

Result<void> require_open(const Shard& shard) {
  if (!shard.row.closed) return fine();
  const StreamKey& key = shard.stream->row.key;
  return errors::shard_closed(shard.row.index.shard_id(), key.name, key.world.account);
}

}  // namespace

Result<Ticket> split_shard(State& state, const StreamKey& key, const std::string& shard_id,
                           const std::string& new_starting_hash_key, Timestamp now) {
  BOOST_OUTCOME_TRY(const ShardIndex index, parse(shard_id, key));
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(const Shard* shard, known_shard(*stream, index, now));
  BOOST_OUTCOME_TRY(require_provisioned(*stream));
  BOOST_OUTCOME_TRY(state.check_shard_quota(key.world, 1, now));
  BOOST_OUTCOME_TRY(require_open(*shard));
  const HashKeyRange& range = shard->row.range;
  const auto at = parse_hash_key(new_starting_hash_key);
  if (!at || *at <= range.starting || *at - range.starting <= 1 || *at >= range.ending)
    return errors::split_key_out_of_range(new_starting_hash_key, index.shard_id(), key.name,
                                          key.world.account, to_string(range.starting),
                                          to_string(range.ending));
  return state.update(*stream, Lasting::split, now, [&](StreamRow& row) {
    row.reshard = SplitOne{index, *at};
  });
}

Result<Ticket> merge_shards(State& state, const StreamKey& key, const std::string& lower_id,
                            const std::string& upper_id, Timestamp now) {
  BOOST_OUTCOME_TRY(const ShardIndex lower, parse(lower_id, key));
  BOOST_OUTCOME_TRY(const ShardIndex upper, parse(upper_id, key));
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(const Shard* first, known_shard(*stream, lower, now));
  BOOST_OUTCOME_TRY(const Shard* second, known_shard(*stream, upper, now));
  BOOST_OUTCOME_TRY(require_provisioned(*stream));
  // The shard named first has to be the lower one.
  const bool adjacent =
      first->row.range.ending != hash_key_max && first->row.range.ending + 1 == second->row.range.starting;
  if (!adjacent)
    return errors::shards_not_adjacent(lower.shard_id(), upper.shard_id(), key.name, key.world.account);
  BOOST_OUTCOME_TRY(require_open(*first));
  BOOST_OUTCOME_TRY(require_open(*second));
  return state.update(*stream, Lasting::merge, now, [&](StreamRow& row) {
    row.reshard = MergeTwo{lower, upper};
  });
}

Result<Rescaled> update_shard_count(State& state, const StreamKey& key, std::int32_t target, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(require_provisioned(*stream));
  const auto current = stream->open_count();
  if (target > scaled_shards_max) return errors::scaling_above_limit(scaled_shards_max, current, target);
  if (std::int64_t{target} > 2 * std::int64_t{current}) return errors::scaling_over_double(current, target);
  if (2 * std::int64_t{target} < current) return errors::scaling_below_half(current, target);
  if (target > current) {
    BOOST_OUTCOME_TRY(state.check_shard_quota(key.world, target - current, now));
  }
  if (target == current) return Rescaled{current, no_ticket};
  BOOST_OUTCOME_TRY(state.check_ration(*stream, Rationed::scaling, now));
  const auto ticket = state.update(*stream, Lasting::scale, now, [&](StreamRow& row) {
    row.reshard = Rescale{target};
    count(row, Rationed::scaling, now);
  });
  return Rescaled{current, ticket};
}

}  // namespace kinesisd::storage
