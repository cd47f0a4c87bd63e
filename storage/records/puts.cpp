// PutRecord and PutRecords.
#include "storage/records/puts.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

// The stream for a put; one that is being created or deleted is not there.
Result<Stream*> writable(State& state, const StreamKey& key, Timestamp now) {
  Stream* stream = state.find(key, now);
  if (stream == nullptr || !shows_shards(*status(stream->row, now)))
    return errors::stream_not_found(key.name, key.world.account);
  return stream;
}

// Whether records are encrypted; Error when their key can't be used.
Result<bool> check_encryption(const State& state, const Stream& stream) {
  const StreamRow& row = stream.row;
  if (!row.key_id) return false;
  BOOST_OUTCOME_TRY(state.check_key(*row.key_id, row.key.world, KeyUse::encrypt));
  return true;
}

// Whether there is room for that many more bytes, in the journal and in memory.
Result<void> check_room(State& state, std::size_t memory_bytes) {
  if (!state.journal.has_room()) return errors::service_unavailable();
  const auto& settings = state.settings;
  if (!settings.records_on_disk && state.memory_bytes + memory_bytes > settings.memory_bytes_max) {
    ++state.refused_for_memory;
    return errors::internal_failure();
  }
  return fine();
}

// A number counts as in the future only against its own shard's logical clock.
Result<void> check_ordering(const Stream& stream, const std::string& number, Timestamp now) {
  const StreamKey& key = stream.row.key;
  if (stream.row.distribution == RecordDistributionStrategy::AUTO)
    return errors::ordering_with_auto_distribution(key.name, key.world.account);
  const auto parsed = parse_sequence_number(number);
  if (parsed) {
    auto latest_s = epoch_s(now);
    const auto& shards = stream.shards;
    if (const auto index = parsed->number.shard.value; index < shards.size())
      latest_s = std::max(latest_s, shards[index]->row.created_s);
    if (parsed->number.recorded_s <= latest_s) return fine();
  }
  return errors::ordering_sequence_number_invalid(number, key.name, key.world.account);
}

Shard& route(const Stream& stream, HashKey key) {
  const auto after =
      std::upper_bound(stream.open.begin(), stream.open.end(), key,
                       [](HashKey wanted, const Shard* shard) { return wanted < shard->row.range.starting; });
  if (after == stream.open.begin() || !after[-1]->row.range.contains(key))
    throw std::logic_error("the open shards of stream " + stream.row.key.name +
                           " do not cover all hash keys");
  return *after[-1];
}

// Chooses shards for the records of one call: by hash key, or, in an AUTO stream, each open shard in turn
// that has not reached its limits.
class Placement {
 public:
  Placement(const State& state, Stream& stream, Timestamp now) : state_(state), stream_(stream), now_(now) {}

  Shard& choose(HashKey key) {
    if (stream_.row.distribution != RecordDistributionStrategy::AUTO) return route(stream_, key);
    // A whole round without room: there will be none in this call.
    const std::size_t tries = exhausted_ ? 1 : stream_.open.size();
    Shard* shard = nullptr;
    for (std::size_t i = 0; i < tries; ++i) {
      shard = stream_.open[stream_.next_open++ % stream_.open.size()];
      if (admits(*shard)) return *shard;
    }
    exhausted_ = true;
    return *shard;
  }

 private:
  bool admits(const Shard& shard) const {
    return !state_.settings.enforce_write_limits || (shard.records.admits(now_) && shard.bytes.admits(now_));
  }

  const State& state_;
  Stream& stream_;
  Timestamp now_;
  bool exhausted_ = false;
};

// Where each record goes, and why it does not.
struct Judged {
  std::vector<Shard*> shards;
  std::vector<std::optional<protocol::Error>> refused;
};

Result<Judged> judge_all(Placement& placement, const std::vector<NewRecord>& records, const PutJudge& judge) {
  Judged judged;
  std::vector<ShardIndex> indices;
  for (const NewRecord& record : records) {
    judged.shards.push_back(&placement.choose(record.hash_key));
    indices.push_back(judged.shards.back()->row.index);
  }
  BOOST_OUTCOME_TRY(judged.refused, judge(indices));
  return judged;
}

// What a test wants refused counts as what AWS refuses that way.
void count_refused(Shard& shard, const protocol::Error& error) {
  StreamCounts& counts = shard.stream->counts;
  if (error.type == protocol::ErrorType::ProvisionedThroughputExceededException) {
    ++shard.counts.writes_exceeded;
    ++counts.put_records_throttled;
  } else {
    ++counts.put_records_failed;
  }
}

// Keeps what there is to say of a put that is throttled, once per shard and limit.
void tell(State& state, Shard& shard, WriteLimit limit) {
  bool& told = limit == WriteLimit::records ? shard.told_of_records : shard.told_of_bytes;
  if (told || state.write_excesses.size() >= write_excesses_max) return;
  told = true;
  state.write_excesses.push_back({shard.stream->row.key.name, shard.row.index, limit});
}

