// ListStreams and ListShards.
#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::int32_t shards_page_max = 1000;

// A ListShards call with everything resolved: what a NextToken carries.
struct Selection {
  Stream* stream;
  ShardFilterType filter = ShardFilterType::FROM_TRIM_HORIZON;
  Timestamp filter_time{};
  std::uint32_t from_shard = 0;
};

// The oldest instant that still can be read: until then AT_ and FROM_ filters reach back.
Timestamp horizon(const Stream& stream, Timestamp now) {
  auto oldest = now;
  for (const auto& shard : stream.shards)
    if (stream.lists(*shard, now)) oldest = std::min(oldest, shard->row.opened);
  return std::max(stream.readable_from(now) - std::chrono::milliseconds{1}, oldest);
}

// A shard is open from `opened` until just before `closed`, so that for every instant parents and children
// tile the hash keys.
bool matches(const Shard& shard, ShardFilterType filter, Timestamp at) {
  const ShardRow& row = shard.row;
  switch (filter) {
    case ShardFilterType::AT_LATEST:
      return !row.closed;
    case ShardFilterType::AT_TRIM_HORIZON:
    case ShardFilterType::AT_TIMESTAMP:
      return row.opened <= at && (!row.closed || at < *row.closed);
    case ShardFilterType::FROM_TIMESTAMP:
      return !row.closed || *row.closed >= at;
    case ShardFilterType::AFTER_SHARD_ID:
    case ShardFilterType::FROM_TRIM_HORIZON:
      break;
  }
  return true;
}

Result<void> require_listable(const Stream& stream, Timestamp now) {
  const auto is = *status(stream.row, now);
  if (is == StreamStatus::ACTIVE || is == StreamStatus::UPDATING) return fine();
  return errors::stream_not_active(stream.row.key.name, stream.row.key.world.account, name(is));
}

std::string_view name(ShardFilterType type) {
  return boost::describe::enum_to_string(type, "");
}

Result<void> apply(const ShardFilter& filter, Selection& selection, Timestamp now) {
  selection.filter = filter.type;
  switch (filter.type) {
    case ShardFilterType::AFTER_SHARD_ID:
      if (!filter.shard_id) return errors::shard_filter_without_shard_id(name(filter.type));
      selection.from_shard = after_shard_id(*selection.stream, *filter.shard_id);
      break;
    case ShardFilterType::AT_TRIM_HORIZON:
      selection.filter_time = horizon(*selection.stream, now);
      break;
    case ShardFilterType::AT_TIMESTAMP:
    case ShardFilterType::FROM_TIMESTAMP:
      if (!filter.timestamp) return errors::shard_filter_without_timestamp(name(filter.type));
      if (*filter.timestamp > now)
        return errors::shard_filter_in_future(epoch_ms(*filter.timestamp), epoch_ms(now));
      selection.filter_time = *filter.timestamp;
      break;
    case ShardFilterType::AT_LATEST:
    case ShardFilterType::FROM_TRIM_HORIZON:
      break;
  }
  return fine();
}

Result<Selection> select_by_token(State& state, const World& caller, const std::string& text, Timestamp now) {
  const auto token = open_list_shards_token(state.seal, text);
  // The account is not asked for: policies open streams to others.
  if (!token || token->region != caller.region) return errors::next_token_invalid();
  BOOST_OUTCOME_TRY(check_token_age(token->issued, now));
  Stream* stream = state.find(token->stream_serial, now);
  if (stream == nullptr) return errors::stream_not_found(token->stream, token->account);
  return Selection{stream, static_cast<ShardFilterType>(token->filter), token->filter_time,
                   token->from_shard};
}

Result<Selection> select_by_name(State& state, const ListShardsQuery& query, Timestamp now) {
  const StreamKey& key = *query.stream;
  Stream* stream = state.find(key, now);
  if (stream == nullptr ||
      (query.stream_created && epoch_s(*query.stream_created) != epoch_s(stream->row.created)))
    return errors::stream_not_found(key.name, key.world.account);
  BOOST_OUTCOME_TRY(require_listable(*stream, now));
  if (query.filter && query.exclusive_start_shard_id) return errors::shard_filter_with_start();
  Selection selection{stream};
  if (query.exclusive_start_shard_id)
    selection.from_shard = after_shard_id(*stream, *query.exclusive_start_shard_id);
  if (query.filter) {
    BOOST_OUTCOME_TRY(apply(*query.filter, selection, now));
  }
  return selection;
}

}  // namespace

std::uint32_t after_shard_id(const Stream& stream, const std::string& id) {
  const auto first = std::partition_point(stream.shards.begin(), stream.shards.end(), [&](const auto& shard) {
    return shard->row.index.shard_id() <= id;
  });
  return static_cast<std::uint32_t>(first - stream.shards.begin());
}

Result<void> check_token_age(Timestamp issued, Timestamp now) {
  if (epoch_ms(now) - epoch_ms(issued) <= errors::token_lifetime_ms) return fine();
  return errors::next_token_expired(epoch_ms(issued), epoch_ms(now));
}

Result<ShardList> list_shards(State& state, const World& caller, const ListShardsQuery& query,
                              Timestamp now) {
  BOOST_OUTCOME_TRY(Selection selection, query.next_token
                                             ? select_by_token(state, caller, *query.next_token, now)
                                             : select_by_name(state, query, now));
  const Stream& stream = *selection.stream;
  const auto at = std::max(selection.filter_time, horizon(stream, now));
  const auto page_max = page_size(query.max_results, shards_page_max);
  ShardList list{stream.row.key, {}, std::nullopt};
  for (std::size_t i = selection.from_shard; i < stream.shards.size(); ++i) {
    const Shard& shard = *stream.shards[i];
    if (!stream.lists(shard, now) || !matches(shard, selection.filter, at)) continue;
    if (list.shards.size() == page_max) {
      list.next_token =
          seal(state.seal, ListShardsToken{.stream = stream.row.key.name,
                                           .account = stream.row.key.world.account,
                                           .stream_serial = stream.row.serial,
                                           .filter = static_cast<std::uint8_t>(selection.filter),
                                           .filter_time = selection.filter_time,
                                           .from_shard = static_cast<std::uint32_t>(i),
                                           .issued = now,
                                           .region = stream.row.key.world.region});
      break;
    }
    list.shards.push_back(summarize(shard));
  }
  if (state.settings.strict != nullptr) state.settings.strict->shuffle(list.shards);
  return list;
}

}  // namespace kinesisd::storage
