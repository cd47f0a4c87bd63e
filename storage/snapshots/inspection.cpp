#include "storage/snapshots/inspection.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/records/shard_reading.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

const Stream* find(const State& state, const StreamKey& key, Timestamp now) {
  const auto found = state.streams.find(key);
  const bool there = found != state.streams.end() && status(found->second->row, now);
  return there ? found->second.get() : nullptr;
}

using Place = decltype(Shard::log)::const_iterator;

std::uint64_t bytes_between(Place first, Place end) {
  std::uint64_t bytes = 0;
  for (auto at = first; at != end; ++at) bytes += (*at)->size_bytes();
  return bytes;
}

// Of the records from `first` to `end`, by what the shard knows of all it has in memory.
std::optional<std::uint64_t> readable_bytes(const Shard& shard, Place first, Place end) {
  const auto readable = static_cast<std::uint64_t>(end - first);
  const std::uint64_t others = shard.log.size() - readable;
  if (others > counted_records_max && readable > counted_records_max) return std::nullopt;
  if (readable <= others) return bytes_between(first, end);
  // What a record takes beside its data and key is the same for all.
  const std::uint64_t beside = (*first)->memory_bytes() - (*first)->size_bytes();
  return shard.memory_bytes - shard.log.size() * beside - bytes_between(shard.log.begin(), first) -
         bytes_between(end, shard.log.end());
}

Holding holding_of(const Stream& stream, const Shard& shard, Timestamp now) {
  const auto horizon = stream.readable_from(now);
  const auto begin = shard.log.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(shard.readable);
  const auto first =
      std::partition_point(begin, end, [&](const RecordPtr& record) { return record->arrived() < horizon; });
  // Older ones are on the disk, unless all of those have expired.
  const bool on_disk =
      shard.memory_from > shard.stored_from && first == begin && shard.last_arrival >= horizon;
  Holding holding;
  if (on_disk) {
    holding.records = shard.readable_end() - shard.stored_from;
    holding.bytes = std::nullopt;
    return holding;
  }
  holding.records = static_cast<std::uint64_t>(end - first);
  holding.bytes = readable_bytes(shard, first, end);
  return holding;
}

void add(Holding& sum, const Holding& part) {
  sum.records += part.records;
  sum.bytes = sum.bytes && part.bytes ? std::optional(*sum.bytes + *part.bytes) : std::nullopt;
}

StreamOverview overview_of(const State& state, const Stream& stream, Timestamp now) {
  StreamOverview overview{summarize(state, stream, now), {}};
  for (const auto& shard : stream.shards) add(overview.holding, holding_of(stream, *shard, now));
  return overview;
}

SequenceNumber position_behind(const Shard& shard, std::uint64_t next_index, Timestamp now) {
  const std::uint64_t index = std::max<std::uint64_t>(next_index, 1) - 1;
  return {.shard_created_s = shard.row.created_s,
          .index = index,
          .recorded_s = logical_s(shard.row.created_s, index, now),
          .shard = shard.row.index,
          .past_record = true};
}

}  // namespace

std::uint64_t readable_records(const Stream& stream, Timestamp now) {
  Holding sum;
  for (const auto& shard : stream.shards) add(sum, holding_of(stream, *shard, now));
  return sum.records;
}

StreamOverviews overview(State& state, const Scope& scope, const std::optional<StreamKey>& after,
                         std::size_t limit, Timestamp now) {
  StreamOverviews found;
  auto at = after ? state.streams.upper_bound(*after) : state.streams.begin();
  for (; at != state.streams.end(); ++at) {
    if (!scope.holds(at->first.world) || !status(at->second->row, now)) continue;
    found.more = found.streams.size() == limit;
    if (found.more) break;
    found.streams.push_back(overview_of(state, *at->second, now));
  }
  return found;
}

std::optional<StreamDetails> details(State& state, const StreamKey& key, ShardIndex from,
                                     std::size_t shards_max, Timestamp now) {
  const Stream* stream = find(state, key, now);
  if (stream == nullptr) return std::nullopt;
  StreamDetails details{overview_of(state, *stream, now), {}, false, {}};
  for (std::size_t i = from.value; i < stream->shards.size(); ++i) {
    const Shard& shard = *stream->shards[i];
    if (!stream->lists(shard, now)) continue;
    details.more_shards = details.shards.size() == shards_max;
    if (details.more_shards) break;
    ShardDetails& shown = details.shards.emplace_back(
        ShardDetails{summarize(shard), holding_of(*stream, shard, now), std::nullopt});
    if (shard.row.next_index > 1) shown.newest = shard.last_arrival;
  }
  const auto open = state.subscriptions.of_stream(stream->row.serial);
  for (const ConsumerRow& row : stream->row.consumers) {
    const auto is = status(row, now);
    if (!is) continue;
    ConsumerDetails consumer{{{key, row.name, row.created_s}, *is}, {}};
    for (const auto& subscription : open) {
      if (subscription->consumer != consumer.summary.key) continue;
      const auto shard = state.shards.find(subscription->shard_serial);
      if (shard == state.shards.end()) continue;
      consumer.subscriptions.push_back(
          {subscription->shard, position_behind(*shard->second, subscription->at.from_index, now)});
    }
    details.consumers.push_back(std::move(consumer));
  }
  return details;
}

std::optional<std::vector<ShardIndex>> listed_shards(State& state, const StreamKey& key, Timestamp now) {
  const Stream* stream = find(state, key, now);
  if (stream == nullptr) return std::nullopt;
  std::vector<ShardIndex> shards;
  for (const auto& shard : stream->shards)
    if (stream->lists(*shard, now)) shards.push_back(shard->row.index);
  return shards;
}

Result<PendingRead> peek(State& state, const StreamKey& key, ShardIndex index, const IteratorStart& start,
                         std::size_t records_max, std::size_t bytes_max, Timestamp now) {
  const Stream* stream = find(state, key, now);
  const Shard* shard = stream == nullptr ? nullptr : stream->shard(index, now);
  if (shard == nullptr)
    return protocol::errors::shard_not_found(index.shard_id(), key.name, key.world.account);
  BOOST_OUTCOME_TRY(const Position at, position(*shard, start, key, now));
  PendingRead read;
  read.stream = key;
  read_shard(state, *shard, at, {.records = records_max, .bytes = bytes_max}, now, read);
  return read;
}

Peeked finish_peek(PendingRead read, Timestamp now) {
  Peeked peeked;
  peeked.page.shard = read.shard;
  peeked.page.shard_created_s = read.shard_created_s;
  peeked.page.records = std::move(read.records);
  std::erase_if(peeked.page.records,
                [&](const RecordPtr& record) { return record->arrived() < read.arrived_from; });
  Reached reached = reached_by(read, peeked.page.records, now);
  // All there is came before the time that was asked for; the position behind forgets that time.
  if (peeked.page.records.empty() && reached.tip) reached.next = std::max(reached.next, read.readable_index);
  peeked.page.millis_behind_latest = reached.millis_behind;
  Shard shard;
  shard.row.index = read.shard;
  shard.row.created_s = read.shard_created_s;
  peeked.next = position_behind(shard, reached.next, now);
  return peeked;
}

}  // namespace kinesisd::storage
