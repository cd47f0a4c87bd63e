#include "storage/sqlite/sqlite_engine.hpp"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "storage/sqlite/metadata_writer.hpp"
#include "storage/sqlite/record_key.hpp"
#include "storage/sqlite/rewriter.hpp"

namespace kinesisd::storage {

namespace {

// Pages without content stay in the file for what comes next, up to so many and a part of those with content:
// a stream that loses and gets as much is not to move pages about for ever.
constexpr std::int64_t spare_pages = 512;
constexpr std::int64_t content_per_spare = 4;

}  // namespace

struct SqliteEngine::Statements {
  explicit Statements(SQLite::Database& db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        insert_record(db, "INSERT INTO records VALUES (?, ?, CAST(? AS TEXT), ?, ?)"),
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
        auto_vacuum(db, "PRAGMA auto_vacuum"),
        page_count(db, "PRAGMA page_count"),
        freelist_count(db, "PRAGMA freelist_count"),
        metadata(db) {}

  SQLite::Statement begin, commit, insert_record, set_meta, walk_records, delete_records, keep_next_index,
      deleted_streams, shards_of_stream, delete_shard, auto_vacuum, page_count, freelist_count;
  MetadataWriter metadata;

  static void run(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
  }

  static std::int64_t number(SQLite::Statement& pragma) {
    const std::int64_t result = pragma.executeStep() ? pragma.getColumn(0).getInt64() : 0;
    pragma.reset();
    return result;
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
    if (!engine_.database_) engine_.open();
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
    if (engine_.checkpointer_) engine_.checkpointer_->committed(*engine_.database_, engine_.wal_pages_);
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
      checkpointer_(options_.journal == JournalMode::wal ? std::make_unique<Checkpointer>(options_)
                                                         : nullptr),
      newest_(newest) {
  open();
}

SqliteEngine::~SqliteEngine() = default;

void SqliteEngine::open() {
  database_ = open_writer(options_);
  statements_ = std::make_unique<Statements>(*database_);
  // In place of SQLite's own, which makes a checkpoint before a commit returns.
  const auto note_pages = [](void* engine, sqlite3* /*database*/, const char* /*name*/, int pages) {
    static_cast<SqliteEngine*>(engine)->wal_pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(database_->getHandle(), note_pages, this);
}

void SqliteEngine::write(std::span<const Change> changes) {
  Transaction transaction(*this);
  for (const auto& change : changes) std::visit([this](const auto& what) { write(what); }, change.what);
  transaction.commit();
}

void SqliteEngine::write(const std::unique_ptr<StreamCreated>& created) {
  statements_->metadata.write(*created);
  require_numberable(created->shards);
}

void SqliteEngine::write(const std::unique_ptr<StreamChanged>& changed) {
  statements_->metadata.write(*changed);
  require_numberable(changed->opened);
}

void SqliteEngine::write(const std::unique_ptr<StreamDeleted>& deleted) {
  statements_->metadata.write(*deleted);
}

void SqliteEngine::write(const std::unique_ptr<AccountChanged>& changed) {
  statements_->metadata.write(*changed);
}

void SqliteEngine::write(const std::unique_ptr<KeyChanged>& changed) {
  statements_->metadata.write(*changed);
}

void SqliteEngine::write(const std::unique_ptr<ClockChanged>& changed) {
  statements_->metadata.write(changed->after);
}

// Their time counts, too: the clock must not fall behind it.
void SqliteEngine::require_numberable(const std::vector<ShardRow>& shards) {
  for (const auto& shard : shards) {
    storage::require_numberable(shard.serial, 0);
    newest_ = std::max(newest_, shard.opened);
  }
}

void SqliteEngine::write(const RecordsAppended& appended) {
  auto& statement = statements_->insert_record;
  for (const auto& [shard_serial, shard, record] : appended.records) {
    storage::require_numberable(shard_serial, record->index());
    statement.bind(1, record_key(shard_serial, record->index()));
    statement.bind(2, epoch_ms(record->arrived()));
    const auto key = record->partition_key();
    const auto data = record->data();
    // The record outlives the statement's use of it, so nothing is copied.
    statement.bindNoCopy(3, key.data(), static_cast<int>(key.size()));
    statement.bindNoCopy(4, data.data(), static_cast<int>(data.size()));
    if (record->encrypted())
      statement.bind(5, 1);
    else
      statement.bind(5);
    Statements::run(statement);
    newest_ = std::max(newest_, record->arrived());
  }
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

void SqliteEngine::rewrite(const Rewrite& changes) {
  Transaction transaction(*this);
  rewrite_streams(*database_, statements_->metadata, changes);
  keep_newest();
  transaction.commit();
}

bool SqliteEngine::sweep(Timestamp now, const SliceLimits& slice, const std::set<std::int64_t>& pinned) {
  Transaction transaction(*this);
  std::vector<std::pair<std::int64_t, Timestamp>> deleted;
  auto& streams = statements_->deleted_streams;
  while (streams.executeStep())
    deleted.emplace_back(streams.getColumn(0).getInt64(), from_epoch_ms(streams.getColumn(1).getInt64()));
  streams.reset();

  bool more = false;
  auto left = slice;
  for (const auto& [stream, ends] : deleted) {
    const Swept swept = sweep_shards(stream, left, pinned);
    more = swept == Swept::slice_full;
    if (more) break;
    // The name is taken until DELETING has ended, also after a restart.
    if (ends > now || swept == Swept::all_but_pinned) continue;
    statements_->metadata.forget_stream(stream);
  }
  if (!more) more = shrink(left);
  transaction.commit();
  return more;
}

// Gives up pages at the end of the file for some that are empty; true while too many are. A file that was
// made before this was chosen keeps its size, and uses what is empty in it.
bool SqliteEngine::shrink(const SliceLimits& slice) {
  const auto empty = Statements::number(statements_->freelist_count);
  const auto content = Statements::number(statements_->page_count) - empty;
  const auto surplus = empty - spare_pages - content / content_per_spare;
  constexpr std::int64_t incremental = 2;
  if (surplus <= 0 || Statements::number(statements_->auto_vacuum) != incremental) return false;
  const auto pages = std::min(surplus, static_cast<std::int64_t>(slice.bytes_max / page_bytes) + 1);
  database_->exec("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
  if (pages < surplus) return true;
  if (checkpointer_) checkpointer_->ask_soon();
  return false;
}

// Removes a stream's shards until none is left or the slice is used up.
SqliteEngine::Swept SqliteEngine::sweep_shards(std::int64_t stream, SliceLimits& left,
                                               const std::set<std::int64_t>& pinned) {
  std::vector<std::int64_t> shards;
  auto& of_stream = statements_->shards_of_stream;
  of_stream.bind(1, stream);
  while (of_stream.executeStep()) shards.push_back(of_stream.getColumn(0).getInt64());
  of_stream.reset();
  Swept result = Swept::all;
  for (const auto shard : shards) {
    if (pinned.contains(shard)) {
      result = Swept::all_but_pinned;
      continue;
    }
    if (left.records_max == 0) return Swept::slice_full;
    const auto from = record_key(shard, 0);
    const auto walked =
        statements_->walk(from, record_key(shard, sequence_index_max), Timestamp::max(), left);
    statements_->remove_records(from, walked.end_key);
    keep_newest();
    if (walked.full) return Swept::slice_full;
    left.records_max -= std::min(left.records_max, walked.records + 1);
    statements_->delete_shard.bind(1, shard);
    Statements::run(statements_->delete_shard);
  }
  return result;
}

void SqliteEngine::try_writing() {
  Transaction transaction(*this);
  keep_newest();
  transaction.commit();
}

void SqliteEngine::close() {
  checkpointer_.reset();
  statements_.reset();
  if (options_.temporary || options_.journal != JournalMode::wal) {
    database_.reset();
    return;
  }
  std::string why;
  try {
    // A write that failed has taken the connection with it.
    if (!database_) database_ = open_writer(options_);
    SQLite::Statement checkpoint(*database_, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0) why = "another process reads it";
  } catch (const SQLite::Exception& error) {
    why = error.what();
    const int system = database_ ? sqlite3_system_errno(database_->getHandle()) : 0;
    if ((error.getErrorCode() & 0xff) == SQLITE_IOERR && system != 0)
      why += " (" + std::system_category().message(system) + ")";
  }
  database_.reset();
  if (why.empty()) return;
  throw std::runtime_error("Cannot bring " + options_.path + " into one file: " + why +
                           "; nothing is lost, but part of it is in " + options_.path +
                           "-wal: keep the two together, and the next start with room on the disk does it.");
}

}  // namespace kinesisd::storage
