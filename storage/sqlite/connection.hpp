// Opening connections to a database file that is known to be ours.
#pragma once

#include <SQLiteCpp/Database.h>

#include <memory>
#include <string>

#include "storage/sqlite/open_error.hpp"

namespace kinesisd::storage {

inline constexpr int page_bytes = 8192;  // of new databases
// Pages in the WAL before they are copied into the database: few enough for a small file, many enough for the
// copying and its fsyncs to cost little per record.
inline constexpr int checkpoint_pages = 4000;
// Pages in the WAL before the writer waits for that.
inline constexpr int wal_pages_max = 2 * checkpoint_pages;

enum class JournalMode {
  wal,
  rollback  // for file systems on which WAL's shared memory does not work
};

struct ConnectionOptions {
  std::string path;
  Durability durability = Durability::process;
  JournalMode journal = JournalMode::wal;
  bool temporary = false;  // gone with the process, so there is nothing to protect from the machine's end
};

// The one connection that writes. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_writer(const ConnectionOptions& options);

// A connection that copies the WAL into the database. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_checkpointer(const ConnectionOptions& options);

// A connection that only reads. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_reader(const std::string& path);

// Lays out a new database in an empty file; `key` seals tokens. Throws SQLite::Exception.
void create_database(const ConnectionOptions& options, const std::string& key);

// Brings a database of an older layout up to date, or throws SQLite::Exception and leaves it as it was.
void upgrade_database(const ConnectionOptions& options);

}  // namespace kinesisd::storage
