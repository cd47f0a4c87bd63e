// Files that are not opened, and stay as they are.
#include <SQLiteCpp/Database.h>

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
  std::string expected;
  SECTION("not a database") {
    write_file(path, "These are my notes, and no database at all.\n");
    expected = path + " is not a database; name another file with --db, or move it away.";
  }
  SECTION("a database of another program") {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
    expected = path + " is the database of another program; name another file with --db.";
  }
  SECTION("written by a newer version") {
    std::filesystem::copy(sound_database(directory), path);
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 3");
    expected =
        path +
        " was written by a newer kinesisd (layout 3, this one knows 2); use that one, or name another file "
        "with --db.";
  }
  SECTION("cut short") {
    const auto whole = content(sound_database(directory));
    write_file(path, whole.substr(0, whole.size() / 2));
    expected = path + " is damaged (it is cut short); restore a copy of it, or move it away to start anew.";
  }
  SECTION("cut within the header") {
    write_file(path, content(sound_database(directory)).substr(0, 50));
    expected =
        path +
        " is damaged (it ends within its header); restore a copy of it, or move it away to start anew.";
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
    expected = path + " is damaged (no such table: shards)";
  }
  const auto before = content(path);
  const auto text = refusal(path);
  CHECK(text.substr(0, expected.size()) == expected);
  CHECK(text.back() == '.');
  CHECK(content(path) == before);
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
