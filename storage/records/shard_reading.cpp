#include "storage/records/shard_reading.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

Result<SequenceNumber> number_of(const Shard& shard, const std::string& number, const StreamKey& key) {
  const auto id = shard.row.index.shard_id();
  const auto& account = key.world.account;
  const auto parsed = parse_sequence_number(number);
  if (!parsed) return errors::starting_sequence_number_invalid(number, id, key.name, account);
  if (parsed->number.shard != shard.row.index)
    return errors::starting_sequence_number_of_other_shard(parsed->number.shard.shard_id(), id);
  if (parsed->version == 0) return errors::internal_failure();  // as AWS answers
  if (parsed->version != 2 || parsed->number.shard_created_s != shard.row.created_s)
    return errors::starting_sequence_number_of_other_stream(number, id, key.name, account);
  return parsed->number;
}

// The part of the page that is only on the disk, if reading begins there.
std::optional<DiskRange> disk_part(const Shard& shard, const PendingRead& read, PageBounds bounds) {
  if (read.from_index >= shard.memory_from) return std::nullopt;
  const auto newest_on_disk = shard.log.empty() ? shard.last_arrival : shard.log.front()->arrived();
  if (newest_on_disk < read.arrived_from) return std::nullopt;
  return DiskRange{.shard_serial = shard.row.serial,
                   .from_index = read.from_index,
                   .below_index = shard.memory_from,
                   .arrived_from = read.arrived_from,
                   .records_max = bounds.records,
                   .bytes_max = bounds.bytes};
}

void read_memory(const Shard& shard, std::size_t visible, PendingRead& read, PageBounds bounds) {
  const auto begin = shard.log.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(visible);
  const auto first = std::partition_point(begin, end, [&](const RecordPtr& record) {
    return record->index() < read.from_index || record->arrived() < read.arrived_from;
  });
  std::size_t bytes = 0;
  for (auto at = first; at != end && read.records.size() < bounds.records; ++at) {
    bytes += (*at)->data().size();
    if (bytes > bounds.bytes && !read.records.empty()) break;
    read.records.push_back(*at);
  }
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
      BOOST_OUTCOME_TRY(const auto number, number_of(shard, *start.sequence_number, key));
      const bool after = start.type == IteratorType::AFTER_SEQUENCE_NUMBER || number.past_record;
      // Of a record that was taken away: what came since is what comes after it.
      const bool taken_away = number.index >= shard.row.next_index && number.index != sequence_index_max;
      if (taken_away && number.index >= shard.parted_at) return Position{shard.parted_at, {}};
      return Position{after ? number.index + 1 : number.index, {}};
    }
    case IteratorType::TRIM_HORIZON:
      break;
    case IteratorType::LATEST:
      // Not next_index, and not the index of the first pending record: numbers that were given to pending
      // records, or left out before them, are given if the process dies before their commit.
      return Position{index_behind(shard, shard.readable), {}};
    case IteratorType::AT_TIMESTAMP:
      if (!start.timestamp) return errors::timestamp_missing();
      if (*start.timestamp > now)
        return errors::timestamp_in_future(epoch_ms(*start.timestamp), epoch_ms(now));
      return Position{0, *start.timestamp};
  }
  return Position{};
}

Timestamp visible_until(std::chrono::milliseconds after, Timestamp now) {
  return after.count() > 0 ? now - after : Timestamp::max();
}

std::size_t visible_count(const Shard& shard, Timestamp visible_until) {
  if (visible_until == Timestamp::max()) return shard.readable;
  const auto begin = shard.log.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(shard.readable);
  const auto hidden = std::partition_point(
      begin, end, [&](const RecordPtr& record) { return record->arrived() <= visible_until; });
  return static_cast<std::size_t>(hidden - begin);
}

std::uint64_t index_behind(const Shard& shard, std::size_t count) {
  return count > 0 ? shard.log[count - 1]->index() + 1 : shard.memory_from;
}

void read_shard(const State& state, const Shard& shard, Position from, PageBounds bounds, Timestamp now,
                PendingRead& read) {
  const Stream& stream = *shard.stream;
  read.stream_serial = stream.row.serial;
  read.shard = shard.row.index;
  read.shard_serial = shard.row.serial;
  read.shard_created_s = shard.row.created_s;
  read.history = shard.history;
  read.from_index = std::max(from.from_index, shard.stored_from);
  const std::size_t visible = visible_count(shard, read.visible_until);
  read.readable_index = visible < shard.readable ? shard.log[visible]->index() : shard.readable_end();
  read.arrived_from = std::max(from.arrived_from, stream.readable_from(now));
  read.disk = disk_part(shard, read, bounds);
  if (!read.disk) read_memory(shard, visible, read, bounds);
  const bool complete = visible == shard.log.size();
  // A reader that leaves the shard does not come back, so it must not be open again after a restart.
  const bool closed = shard.row.closed && shard.closed_by <= state.durable_through;
  if (!closed || !complete) return;
  read.children = children(stream, shard.row.index);
  if (state.settings.strict != nullptr) state.settings.strict->shuffle(read.children);
}

void hold_back(PendingRead& read) {
  const auto hidden =
      std::partition_point(read.records.begin(), read.records.end(),
                           [&](const RecordPtr& record) { return record->arrived() <= read.visible_until; });
  if (hidden == read.records.end()) return;
  read.readable_index = (*hidden)->index();
  if (read.disk) read.disk->below_index = read.readable_index;
  read.children.clear();
  read.records.erase(hidden, read.records.end());
}

Reached reached_by(const PendingRead& read, const std::vector<RecordPtr>& records, Timestamp now) {
  Reached reached{.next = read.from_index};
  if (!records.empty())
    reached.next = read.withheld ? records.front()->index() : records.back()->index() + 1;
  else if (read.disk)
    reached.next = read.disk->below_index;
  reached.tip = reached.next >= read.readable_index || (records.empty() && !read.disk);
  const auto arrived = records.empty() ? read.arrived_from : records.back()->arrived();
  // 0 would say that there is nothing left.
  if (!reached.tip) reached.millis_behind = std::max<std::int64_t>(1, epoch_ms(now) - epoch_ms(arrived));
  return reached;
}

SequenceNumber ShardPage::sequence_number_of(const Record& record) const {
  ShardRow row;
  row.index = shard;
  row.created_s = shard_created_s;
  return sequence_number(row, record.index(), record.arrived());
}

}  // namespace kinesisd::storage
