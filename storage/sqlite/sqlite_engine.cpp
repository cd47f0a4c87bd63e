#include "storage/sqlite/sqlite_engine.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <utility>

#include "storage/sqlite/record_key.hpp"

namespace kinesisd::storage {

namespace {

constexpr const char* transition_name(Transition transition) {
  switch (transition) {
    case Transition::none:
      return "";
    case Transition::creating:
      return "creating";
    case Transition::updating:
      return "updating";
    case Transition::deleting:
      return "deleting";
  }
  return "";
}

template <class T>
void bind_optional(SQLite::Statement& statement, int place, const std::optional<T>& value) {
  if (value)
    statement.bind(place, static_cast<std::int64_t>(*value));
  else
    statement.bind(place);
}

std::optional<std::int64_t> value_of(const std::optional<ShardIndex>& index) {
  return index ? std::optional<std::int64_t>{index->value} : std::nullopt;
}

}  // namespace

struct SqliteEngine::Statements {
  explicit Statements(SQLite::Database& db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        insert_record(db, "INSERT INTO records VALUES (?, ?, CAST(? AS TEXT), ?)"),
        insert_stream(db, "INSERT INTO streams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        insert_shard(db, "INSERT INTO shards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        insert_tag(db, "INSERT INTO tags VALUES (?, ?, ?)"),
        update_stream(db,
                      "UPDATE streams SET retention_hours = ?, transition = ?, transition_ends_ms = ?, "
                      "readable_from_ms = ? WHERE serial = ?"),
        set_meta(db,
                 "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        walk_records(
            db, "SELECT key, arrived_ms, length(data) FROM records WHERE key >= ? AND key < ? ORDER BY key"),
        delete_records(db, "DELETE FROM records WHERE key >= ? AND key < ?"),
        keep_next_index(db, "UPDATE shards SET next_index = max(next_index, ?) WHERE serial = ?"),
        deleted_streams(
            db,
            "SELECT serial, transition_ends_ms FROM streams WHERE transition = 'deleting' ORDER BY "
            "serial"),
        shards_of_stream(db, "SELECT serial FROM shards WHERE stream_serial = ? ORDER BY serial"),
        delete_shard(db, "DELETE FROM shards WHERE serial = ?"),
        delete_tags(db, "DELETE FROM tags WHERE stream_serial = ?"),
        delete_stream(db, "DELETE FROM streams WHERE serial = ?") {}

  SQLite::Statement begin, commit, insert_record, insert_stream, insert_shard, insert_tag, update_stream,
      set_meta, walk_records, delete_records, keep_next_index, deleted_streams, shards_of_stream,
      delete_shard, delete_tags, delete_stream;

  static void run(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
  }

  // Where a walk over at most a slice of records ends.
  struct Walk {
    std::int64_t end_key;  // the first key not walked over
    std::size_t records = 0;
    bool full = false;              // ended by the slice
    std::optional<Timestamp> next;  // arrival of the record at `end_key`, if there is one
  };
  Walk walk(std::int64_t from, std::int64_t below, Timestamp arrived_before, const SliceLimits& slice) {
    Walk walked{below, 0, false, std::nullopt};
    std::size_t bytes = 0;
    walk_records.bind(1, from);
    walk_records.bind(2, below);
    while (walk_records.executeStep()) {
      const auto arrived = from_epoch_ms(walk_records.getColumn(1).getInt64());
      walked.full = walked.records == slice.records_max || bytes >= slice.bytes_max;
      if (walked.full || arrived >= arrived_before) {
        walked.full = walked.full && arrived < arrived_before;
        walked.end_key = walk_records.getColumn(0).getInt64();
        walked.next = arrived;
        break;
      }
      ++walked.records;
      bytes += static_cast<std::size_t>(walk_records.getColumn(2).getInt64());
    }
    walk_records.reset();
    return walked;
  }

  void remove_records(std::int64_t from, std::int64_t below) {
    delete_records.bind(1, from);
    delete_records.bind(2, below);
    run(delete_records);
  }
};

// One transaction. Left without commit(), it takes the connection with it: whatever state a full or broken
// disk left that in, the next transaction begins with a new one.
class SqliteEngine::Transaction {
 public:
  explicit Transaction(SqliteEngine& engine) : engine_(engine) {
    if (!engine_.database_) {
      engine_.database_ = open_writer(engine_.options_);
      engine_.statements_ = std::make_unique<Statements>(*engine_.database_);
    }
    try {
      Statements::run(engine_.statements_->begin);
    } catch (...) {
      drop();
      throw;
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!committed_) drop();
  }

  void commit() {
    Statements::run(engine_.statements_->commit);
    committed_ = true;
  }

 private:
  void drop() {
    engine_.statements_.reset();
    engine_.database_.reset();
  }

  SqliteEngine& engine_;
  bool committed_ = false;
};

SqliteEngine::SqliteEngine(ConnectionOptions options, OwnedFile file, Timestamp newest)
    : options_(std::move(options)),
      file_(std::move(file)),
      database_(open_writer(options_)),
      statements_(std::make_unique<Statements>(*database_)),
      newest_(newest) {}

SqliteEngine::~SqliteEngine() = default;

void SqliteEngine::write(std::span<const Change> changes) {
  Transaction transaction(*this);
  for (const auto& change : changes) {
    if (const auto* appended = std::get_if<RecordsAppended>(&change.what))
      insert(*appended);
    else if (const auto* created = std::get_if<std::unique_ptr<StreamCreated>>(&change.what))
      insert(**created);
    else if (const auto* changed = std::get_if<std::unique_ptr<StreamChanged>>(&change.what))
      update((*changed)->after);
    else if (const auto* deleted = std::get_if<std::unique_ptr<StreamDeleted>>(&change.what))
      update((*deleted)->after);
  }
  transaction.commit();
}

void SqliteEngine::insert(const RecordsAppended& appended) {
  auto& statement = statements_->insert_record;
  for (const auto& [shard_serial, shard, record] : appended.records) {
    require_numberable(shard_serial, record->index());
    statement.bind(1, record_key(shard_serial, record->index()));
    statement.bind(2, epoch_ms(record->arrived()));
    const auto key = record->partition_key();
    const auto data = record->data();
    // The record outlives the statement's use of it, so nothing is copied.
    statement.bindNoCopy(3, key.data(), static_cast<int>(key.size()));
    statement.bindNoCopy(4, data.data(), static_cast<int>(data.size()));
    Statements::run(statement);
    newest_ = std::max(newest_, record->arrived());
  }
}

void SqliteEngine::insert(const StreamCreated& created) {
  const StreamRow& row = created.stream;
  auto& stream = statements_->insert_stream;
  stream.bind(1, row.serial);
  stream.bind(2, row.key.world.account);
  stream.bind(3, row.key.world.region);
  stream.bind(4, row.key.name);
  stream.bind(5, boost::describe::enum_to_string(row.mode, ""));
  stream.bind(6, epoch_ms(row.created));
  stream.bind(7, row.retention_hours);
  stream.bind(8, row.max_record_kib);
  stream.bind(9, transition_name(row.transition));
  stream.bind(10, epoch_ms(row.transition_ends));
  stream.bind(11, epoch_ms(row.readable_from));
  Statements::run(stream);
  for (const auto& from : created.shards) {
    require_numberable(from.serial, 0);
    auto& shard = statements_->insert_shard;
    shard.bind(1, from.serial);
    shard.bind(2, row.serial);
    shard.bind(3, std::int64_t{from.index.value});
    shard.bind(4, to_string(from.range.starting));
    shard.bind(5, to_string(from.range.ending));
    bind_optional(shard, 6, value_of(from.parent));
    bind_optional(shard, 7, value_of(from.adjacent_parent));
    shard.bind(8, from.created_s);
    bind_optional(shard, 9, from.closed_s);
    shard.bind(10, epoch_ms(from.opened));
    bind_optional(shard, 11, from.closed ? std::optional{epoch_ms(*from.closed)} : std::nullopt);
    shard.bind(12, static_cast<std::int64_t>(from.next_index));
    Statements::run(shard);
    newest_ = std::max(newest_, from.opened);
  }
  for (const auto& [name, value] : created.tags) {
    auto& tag = statements_->insert_tag;
    tag.bind(1, row.serial);
    tag.bind(2, name);
    tag.bind(3, value);
    Statements::run(tag);
  }
  // Serials are never given twice, not even when the last stream is long gone: tokens name streams by them.
  auto& meta = statements_->set_meta;
  meta.bind(1, "next_stream_serial");
  meta.bind(2, row.serial + 1);
  Statements::run(meta);
  if (!created.shards.empty()) {
    meta.bind(1, "next_shard_serial");
    meta.bind(2, created.shards.back().serial + 1);
    Statements::run(meta);
  }
}

void SqliteEngine::update(const StreamRow& row) {
  auto& statement = statements_->update_stream;
  statement.bind(1, row.retention_hours);
  statement.bind(2, transition_name(row.transition));
  statement.bind(3, epoch_ms(row.transition_ends));
  statement.bind(4, epoch_ms(row.readable_from));
  statement.bind(5, row.serial);
  Statements::run(statement);
}

// What is deleted takes its time of arrival with it, and the clock must not fall behind that.
void SqliteEngine::keep_newest() {
  auto& meta = statements_->set_meta;
  meta.bind(1, "newest_ms");
  meta.bind(2, epoch_ms(newest_));
  Statements::run(meta);
}

Trimmed SqliteEngine::trim(const Expired& expired, const SliceLimits& slice) {
  Transaction transaction(*this);
  const auto from = record_key(expired.shard_serial, 0);
  const auto walked = statements_->walk(from, record_key(expired.shard_serial, sequence_index_max),
                                        expired.arrived_before, slice);
  if (walked.records > 0) {
    statements_->remove_records(from, walked.end_key);
    auto& next_index = statements_->keep_next_index;
    next_index.bind(1, static_cast<std::int64_t>(expired.next_index));
    next_index.bind(2, expired.shard_serial);
    Statements::run(next_index);
    keep_newest();
  }
  transaction.commit();
  return {walked.records, walked.full, walked.next ? index_of_key(walked.end_key) : 0, walked.next};
}

bool SqliteEngine::sweep(Timestamp now, const SliceLimits& slice) {
  Transaction transaction(*this);
  std::vector<std::pair<std::int64_t, Timestamp>> deleted;
  auto& streams = statements_->deleted_streams;
  while (streams.executeStep())
    deleted.emplace_back(streams.getColumn(0).getInt64(), from_epoch_ms(streams.getColumn(1).getInt64()));
  streams.reset();

  bool more = false;
  auto left = slice;
  for (const auto& [stream, ends] : deleted) {
    more = !sweep_shards(stream, left);
    if (more) break;
    // The name is taken until DELETING has ended, also after a restart.
    if (ends > now) continue;
    for (auto* statement : {&statements_->delete_tags, &statements_->delete_stream}) {
      statement->bind(1, stream);
      Statements::run(*statement);
    }
  }
  transaction.commit();
  return more;
}

// Removes a stream's shards until none is left (true) or the slice is used up.
bool SqliteEngine::sweep_shards(std::int64_t stream, SliceLimits& left) {
  std::vector<std::int64_t> shards;
  auto& of_stream = statements_->shards_of_stream;
  of_stream.bind(1, stream);
  while (of_stream.executeStep()) shards.push_back(of_stream.getColumn(0).getInt64());
  of_stream.reset();
  for (const auto shard : shards) {
    if (left.records_max == 0) return false;
    const auto from = record_key(shard, 0);
    const auto walked =
        statements_->walk(from, record_key(shard, sequence_index_max), Timestamp::max(), left);
    statements_->remove_records(from, walked.end_key);
    keep_newest();
    if (walked.full) return false;
    left.records_max -= std::min(left.records_max, walked.records + 1);
    statements_->delete_shard.bind(1, shard);
    Statements::run(statements_->delete_shard);
  }
  return true;
}

void SqliteEngine::close() {
  if (!database_) return;
  statements_.reset();
  if (options_.journal == JournalMode::wal) database_->exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database_.reset();
}

}  // namespace kinesisd::storage
