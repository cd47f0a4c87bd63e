// Keeps changes in a SQLite file. Knows no lock and no queue.
#pragma once

#include <SQLiteCpp/Database.h>

#include <memory>

#include "storage/journal/engine.hpp"
#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/owned_file.hpp"

namespace kinesisd::storage {

class SqliteEngine final : public Engine {
 public:
  // `file` is locked for as long as the engine lives. Throws SQLite::Exception.
  SqliteEngine(ConnectionOptions options, OwnedFile file, Timestamp newest);
  ~SqliteEngine() override;

  void write(std::span<const Change> changes) override;
  Trimmed trim(const Expired& expired, const SliceLimits& slice) override;
  void try_writing() override;
  void rewrite(const Rewrite& changes) override;
  bool sweep(Timestamp now, const SliceLimits& slice, const std::set<std::int64_t>& pinned) override;
  void close() override;

 private:
  struct Statements;
  class Transaction;

  void open();
  void write(const RecordsAppended& appended);
  void write(const std::unique_ptr<StreamCreated>& created);
  void write(const std::unique_ptr<StreamChanged>& changed);
  void write(const std::unique_ptr<StreamDeleted>& deleted);
  void write(const std::unique_ptr<AccountChanged>& changed);
  void write(const std::unique_ptr<KeyChanged>& changed);
  void write(const std::unique_ptr<ClockChanged>& changed);
  void require_numberable(const std::vector<ShardRow>& shards);
  void keep_newest();
  enum class Swept { all, all_but_pinned, slice_full };
  Swept sweep_shards(std::int64_t stream, SliceLimits& left, const std::set<std::int64_t>& pinned);
  bool shrink(const SliceLimits& slice);

  const ConnectionOptions options_;
  OwnedFile file_;  // closed after the connection, which loses its locks otherwise
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<Checkpointer> checkpointer_;  // nullptr: there is no WAL
  int wal_pages_ = 0;                           // after the last transaction
  Timestamp newest_;
};

}  // namespace kinesisd::storage
