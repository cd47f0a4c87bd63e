#include "storage/open.hpp"

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/memory/memory_engine.hpp"
#include "storage/model/sealed_token.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/owned_file.hpp"
#include "storage/sqlite/restore.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_engine.hpp"
#include "storage/sqlite/sqlite_reader.hpp"

namespace kinesisd::storage {

namespace {

constexpr std::size_t header_bytes = 100;
constexpr std::size_t checked_bytes_max = 64U << 20;  // a larger file is not read through at every start

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (char c : bytes.substr(at, count)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

[[noreturn]] void refuse_damaged(const std::string& path, const std::string& detail) {
  throw OpenError(path + " is damaged (" + detail +
                  "); restore a copy of it, or move it away to start anew.");
}

// What the first page says, read without SQLite so that nothing is changed. See "The Database Header" in
// SQLite's description of its file format. Returns the layout's number.
std::int32_t check_header(const OwnedFile& file) {
  const std::string& path = file.path();
  const std::string head = file.head(header_bytes);
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  if (!head.starts_with(magic))
    throw OpenError(path + " is not a database; name another file with --db, or move it away.");
  if (head.size() < header_bytes) refuse_damaged(path, "it ends within its header");
  if (big_endian(head, 68, 4) != static_cast<std::uint32_t>(application_id))
    throw OpenError(path + " is the database of another program; name another file with --db.");
  const auto version = big_endian(head, 60, 4);
  if (version == 0) refuse_damaged(path, "it has no layout");
  if (version > static_cast<std::uint32_t>(schema_version))
    throw OpenError(path + " was written by a newer kinesisd (layout " + std::to_string(version) +
                    ", this one knows " + std::to_string(schema_version) +
                    "); use that one, or name another file with --db.");
  const auto page_size = big_endian(head, 16, 2);
  const std::size_t page_bytes = page_size == 1 ? 65536 : page_size;
  // Written by older versions of SQLite, the page count may mean nothing; then these two differ.
  const bool count_valid = big_endian(head, 24, 4) == big_endian(head, 92, 4);
  if (count_valid && big_endian(head, 28, 4) * page_bytes > file.size())
    refuse_damaged(path, "it is cut short");
  return static_cast<std::int32_t>(version);
}

void check_pages(const OwnedFile& file) {
  try {
    SQLite::Database database(file.path(), SQLite::OPEN_READONLY);
    const bool whole = file.size() <= checked_bytes_max;
    for (const char* table : {"streams", "shards", "tags", "meta"}) {
      SQLite::Statement check(database, whole ? std::string{"PRAGMA quick_check(1)"}
                                              : "PRAGMA quick_check(" + std::string{table} + ")");
      while (check.executeStep())
        if (const auto result = check.getColumn(0).getString(); result != "ok")
          refuse_damaged(file.path(), result.substr(0, result.find('\n')));
      if (whole) break;
    }
  } catch (const SQLite::Exception& error) {
    refuse_damaged(file.path(), error.what());
  }
}

// SQLite puts files beside a database even to read it. Those go again when the database is refused.
class Companions {
 public:
  explicit Companions(const std::string& path) {
    for (const char* suffix : {"-wal", "-shm"})
      if (!std::filesystem::exists(path + suffix)) absent_.push_back(path + suffix);
  }
  ~Companions() {
    std::error_code ignored;
    for (const std::string& path : absent_) std::filesystem::remove(path, ignored);
  }
  Companions(const Companions&) = delete;
  Companions& operator=(const Companions&) = delete;
  void keep() { absent_.clear(); }

 private:
  std::vector<std::string> absent_;
};

void upgrade(const ConnectionOptions& connection) {
  try {
    upgrade_database(connection);
  } catch (const SQLite::Exception& error) {
    throw OpenError("Cannot bring " + connection.path + " up to date: " + error.what() +
                    "; it is as it was. Give it room to grow, or name another file with --db.");
  }
}

std::string new_key(const DatabaseOptions& options) {
  return Random(options.seed).fork("seal key").bytes(seal_key_bytes);
}

Opened open_file(OwnedFile file, const DatabaseOptions& options) {
  const bool temporary = options.path.empty();
  Companions beside(file.path());
  Opened opened;
  opened.path = file.path();
  opened.temporary = temporary;
  ConnectionOptions connection{file.path(), options.durability, JournalMode::wal, temporary};
  if (file.on_network()) {
    connection.journal = JournalMode::rollback;
    opened.warnings.push_back(
        file.path() +
        " is on a network or shared file system, where writing is slower and locks may not hold; keep the "
        "database on a local disk or volume.");
  }
  if (file.size() == 0) {
    opened.key = new_key(options);
    try {
      create_database(connection, opened.key);
    } catch (const SQLite::Exception& error) {
      throw OpenError("Cannot lay out " + file.path() + ": " + error.what() +
                      "; name a file on a disk with room with --db.");
    }
  } else {
    const auto version = check_header(file);
    check_pages(file);
    if (version < schema_version) upgrade(connection);
  }

  try {
    if (opened.key.empty()) {
      Contents contents = read_contents(*open_reader(file.path()));
      if (contents.seal_key.size() != seal_key_bytes) refuse_damaged(file.path(), "no key");
      opened.key = std::move(contents.seal_key);
      opened.restored = std::move(contents.restored);
      opened.newest = contents.newest;
    }
    opened.reader = std::make_unique<SqliteReader>(file.path());
    opened.engine = std::make_unique<SqliteEngine>(std::move(connection), std::move(file), opened.newest);
  } catch (const OpenError&) {
    throw;
  } catch (const std::exception& error) {
    refuse_damaged(opened.path, error.what());
  }
  beside.keep();
  return opened;
}

}  // namespace

Opened open_database(const DatabaseOptions& options) {
  if (options.path == ":memory:") {
    Opened opened;
    opened.engine = std::make_unique<MemoryEngine>();
    opened.reader = std::make_unique<MemoryReader>();
    opened.key = new_key(options);
    opened.records_on_disk = false;
    return opened;
  }
  return open_file(options.path.empty() ? OwnedFile::temporary() : OwnedFile::at(options.path), options);
}

}  // namespace kinesisd::storage
