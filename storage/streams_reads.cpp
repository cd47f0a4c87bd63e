// GetShardIterator and GetRecords.
#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/streams_state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

struct Position {
  std::uint64_t from_index = 0;
  Timestamp arrived_from{};
};

Result<std::uint64_t> index_of(const Shard& shard, const std::string& number, const StreamKey& key) {
  const auto id = shard.row.index.shard_id();
  const auto& account = key.world.account;
  const auto parsed = parse_sequence_number(number);
  if (!parsed) return errors::starting_sequence_number_invalid(number, id, key.name, account);
  if (parsed->number.shard != shard.row.index)
    return errors::starting_sequence_number_of_other_shard(parsed->number.shard.shard_id(), id);
  if (parsed->version == 0) return errors::internal_failure();  // as AWS answers
  if (parsed->version != 2 || parsed->number.shard_created_s != shard.row.created_s)
    return errors::starting_sequence_number_of_other_stream(number, id, key.name, account);
  return parsed->number.index;
}

Result<Position> position(const Shard& shard, const IteratorStart& start, const StreamKey& key,
                          Timestamp now) {
  const auto type = boost::describe::enum_to_string(start.type, "");
  const bool by_number =
      start.type == IteratorType::AT_SEQUENCE_NUMBER || start.type == IteratorType::AFTER_SEQUENCE_NUMBER;
  if (by_number && !start.sequence_number) return errors::starting_sequence_number_missing(type);
  if (!by_number && start.sequence_number) return errors::starting_sequence_number_unexpected(type);
  switch (start.type) {
    case IteratorType::AT_SEQUENCE_NUMBER:
    case IteratorType::AFTER_SEQUENCE_NUMBER: {
      BOOST_OUTCOME_TRY(const auto index, index_of(shard, *start.sequence_number, key));
      return Position{start.type == IteratorType::AFTER_SEQUENCE_NUMBER ? index + 1 : index, {}};
    }
    case IteratorType::TRIM_HORIZON:
      break;
    case IteratorType::LATEST:
      // Not next_index: numbers given to pending records are given again if the process dies before their
      // commit.
      return Position{shard.readable_end(), {}};
    case IteratorType::AT_TIMESTAMP:
      if (!start.timestamp) return errors::timestamp_missing();
      if (*start.timestamp > now)
        return errors::timestamp_in_future(epoch_ms(*start.timestamp), epoch_ms(now));
      return Position{0, *start.timestamp};
  }
  return Position{};
}

// The part of the page that is only on the disk, if reading begins there.
std::optional<DiskRange> disk_part(const Shard& shard, const PendingRead& read, std::size_t records_max) {
  if (read.from_index >= shard.memory_from) return std::nullopt;
  const auto newest_on_disk = shard.log.empty() ? shard.last_arrival : shard.log.front()->arrived();
  if (newest_on_disk < read.arrived_from) return std::nullopt;
  return DiskRange{.shard_serial = shard.row.serial,
                   .from_index = read.from_index,
                   .below_index = shard.memory_from,
                   .arrived_from = read.arrived_from,
                   .records_max = records_max,
                   .bytes_max = page_bytes_max};
}

void read_memory(const Shard& shard, PendingRead& read, std::size_t records_max) {
  const auto begin = shard.log.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(shard.readable);
  const auto first = std::partition_point(begin, end, [&](const RecordPtr& record) {
    return record->index() < read.from_index || record->arrived() < read.arrived_from;
  });
  std::size_t bytes = 0;
  for (auto at = first; at != end && read.records.size() < records_max; ++at) {
    bytes += (*at)->data().size();
    if (bytes > page_bytes_max && !read.records.empty()) break;
    read.records.push_back(*at);
  }
}

ReadMeters& meters_of(Shard& shard) {
  if (!shard.reads) shard.reads = std::make_unique<ReadMeters>();
  return *shard.reads;
}

// The shard pays for what it gave, if it is still there.
void charge(StreamsState& state, const PendingRead& read, const RecordPage& page, Timestamp now) {
  if (read.over_limit || page.records.empty() || !state.meters_reads()) return;
  const auto shard = state.shards.find(read.shard_serial);
  if (shard == state.shards.end()) return;
  std::size_t bytes = 0;
  for (const auto& record : page.records) bytes += record->data().size();
  meters_of(*shard->second).charge(static_cast<std::int64_t>(bytes), now);
}

std::vector<ChildShard> children(const Stream& stream, ShardIndex parent) {
  std::vector<ChildShard> found;
  for (const auto& shard : stream.shards) {
    const ShardRow& row = shard->row;
    if (row.parent != parent && row.adjacent_parent != parent) continue;
    ChildShard child{row.index, {}, row.range};
    if (row.parent) child.parents.push_back(*row.parent);
    if (row.adjacent_parent) child.parents.push_back(*row.adjacent_parent);
    found.push_back(std::move(child));
  }
  return found;
}

}  // namespace

std::optional<ReadExcess> StreamsState::let_through(Shard& shard, const ReadExcess& excess) {
  ++reads_over_limit;
  return shard.reads->is_news(excess.limit) ? std::optional{excess} : std::nullopt;
}