// Appends as pending; Error when the shard's limits do not admit the record now.
Result<Placed> append(State& state, Shard& shard, const RecordPtr& record, Timestamp now) {
  if (state.settings.enforce_write_limits) {
    if (!shard.records.admits(now) || !shard.bytes.admits(now)) {
      ++shard.counts.writes_exceeded;
      tell(state, shard, shard.records.admits(now) ? WriteLimit::bytes : WriteLimit::records);
      const StreamKey& key = shard.stream->row.key;
      return errors::write_throughput_exceeded(shard.row.index.shard_id(), key.name, key.world.account);
    }
    shard.records.take(1, now);
    shard.bytes.take(static_cast<std::int64_t>(record->size_bytes()), now);
  }
  // Times of arrival never fall within a shard: reading by time is a binary search.
  shard.last_arrival = std::max(shard.last_arrival, now);
  if (shard.stream->row.mode == StreamMode::ON_DEMAND) {
    shard.load.add(static_cast<std::int64_t>(record->size_bytes()), now);
    if (shard.load.busy(now)) state.scale(*shard.stream, now);
  }
  if (state.settings.strict != nullptr) shard.row.next_index += state.settings.strict->unused_numbers();
  record->place(shard.row.next_index++, shard.last_arrival, shard.stream->row.key_id.has_value());
  shard.log.push_back(record);
  shard.memory_bytes += record->memory_bytes();
  state.memory_bytes += record->memory_bytes();
  ++state.records_in_memory;
  return Placed{shard.row.index, sequence_number(shard.row, record->index(), record->arrived())};
}

}  // namespace

Result<PutResult> put_record(State& state, const StreamKey& key, NewRecord record,
                             const std::optional<std::string>& sequence_number_for_ordering, Timestamp now,
                             const PutJudge& judge) {
  BOOST_OUTCOME_TRY(Stream * stream, writable(state, key, now));
  ++stream->counts.put_record_calls;
  if (sequence_number_for_ordering) {
    BOOST_OUTCOME_TRY(check_ordering(*stream, *sequence_number_for_ordering, now));
  }
  BOOST_OUTCOME_TRY(const bool encrypted, check_encryption(state, *stream));
  BOOST_OUTCOME_TRY(check_room(state, record.record->memory_bytes()));
  Shard& shard = Placement(state, *stream, now).choose(record.hash_key);
  if (judge) {
    BOOST_OUTCOME_TRY(const auto refused, judge({&shard.row.index, 1}));
    if (refused.front()) return *refused.front();
  }
  BOOST_OUTCOME_TRY(const Placed placed, append(state, shard, record.record, now));
  const auto bytes = record.record->size_bytes();
  RecordsAppended appended{stream->row.serial, {}};
  appended.records.push_back({shard.row.serial, shard.row.index, std::move(record.record)});
  return PutResult{placed, state.journal.submit({std::move(appended), bytes}), encrypted,
                   std::shared_ptr<CallTimes>(stream->times, &stream->times->put_record)};
}

Result<PutManyResult> put_records(State& state, const StreamKey& key, std::vector<NewRecord> records,
                                  Timestamp now, const PutJudge& judge) {
  BOOST_OUTCOME_TRY(Stream * stream, writable(state, key, now));
  StreamCounts& counts = stream->counts;
  ++counts.put_records_calls;
  counts.put_records_total += records.size();
  BOOST_OUTCOME_TRY(const bool encrypted, check_encryption(state, *stream));
  std::size_t memory_bytes = 0;
  for (const auto& record : records) memory_bytes += record.record->memory_bytes();
  if (const auto room = check_room(state, memory_bytes); !room) {
    counts.put_records_failed += records.size();
    return room.error();
  }

  PutManyResult result{{}, no_ticket, encrypted};
  result.entries.reserve(records.size());
  RecordsAppended appended{stream->row.serial, {}, true};
  appended.records.reserve(records.size());
  std::size_t bytes = 0;
  Placement placement(state, *stream, now);
  Judged judged;
  if (judge) {
    BOOST_OUTCOME_TRY(judged, judge_all(placement, records, judge));
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    NewRecord& record = records[i];
    if (judge && judged.refused[i]) {
      count_refused(*judged.shards[i], *judged.refused[i]);
      result.entries.push_back(*std::move(judged.refused[i]));
      continue;
    }
    Shard& shard = judge ? *judged.shards[i] : placement.choose(record.hash_key);
    result.entries.push_back(append(state, shard, record.record, now));
    if (!result.entries.back()) {
      ++counts.put_records_throttled;
      continue;
    }
    bytes += record.record->size_bytes();
    appended.records.push_back({shard.row.serial, shard.row.index, std::move(record.record)});
  }
  if (!appended.records.empty()) {
    result.ticket = state.journal.submit({std::move(appended), bytes});
    result.times = {stream->times, &stream->times->put_records};
  }
  return result;
}

Result<void> check_put(State& state, const StreamKey& key,
                       const std::optional<std::string>& sequence_number_for_ordering, Timestamp now) {
  BOOST_OUTCOME_TRY(const Stream* stream, writable(state, key, now));
  if (sequence_number_for_ordering) return check_ordering(*stream, *sequence_number_for_ordering, now);
  return fine();
}

protocol::Error end_dry_run(State& state, const StreamKey& key, Timestamp now) {
  Stream* stream = state.find(key, now);
  if (stream != nullptr && state.settings.enforce_read_limits) {
    if (!stream->dry_runs.holds(1, now)) return errors::dry_run_rate_exceeded(key.name, key.world.account);
    stream->dry_runs.take(1, now);
  }
  return errors::dry_run_succeeded();
}

bool places_by_itself(State& state, const StreamKey& key, Timestamp now) {
  const Stream* stream = state.find(key, now);
  return stream != nullptr && stream->row.distribution == RecordDistributionStrategy::AUTO;
}

Result<std::size_t> record_bytes_max(State& state, const StreamKey& key, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, writable(state, key, now));
  return static_cast<std::size_t>(stream->row.max_record_kib) * 1024;
}

}  // namespace kinesisd::storage
