// What a process leaves behind that was stopped in the middle of writing opens, and holds everything.
#include <SQLiteCpp/Database.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <optional>

#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using Data = std::vector<std::string>;

constexpr std::size_t page_bytes = 8192;

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

// Files may not grow beyond this while it lives: to SQLite a full disk.
class FilesUpTo {
 public:
  explicit FilesUpTo(rlim_t bytes) : on_size_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual_) == 0);
    rlimit tight = usual_;
    tight.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  }
  ~FilesUpTo() {
    ::setrlimit(RLIMIT_FSIZE, &usual_);
    std::signal(SIGXFSZ, on_size_);
  }
  FilesUpTo(const FilesUpTo&) = delete;
  FilesUpTo& operator=(const FilesUpTo&) = delete;

 private:
  void (*on_size_)(int);
  rlimit usual_{};
};

// Puts records of 1,000 bytes, so many that the database has to grow to hold them.
Data put_many(Opening& opening) {
  Data data;
  for (int i = 0; i < 200; ++i) {
    data.push_back(std::to_string(i) + std::string(1000, 'x'));
    opening.storage->put("k", data.back());
  }
  opening.storage->settle();
  return data;
}

Data all(Opening& opening) {
  return opening.read_all(opening.storage->iterator());
}

}  // namespace

TEST_CASE("A database opens whose checkpoint was cut off after each of its pages") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  Data data;
  std::string before, wal;
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    data = put_many(opening);
    before = content(path);
    wal = content(path + "-wal");
  }
  const auto after = content(path);
  REQUIRE(after.size() > before.size());
  for (std::size_t copied = 0; copied <= after.size(); copied += page_bytes) {
    const auto cut = directory.file("cut.db");
    // The checkpoint goes through the pages from the first one on.
    write_file(cut, after.substr(0, copied) + (copied < before.size() ? before.substr(copied) : ""));
    write_file(cut + "-wal", wal);
    if (copied == 0) continue;
    Opening opening(cut);
    CHECK(all(opening) == data);
  }
}

TEST_CASE("A database opens whose making was cut off") {
  TemporaryDirectory directory;
  const auto sound = directory.file("sound.db");
  { const Opening opening(sound); }
  const auto whole = content(sound);
  std::string journal;
  {
    const auto made = directory.file("made.db");
    SQLite::Database database(made, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA page_size = 8192; PRAGMA synchronous = OFF; BEGIN; CREATE TABLE t (x)");
    journal = content(made + "-journal");
  }
  REQUIRE(!journal.empty());
  for (const std::size_t written :
       {std::size_t{0}, std::size_t{10}, std::size_t{4096}, page_bytes, 2 * page_bytes, whole.size()}) {
    const auto path = directory.file("cut" + std::to_string(written) + ".db");
    write_file(path, whole.substr(0, written));
    write_file(path + "-journal", journal);
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    const auto data = put_many(opening);
    CHECK(all(opening) == data);
  }
}

TEST_CASE("A transaction that a rollback journal tells of is undone before anything is judged") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  Data data;
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    data = put_many(opening);
  }
  const auto cut = directory.file("cut.db");
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = 1");
    database.exec("BEGIN; PRAGMA user_version = 99; DELETE FROM records");
    database.exec("CREATE TABLE large AS SELECT randomblob(1000000)");
    write_file(cut, content(path));
    write_file(cut + "-journal", content(path + "-journal"));
  }
  Opening opening(cut);
  CHECK(all(opening) == data);
}

TEST_CASE("A database that cannot be brought into one file at the end says why and is whole") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const std::string said =
      "Cannot bring " + path +
      " into one file: disk I/O error (File too large); nothing is lost, but part of it is in " + path +
      "-wal: keep the two together, and the next start with room on the disk does it.";
  Data data;
  // Outlives the opening, whose connections close without room, too.
  std::optional<FilesUpTo> full;
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    data = put_many(opening);
    full.emplace(std::filesystem::file_size(path));
    SECTION("after a write that succeeded") {
      CHECK_FALSE(opening.storage->journal.stop());
      CHECK(opening.storage->log == std::vector<std::string>{said});
    }
    SECTION("after a write that failed") {
      opening.storage->put("k", std::string(500'000, 'x'));
      opening.storage->settle();
      CHECK_FALSE(opening.storage->journal.stop());
      CHECK(opening.storage->log.back() == said);
    }
  }
  full.reset();
  Opening opening(path);
  CHECK(all(opening) == data);
}

TEST_CASE("A database that cannot be laid out leaves nothing behind") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const FilesUpTo full(0);
  CHECK_THROWS_WITH(
      open_database({path, Durability::process}),
      "Cannot lay out " + path + ": disk I/O error; name a file on a disk with room with --db.");
  CHECK(std::filesystem::is_empty(directory.file("")));
}

TEST_CASE("Only its owner may read a database, also one that was open to others before") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const auto put_and_check = [&](Opening& opening) {
    opening.storage->put("k", "data");
    opening.storage->settle();
    for (const char* suffix : {"", "-wal", "-shm"}) CHECK(mode_of(path + suffix) == 0600);
  };
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    put_and_check(opening);
  }
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const auto killed = directory.file("killed.db");
  {
    Opening opening(path);
    put_and_check(opening);
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::copy(path + suffix, killed + suffix);
      REQUIRE(::chmod((killed + suffix).c_str(), 0644) == 0);
    }
  }
  const Opening opening(killed);
  for (const char* suffix : {"", "-wal", "-shm"}) CHECK(mode_of(killed + suffix) == 0600);
}

}  // namespace kinesisd::tests
