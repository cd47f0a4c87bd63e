// How many rows per second SQLite itself takes, in batches of 1,000: the ceiling of the write path.
// raw_sqlite FILE SECONDS: a fresh file with the layout and the settings of a kinesisd database.
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "storage/sqlite/schema.hpp"

namespace {

constexpr int batch_rows = 1000;
constexpr std::size_t data_bytes = 100;

[[noreturn]] void fail(sqlite3* database, const char* what) {
  std::fprintf(stderr, "raw_sqlite: %s: %s\n", what, sqlite3_errmsg(database));
  std::exit(1);
}

void run(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(database, sql.c_str());
}

// As storage/sqlite/connection.cpp sets a writer up with --durability process.
void prepare(sqlite3* database) {
  run(database, "PRAGMA page_size = 8192");
  run(database, "PRAGMA auto_vacuum = INCREMENTAL");
  for (const char* layout : kinesisd::storage::layouts) run(database, layout);
  for (const char* pragma : {"journal_mode = WAL", "synchronous = NORMAL", "cache_size = -2048",
                             "wal_autocheckpoint = 4000", "journal_size_limit = 65536000"}) {
    run(database, std::string("PRAGMA ") + pragma);
  }
}

void insert_batch(sqlite3* database, sqlite3_stmt* insert, std::int64_t first_key) {
  const std::string data(data_bytes, 'x');
  run(database, "BEGIN IMMEDIATE");
  for (int i = 0; i < batch_rows; ++i) {
    sqlite3_bind_int64(insert, 1, first_key + i);
    sqlite3_bind_int64(insert, 2, 1'700'000'000'000 + i);
    sqlite3_bind_text(insert, 3, "k", 1, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 4, data.data(), static_cast<int>(data.size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) fail(database, "insert");
    sqlite3_reset(insert);
  }
  run(database, "COMMIT");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: raw_sqlite FILE SECONDS\n");
    return 2;
  }
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(arguments[1], &database, flags, nullptr) != SQLITE_OK) fail(database, arguments[1]);
  prepare(database);
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_prepare_v2(database, "INSERT INTO records VALUES (?, ?, ?, ?, NULL)", -1, &insert, nullptr) !=
      SQLITE_OK) {
    fail(database, "prepare");
  }

  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  const std::chrono::duration<double> wanted(std::atof(arguments[2]));
  std::int64_t rows = 0;
  while (Clock::now() - begun < wanted) {
    insert_batch(database, insert, (std::int64_t{1} << kinesisd::storage::index_bits) + rows);
    rows += batch_rows;
  }
  const std::chrono::duration<double> took = Clock::now() - begun;
  sqlite3_finalize(insert);
  sqlite3_close(database);
  std::printf("%.0f\n", static_cast<double>(rows) / took.count());
}
