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
#include "storage/sqlite/examine.hpp"
#include "storage/sqlite/owned_file.hpp"
#include "storage/sqlite/restore.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_engine.hpp"
#include "storage/sqlite/sqlite_reader.hpp"

namespace kinesisd::storage {

namespace {

// What opening makes goes again when the database is refused: the file if there was none, and what SQLite
// puts beside a database even to read it. A WAL that holds something is part of the database and stays.
class Fresh {
 public:
  explicit Fresh(const OwnedFile& file) {
    if (file.created()) made_.push_back(file.path());
    for (const char* suffix : {"-wal", "-shm", "-journal"})
      if (!std::filesystem::exists(file.path() + suffix)) beside_.push_back(file.path() + suffix);
  }
  ~Fresh() {
    std::error_code ignored;
    for (const std::string& path : made_) std::filesystem::remove(path, ignored);
    for (const std::string& path : beside_) {
      const bool index = path.ends_with("-shm");  // of the WAL, and made again when it is missing
      if (!made_.empty() || index || std::filesystem::file_size(path, ignored) == 0)
        std::filesystem::remove(path, ignored);
    }
  }
  Fresh(const Fresh&) = delete;
  Fresh& operator=(const Fresh&) = delete;
  void keep() {
    made_.clear();
    beside_.clear();
  }

 private:
  std::vector<std::string> made_, beside_;
};

void lay_out(const ConnectionOptions& connection, const std::string& key) {
  try {
    create_database(connection, key);
  } catch (const SQLite::Exception& error) {
    throw OpenError("Cannot lay out " + connection.path + ": " + error.what() +
                    "; name a file on a disk with room with --db.");
  }
}

void upgrade(const ConnectionOptions& connection) {
  try {
    upgrade_database(connection);
  } catch (const SQLite::Exception& error) {
    throw OpenError("Cannot bring " + connection.path + " up to date: " + error.what() +
                    "; it is as it was: give it room to grow, or name another file with --db.");
  }
}

std::string new_key(const DatabaseOptions& options) {
  return Random(options.seed).fork("seal key").bytes(seal_key_bytes);
}

Opened open_file(OwnedFile file, const DatabaseOptions& options) {
  const bool temporary = options.path.empty();
  Fresh fresh(file);
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
  const auto layout = examine_database(file);
  if (const std::string why = file.keep_from_others(); !why.empty())
    opened.warnings.push_back("Others may read " + file.path() + ", and its mode cannot be changed: " + why +
                              "; run chmod 600 on it as its owner.");
  if (layout == 0)
    lay_out(connection, opened.key = new_key(options));
  else if (layout < schema_version)
    upgrade(connection);

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
  } catch (const SQLite::Exception& error) {
    refuse(opened.path, error);
  } catch (const std::exception& error) {
    refuse_damaged(opened.path, error.what());
  }
  fresh.keep();
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
