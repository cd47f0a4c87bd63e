// Files that are not opened, and stay as they are.
#include <SQLiteCpp/Database.h>

#include <map>

#include "storage/sqlite/schema.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

// What opening says.
std::string refusal(const std::string& path) {
  try {
    open_database({path, Durability::process});
  } catch (const OpenError& error) {
    return error.what();
  }
  return "opened";
}

// Every file of a directory, and what is in it.
std::map<std::string, std::string> files_in(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.is_regular_file()) files[entry.path().filename()] = content(entry.path());
  return files;
}

// What a process leaves that is killed while it has the database open.
void copy_as_killed(const std::string& from, const std::string& to) {
  for (const char* suffix : {"", "-wal", "-journal"})
    if (std::filesystem::exists(from + suffix)) std::filesystem::copy(from + suffix, to + suffix);
}

// A database with a stream and many records.
std::string sound_database(const TemporaryDirectory& directory) {
  const auto path = OnDisk::path(directory);
  Opening opening(path);
  opening.storage->create(stream_key, provisioned(1));
  for (int i = 0; i < 2000; ++i) opening.storage->put("k", std::string(100, 'x'));
  opening.storage->settle();
  return path;
}

}  // namespace

TEST_CASE("A file that is not ours to open is refused with a sentence and left untouched") {
  TemporaryDirectory directory;
  const auto path = directory.file("some.db");
  const std::string advice = "; keep it, and restore a copy or save what it holds with sqlite3's .recover.";
  std::string expected;
  SECTION("not a database") {
    write_file(path, "These are my notes, and no database at all.\n");
    expected = path + " is not a database; name another file with --db.";
  }
  SECTION("not a database, and files beside it that look like SQLite's") {
    write_file(path, "These are my notes, and no database at all.\n");
    write_file(path + "-wal", std::string(5000, 'w'));
    write_file(path + "-journal", "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + std::string(5000, 'j'));
    expected = path + " is not a database; name another file with --db.";
  }
  SECTION("not a database, and a file beside it that is called like a WAL") {
    write_file(path, std::string(20'000, 'n'));
    write_file(path + "-wal", std::string(5000, 'w'));
    expected = path + " is not a database; name another file with --db.";
  }
  SECTION("a database of another program") {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
    expected = path + " is the database of another program; name another file with --db.";
  }
  SECTION("a database of another program that was killed, with a WAL") {
    const auto living = directory.file("living.db");
    SQLite::Database other(living, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    copy_as_killed(living, path);
    REQUIRE(std::filesystem::exists(path + "-wal"));
    expected = path + " is the database of another program; name another file with --db.";
  }
  SECTION("a database of another program that was killed, with a rollback journal") {
    const auto living = directory.file("living.db");
    SQLite::Database other(living, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA synchronous = OFF; CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)");
    copy_as_killed(living, path);
    REQUIRE(std::filesystem::exists(path + "-journal"));
    expected = path + " is the database of another program; name another file with --db.";
  }
  SECTION("written by a newer version that was killed: the layout is in the WAL alone") {
    const auto living = sound_database(directory);
    SQLite::Database newer(living, SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 99");
    copy_as_killed(living, path);
    REQUIRE(std::filesystem::exists(path + "-wal"));
    expected = path + " was written by a newer kinesisd (layout 99, this one knows " +
               std::to_string(schema_version) + "); use that one, or name another file with --db.";
  }
  SECTION("moved away without its WAL") {
    Opening opening(OnDisk::path(directory));
    opening.storage->create(stream_key, provisioned(1));
    std::filesystem::copy(OnDisk::path(directory) + "-wal", path + "-wal");
    expected =
        path + " is empty, but " + path +
        "-wal holds a part of the database that stood there; put that database back beside it, or name "
        "another file with --db.";
  }
  SECTION("moved away without its rollback journal") {
    const auto living = directory.file("living.db");
    SQLite::Database other(living, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA synchronous = OFF; CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)");
    std::filesystem::copy(living + "-journal", path + "-journal");
    expected = path + " is empty, but " + path +
               "-journal holds a part of the database that stood there; put that database back beside it, or "
               "name another file with --db.";
  }
  SECTION("written by a newer version") {
    std::filesystem::copy(sound_database(directory), path);
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
    expected = path + " was written by a newer kinesisd (layout 99, this one knows " +
               std::to_string(schema_version) + "); use that one, or name another file with --db.";
  }
  SECTION("cut short") {
    const auto whole = content(sound_database(directory));
    write_file(path, whole.substr(0, whole.size() / 2));
    expected = path + " is damaged (it is cut short)" + advice;
  }
  SECTION("cut within the header") {
    write_file(path, content(sound_database(directory)).substr(0, 50));
    expected = path + " is damaged (it ends within its header)" + advice;
  }
  SECTION("damaged within") {
    auto bytes = content(sound_database(directory));
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2),
              bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2 + 20'000), '\x5a');
    write_file(path, bytes);
    expected = path + " is damaged (";
  }
  SECTION("without a table") {
    std::filesystem::copy(sound_database(directory), path);
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("DROP TABLE shards");
    expected = path + " is damaged (no such table: shards)" + advice;
  }
  const auto before = files_in(directory.file(""));
  const auto text = refusal(path);
  CHECK(text.substr(0, expected.size()) == expected);
  CHECK(text.back() == '.');
  CHECK((files_in(directory.file("")) == before));
}

TEST_CASE("A database in use is refused") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path);
    CHECK(refusal(path) ==
          path + " is in use by another process; stop that one or name another file with --db.");
    opening.storage->create(stream_key, provisioned(1));
    CHECK(opening.storage->settled().back().durable);
  }
  CHECK(refusal(path) == "opened");
}

TEST_CASE("A path that cannot be opened is refused with the reason") {
  TemporaryDirectory directory;
  const auto path = directory.file("no/such/directory.db");
  CHECK(refusal(path) ==
        "Cannot open " + path +
            ": No such file or directory; name a file in a directory this user may write with --db.");
  CHECK(refusal("/dev/null") == "/dev/null is not a regular file; name another file with --db.");
}

TEST_CASE("An empty file becomes a database") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  write_file(path, "");
  Opening opening(path);
  opening.storage->create(stream_key, provisioned(1));
  CHECK(opening.storage->settled().back().durable);
}

}  // namespace kinesisd::tests
