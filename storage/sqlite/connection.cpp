#include "storage/sqlite/connection.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include "storage/sqlite/schema.hpp"

namespace kinesisd::storage {

namespace {

constexpr int busy_timeout_ms =
    10'000;  // readers and the writer wait for each other under the rollback journal
constexpr int writer_cache_kib = 2048;
constexpr int reader_cache_kib = 512;
constexpr int checkpointer_cache_kib = 64;  // it goes around the cache

const char* journal_mode(const ConnectionOptions& options) {
  return options.journal == JournalMode::wal ? "journal_mode = WAL" : "journal_mode = DELETE";
}

const char* synchronous(const ConnectionOptions& options) {
  if (options.temporary) return "synchronous = OFF";
  return options.durability == Durability::full ? "synchronous = FULL" : "synchronous = NORMAL";
}

void set(SQLite::Database& database, const std::string& pragma) {
  database.exec("PRAGMA " + pragma);
}

}  // namespace

std::unique_ptr<SQLite::Database> open_writer(const ConnectionOptions& options) {
  auto database = std::make_unique<SQLite::Database>(
      options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  set(*database, synchronous(options));
  set(*database, journal_mode(options));
  set(*database, "cache_size = -" + std::to_string(writer_cache_kib));
  set(*database, "wal_autocheckpoint = " + std::to_string(checkpoint_pages));
  set(*database, "journal_size_limit = " + std::to_string(wal_pages_max * page_bytes));
  set(*database, "temp_store = MEMORY");
  // Debian's SQLite would overwrite what is deleted: it would read every page of it and write it twice.
  set(*database, "secure_delete = OFF");
  return database;
}

std::unique_ptr<SQLite::Database> open_checkpointer(const ConnectionOptions& options) {
  auto database = std::make_unique<SQLite::Database>(
      options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  set(*database, synchronous(options));
  set(*database, "cache_size = -" + std::to_string(checkpointer_cache_kib));
  set(*database, "wal_autocheckpoint = 0");
  return database;
}

std::unique_ptr<SQLite::Database> open_reader(const std::string& path) {
  // Opened for writing, because the last connection to close tidies up after the WAL.
  auto database = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                                     busy_timeout_ms);
  set(*database, "query_only = ON");
  set(*database, "cache_size = -" + std::to_string(reader_cache_kib));
  return database;
}

void create_database(const ConnectionOptions& options, const std::string& key) {
  SQLite::Database database(options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms);
  set(database, "page_size = " + std::to_string(page_bytes));
  // A process that ends here leaves an empty file, which is laid out again; only a machine that stops must
  // not find half a layout.
  if (options.durability == Durability::process) set(database, "synchronous = OFF");
  SQLite::Transaction transaction(database);
  // Can be chosen only here, and writes the first page: before the transaction a kill would leave that alone.
  set(database, "auto_vacuum = INCREMENTAL");
  set(database, "application_id = " + std::to_string(application_id));
  set(database, "user_version = " + std::to_string(schema_version));
  for (const char* layout : layouts) database.exec(layout);
  SQLite::Statement meta(database, "INSERT INTO meta VALUES ('seal_key', ?)");
  meta.bind(1, key.data(), static_cast<int>(key.size()));
  meta.exec();
  transaction.commit();
  meta.reset();
  set(database, journal_mode(options));  // here it needs no fsync
}

void upgrade_database(const ConnectionOptions& options) {
  const auto database = open_writer(options);
  SQLite::Transaction transaction(*database);
  // Not what the file's first page says: a newer one may still stand in the WAL.
  const int from = database->execAndGet("PRAGMA user_version").getInt();
  for (auto at = static_cast<std::size_t>(from); at < layouts.size(); ++at) database->exec(layouts[at]);
  set(*database, "user_version = " + std::to_string(schema_version));
  transaction.commit();
}

}  // namespace kinesisd::storage