Result<NewIterator> Streams::shard_iterator(const StreamKey& key, const std::string& shard_id,
                                            const IteratorStart& start, Timestamp now, Effect effect) {
  const auto index = parse_shard_id(shard_id);
  if (!index) return errors::shard_id_unknown(shard_id, key.name, key.world.account);
  const Stream* stream = state_->find(key, now);
  const bool usable = stream != nullptr && shows_shards(*status(stream->row, now));
  Shard* shard = usable ? stream->shard(*index, now) : nullptr;
  if (shard == nullptr) return errors::shard_not_found(index->shard_id(), key.name, key.world.account);
  BOOST_OUTCOME_TRY(const auto at, position(*shard, start, key, now));
  NewIterator made;
  made.shard = *index;
  // AWS limits the calls per open shard.
  if (effect == Effect::full && state_->meters_reads() && !shard->row.closed) {
    if (const auto excess = meters_of(*shard).get_shard_iterator(now)) {
      if (state_->settings.enforce_read_limits)
        return errors::iterator_rate_exceeded(index->shard_id(), key.name, key.world.account);
      made.excess = state_->let_through(*shard, *excess);
    }
  }
  made.text = seal(state_->seal, ShardIterator{.stream = key.name,
                                               .account = key.world.account,
                                               .stream_serial = stream->row.serial,
                                               .shard = *index,
                                               .from_index = at.from_index,
                                               .arrived_from = at.arrived_from,
                                               .issued = now});
  return made;
}

Result<PendingRead> Streams::begin_read(std::string_view text, std::optional<std::int32_t> limit,
                                        Timestamp now, Effect effect) {
  const auto iterator = open_shard_iterator(state_->seal, text);
  if (!iterator) return errors::iterator_invalid();
  if (epoch_ms(now) - epoch_ms(iterator->issued) > errors::token_lifetime_ms)
    return errors::iterator_expired(epoch_ms(iterator->issued), epoch_ms(now));
  // A stream deleted and created anew is another stream to an iterator.
  const Stream* found = state_->find(iterator->stream_serial, now);
  Shard* shard = found == nullptr ? nullptr : found->shard(iterator->shard, now);
  if (shard == nullptr)
    return errors::shard_not_found(iterator->shard.shard_id(), iterator->stream, iterator->account);

  const Stream& stream = *found;
  if (stream.row.key_id && effect == Effect::full) {
    BOOST_OUTCOME_TRY(state_->check_key(*stream.row.key_id, stream.row.key.world, KeyUse::decrypt));
  }
  PendingRead read;
  read.stream = stream.row.key;
  if (effect == Effect::none) return read;
  if (state_->meters_reads()) {
    if (const auto excess = meters_of(*shard).get_records(now)) {
      if (state_->settings.enforce_read_limits)
        return errors::read_rate_exceeded(iterator->shard.shard_id(), iterator->stream, iterator->account);
      read.over_limit = true;
      read.excess = state_->let_through(*shard, *excess);
    }
  }
  read.stream_serial = stream.row.serial;
  read.shard = iterator->shard;
  read.shard_serial = shard->row.serial;
  read.shard_created_s = shard->row.created_s;
  read.from_index = std::max(iterator->from_index, shard->stored_from);
  read.readable_index = shard->readable_end();
  read.arrived_from = std::max(iterator->arrived_from, stream.readable_from(now));
  const auto records_max =
      static_cast<std::size_t>(std::clamp(limit.value_or(page_records_max), 1, page_records_max));
  read.disk = disk_part(*shard, read, records_max);
  if (!read.disk) read_memory(*shard, read, records_max);
  const bool complete = shard->readable == shard->log.size();
  // A reader that leaves the shard does not come back, so it must not be open again after a restart.
  const bool closed = shard->row.closed && stream.resharded <= state_->durable_through;
  if (closed && complete) read.children = children(stream, iterator->shard);
  return read;
}

Result<RecordPage> Streams::finish_read(PendingRead read, Timestamp now) {
  RecordPage page;
  page.shard = read.shard;
  page.shard_created_s = read.shard_created_s;
  page.records = std::move(read.records);
  std::erase_if(page.records, [&](const RecordPtr& record) { return record->arrived() < read.arrived_from; });
  charge(*state_, read, page, now);

  auto next = read.from_index;
  if (!page.records.empty())
    next = page.records.back()->index() + 1;
  else if (read.disk)
    next = read.disk->below_index;
  const bool at_tip = next >= read.readable_index || (page.records.empty() && !read.disk);
  const auto reached = page.records.empty() ? read.arrived_from : page.records.back()->arrived();
  if (!at_tip) page.millis_behind_latest = std::max<std::int64_t>(0, epoch_ms(now) - epoch_ms(reached));

  // The end of a closed shard is told on an empty page of its own, never together with records.
  if (at_tip && page.records.empty() && !read.children.empty()) {
    page.children = std::move(read.children);
    return page;
  }
  page.next_iterator = seal(state_->seal, ShardIterator{.stream = std::move(read.stream.name),
                                                        .account = std::move(read.stream.world.account),
                                                        .stream_serial = read.stream_serial,
                                                        .shard = read.shard,
                                                        .from_index = next,
                                                        .arrived_from = read.arrived_from,
                                                        .issued = now});
  return page;
}

SequenceNumber RecordPage::sequence_number_of(const Record& record) const {
  ShardRow row;
  row.index = shard;
  row.created_s = shard_created_s;
  return sequence_number(row, record.index(), record.arrived());
}

}  // namespace kinesisd::storage
