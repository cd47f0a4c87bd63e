#include "storage/sqlite/examine.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "storage/sqlite/open_error.hpp"
#include "storage/sqlite/schema.hpp"

namespace kinesisd::storage {

namespace {

// Of SQLite's description of its file format: "The Database Header", "The Rollback Journal", "The Write-Ahead
// Log".
constexpr std::string_view database_magic{"SQLite format 3\0", 16};
constexpr std::string_view journal_magic{"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8};
constexpr std::size_t header_bytes = 100;
constexpr std::size_t journal_header_bytes = 28;
constexpr std::size_t wal_header_bytes = 32;

constexpr std::size_t checked_bytes_max = 64U << 20;  // a larger file is not read through at every start
constexpr int busy_timeout_ms = 10'000;

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (char c : bytes.substr(at, count)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// What stands beside the database for SQLite to recover it with.
struct Unfinished {
  bool wal = false;            // transactions that are not in the database yet
  bool journal = false;        // what the transaction that was cut off has overwritten
  bool made_database = false;  // that transaction was the first one, and nothing is left of it
};

Unfinished find_unfinished(const std::string& path) {
  Unfinished found;
  std::error_code error;
  const auto wal_bytes = std::filesystem::file_size(path + "-wal", error);
  found.wal = !error && wal_bytes > wal_header_bytes;
  std::string head(journal_header_bytes, '\0');
  std::ifstream journal(path + "-journal", std::ios::binary);
  journal.read(head.data(), static_cast<std::streamsize>(head.size()));
  found.journal =
      journal.gcount() == static_cast<std::streamsize>(head.size()) && head.starts_with(journal_magic);
  found.made_database = found.journal && big_endian(head, 16, 4) == 0;
  return found;
}

[[noreturn]] void refuse_stranger(const std::string& path) {
  throw OpenError(path + " is the database of another program; name another file with --db.");
}

[[noreturn]] void refuse_no_database(const std::string& path) {
  throw OpenError(path + " is not a database; name another file with --db.");
}

// SQLite would throw away what belongs to a database that was moved or lost.
void refuse_left_alone(const std::string& path, const Unfinished& beside) {
  if (!beside.wal && !(beside.journal && !beside.made_database)) return;
  const std::string left = path + (beside.wal ? "-wal" : "-journal");
  throw OpenError(path + " is empty, but " + left +
                  " holds a part of the database that stood there; put that database back beside it, or name "
                  "another file with --db.");
}

// Refuses what can be told to be somebody else's without SQLite, which changes a file to recover it. Neither
// the magic nor the application id of a database of ours ever changes, so a write that was cut off has left
// both; the rest of the header means nothing before recovery.
void refuse_strangers(const OwnedFile& file, const Unfinished& beside) {
  const std::string head = file.head(header_bytes);
  if (!head.starts_with(database_magic)) {
    // The first transaction is undone as a whole. The WAL may hold the first page, and asking SQLite for it
    // changes nothing.
    if (beside.made_database || (beside.wal && !beside.journal)) return;
    refuse_no_database(file.path());
  }
  if (head.size() < header_bytes) {
    if (beside.made_database || beside.wal) return;
    refuse_damaged(file.path(), "it ends within its header");
  }
  if ((beside.journal || !beside.wal) &&
      big_endian(head, 68, 4) != static_cast<std::uint32_t>(application_id))
    refuse_stranger(file.path());
}

void refuse_newer(const std::string& path, std::int64_t layout) {
  if (layout <= schema_version) return;
  throw OpenError(path + " was written by a newer kinesisd (layout " + std::to_string(layout) +
                  ", this one knows " + std::to_string(schema_version) +
                  "); use that one, or name another file with --db.");
}

void check_pages(SQLite::Database& database, const OwnedFile& file) {
  const bool whole = file.size() <= checked_bytes_max;
  for (const char* table : {"streams", "shards", "tags", "meta"}) {
    SQLite::Statement check(database, whole ? std::string{"PRAGMA quick_check(1)"}
                                            : "PRAGMA quick_check(" + std::string{table} + ")");
    while (check.executeStep())
      if (const auto found = check.getColumn(0).getString(); found != "ok")
        refuse_damaged(file.path(), found.substr(found.rfind('\n') + 1));  // below a heading
    if (whole) break;
  }
}

// After recovery: whether the file has fewer pages than its header says. That may mean nothing in a header
// that an old version of SQLite wrote; then two of its fields differ.
bool is_cut_short(const OwnedFile& file) {
  const std::string head = file.head(header_bytes);
  if (find_unfinished(file.path()).wal || head.size() < header_bytes) return false;
  const auto page_size = big_endian(head, 16, 2);
  const std::size_t page_bytes = page_size == 1 ? 65536 : page_size;
  return big_endian(head, 24, 4) == big_endian(head, 92, 4) &&
         big_endian(head, 28, 4) * page_bytes > file.size();
}

std::int32_t examine_recovered(SQLite::Database& database, const OwnedFile& file) {
  // The first read recovers.
  const auto layout = database.execAndGet("PRAGMA user_version").getInt();
  if (file.size() == 0) return 0;
  if (database.execAndGet("PRAGMA application_id").getInt() != application_id) refuse_stranger(file.path());
  if (layout == 0) refuse_damaged(file.path(), "it has no layout");
  refuse_newer(file.path(), layout);
  check_pages(database, file);
  return layout;
}

}  // namespace

void refuse_damaged(const std::string& path, const std::string& detail) {
  throw OpenError(path + " is damaged (" + detail +
                  "); keep it, and restore a copy or save what it holds with sqlite3's .recover.");
}

void refuse(const std::string& path, const SQLite::Exception& error) {
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // a table that is not there
      refuse_damaged(path, error.what());
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw OpenError(path + " is in use by another process; stop that one or name another file with --db.");
    default:
      throw OpenError("Cannot open " + path + ": " + error.what() +
                      "; it is as it was: give its disk room and this user the right to write in its folder, "
                      "or name another file with --db.");
  }
}

std::int32_t examine_database(const OwnedFile& file) {
  const std::string& path = file.path();
  const Unfinished beside = find_unfinished(path);
  if (file.size() == 0)
    refuse_left_alone(path, beside);
  else
    refuse_strangers(file, beside);
  if (file.size() == 0 && !beside.journal) return 0;
  if (!beside.wal && !beside.journal) refuse_newer(path, big_endian(file.head(header_bytes), 60, 4));
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, busy_timeout_ms);
    // What is refused keeps its WAL.
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return examine_recovered(database, file);
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB && !file.head(header_bytes).starts_with(database_magic))
      refuse_no_database(path);
    if (error.getErrorCode() == SQLITE_CORRUPT && is_cut_short(file)) refuse_damaged(path, "it is cut short");
    refuse(path, error);
  }
}

}  // namespace kinesisd::storage
