// GetShardIterator and GetRecords.
#include "storage/records/reads.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/records/iterator_region.hpp"
#include "storage/records/shard_reading.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

ReadMeters& meters_of(Shard& shard) {
  if (!shard.reads) shard.reads = std::make_unique<ReadMeters>();
  return *shard.reads;
}

// The shard counts what it gave and pays for it, if it is still there.
void charge(State& state, const PendingRead& read, const RecordPage& page, Timestamp now) {
  const auto found = state.shards.find(read.shard_serial);
  if (found == state.shards.end()) return;
  Shard& shard = *found->second;
  std::size_t bytes = 0;
  for (const auto& record : page.records) bytes += record->data().size();
  shard.counts.outgoing_records += page.records.size();
  shard.counts.outgoing_bytes += bytes;
  shard.counts.iterator_age_ms = page.millis_behind_latest;
  StreamCounts& counts = shard.stream->counts;
  counts.get_records_records += page.records.size();
  counts.get_records_bytes += bytes;
  counts.iterator_age_ms = page.millis_behind_latest;
  if (read.over_limit || page.records.empty() || !state.meters_reads()) return;
  meters_of(shard).charge(static_cast<std::int64_t>(bytes), now);
}

}  // namespace

std::optional<ReadExcess> State::let_through(Shard& shard, const ReadExcess& excess) {
  // A second that never ends says nothing of how much was read in it.
  if (time_frozen) return std::nullopt;
  ++reads_over_limit;
  return shard.reads->is_news(excess.limit) ? std::optional{excess} : std::nullopt;
}

Result<NewIterator> shard_iterator(State& state, const StreamKey& key, const std::string& shard_id,
                                   const IteratorStart& start, Timestamp now, Effect effect) {
  const auto index = parse_shard_id(shard_id);
  if (!index) return errors::shard_id_unknown(shard_id, key.name, key.world.account);
  const Stream* stream = state.find(key, now);
  const bool usable = stream != nullptr && shows_shards(*status(stream->row, now));
  Shard* shard = usable ? stream->shard(*index, now) : nullptr;
  if (shard == nullptr) return errors::shard_not_found(index->shard_id(), key.name, key.world.account);
  BOOST_OUTCOME_TRY(const auto at, position(*shard, start, key, now));
  NewIterator made;
  made.shard = *index;
  // AWS limits the calls per open shard.
  if (effect == Effect::full && state.meters_reads() && !shard->row.closed) {
    if (const auto excess = meters_of(*shard).get_shard_iterator(now)) {
      if (state.settings.enforce_read_limits)
        return errors::iterator_rate_exceeded(index->shard_id(), key.name, key.world.account);
      made.excess = state.let_through(*shard, *excess);
    }
  }
  made.text = seal(state.seal, ShardIterator{.stream = key.name,
                                             .account = key.world.account,
                                             .stream_serial = stream->row.serial,
                                             .shard = *index,
                                             .from_index = at.from_index,
                                             .arrived_from = at.arrived_from,
                                             .issued = now,
                                             .fresh = true,
                                             .history = shard->history,
                                             .region = key.world.region});
  return made;
}

Result<PendingRead> begin_read(State& state, std::string_view text, std::optional<std::int32_t> limit,
                               Timestamp now, Effect effect, const Restraint& restraint) {
  const auto iterator = open_shard_iterator(state.seal, text);
  if (!iterator) return errors::iterator_invalid();
  if (epoch_ms(now) - epoch_ms(iterator->issued) > errors::token_lifetime_ms)
    return errors::iterator_expired(epoch_ms(iterator->issued), epoch_ms(now));
  // A stream deleted and created anew is another stream to an iterator.
  Stream* found = state.find(iterator->stream_serial, now);
  Shard* shard = found == nullptr ? nullptr : found->shard(iterator->shard, now);
  if (shard == nullptr)
    return errors::shard_not_found(iterator->shard.shard_id(), iterator->stream, iterator->account);

  Stream& stream = *found;
  if (effect == Effect::full) ++stream.counts.get_records_calls;
  if (stream.row.key_id && effect == Effect::full) {
    BOOST_OUTCOME_TRY(state.check_key(*stream.row.key_id, stream.row.key.world, KeyUse::decrypt));
  }
  PendingRead read;
  read.stream = stream.row.key;
  if (effect == Effect::none) return read;
  if (state.meters_reads()) {
    if (const auto excess = meters_of(*shard).get_records(now)) {
      if (state.settings.enforce_read_limits) {
        ++shard->counts.reads_exceeded;
        return errors::read_rate_exceeded(iterator->shard.shard_id(), iterator->stream, iterator->account);
      }
      read.over_limit = true;
      read.excess = state.let_through(*shard, *excess);
    }
  }
  auto records_max =
      static_cast<std::size_t>(std::clamp(limit.value_or(page_records_max), 1, page_records_max));
  if (restraint.records_max) records_max = std::min(records_max, *restraint.records_max);
  if (Strict* strict = state.settings.strict.get(); strict != nullptr && records_max > 0)
    records_max = strict->withholds_page(iterator->fresh) ? 0 : strict->cut(records_max);
  read.withheld = records_max == 0;
  if (read.withheld) records_max = 1;
  read.visible_until = visible_until(restraint.visible_after, now);
  const bool astray = iterator->history != shard->history && iterator->from_index > shard->parted_at;
  read_shard(state, *shard, {astray ? shard->parted_at : iterator->from_index, iterator->arrived_from},
             {.records = records_max, .bytes = page_bytes_max}, now, read);
  read.times = {stream.times, &stream.times->get_records};
  return read;
}

Result<void> check_iterator_region(State& state, std::string_view text, std::string_view region) {
  const auto iterator = open_shard_iterator(state.seal, text);
  if (!iterator || iterator->region != region) return errors::iterator_invalid();
  return fine();
}

std::optional<ShardKey> shard_of(State& state, std::string_view text, Timestamp now) {
  const auto iterator = open_shard_iterator(state.seal, text);
  const Stream* stream = iterator ? state.find(iterator->stream_serial, now) : nullptr;
  if (stream == nullptr) return std::nullopt;
  return ShardKey{stream->row.key, iterator->shard};
}

Result<RecordPage> finish_read(State& state, PendingRead read, Timestamp now) {
  RecordPage page;
  page.shard = read.shard;
  page.shard_created_s = read.shard_created_s;
  hold_back(read);
  page.records = std::move(read.records);
  std::erase_if(page.records, [&](const RecordPtr& record) { return record->arrived() < read.arrived_from; });

  const Reached reached = reached_by(read, page.records, now);
  if (read.withheld) page.records.clear();
  page.millis_behind_latest = reached.millis_behind;
  charge(state, read, page, now);

  // The end of a closed shard is told on an empty page of its own, never together with records.
  if (reached.tip && page.records.empty() && !read.children.empty()) {
    page.children = std::move(read.children);
    return page;
  }
  page.next_iterator = seal(state.seal, ShardIterator{.stream = std::move(read.stream.name),
                                                      .account = std::move(read.stream.world.account),
                                                      .stream_serial = read.stream_serial,
                                                      .shard = read.shard,
                                                      .from_index = reached.next,
                                                      .arrived_from = read.arrived_from,
                                                      .issued = now,
                                                      .history = read.history,
                                                      .region = std::move(read.stream.world.region)});
  return page;
}

}  // namespace kinesisd::storage
