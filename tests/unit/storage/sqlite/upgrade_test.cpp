// Databases of older layouts, brought up to date when they are opened.
#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/sqlite/schema.hpp"
#include "storage/streams/streams.hpp"
#include "storage/streams/tags.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

// What the first layout's server would have left: a stream of two shards with a tag and a record.
void make_first_layout(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(layout_1);
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  database.exec("PRAGMA user_version = 1");
  SQLite::Statement key(database, "INSERT INTO meta VALUES ('seal_key', ?)");
  const std::string seal_key(32, 'k');
  key.bind(1, seal_key.data(), static_cast<int>(seal_key.size()));
  key.exec();
  const auto now = std::to_string(ManualClock::start_ms);
  const auto half = to_string(even_range(0, 2).ending), upper = to_string(even_range(1, 2).starting);
  database.exec("INSERT INTO meta VALUES ('next_stream_serial', 2), ('next_shard_serial', 3)");
  database.exec("INSERT INTO streams VALUES (1, '000000000000', 'us-east-1', 'orders', 'PROVISIONED', " +
                now + ", 24, 1024, '', 0, 0)");
  database.exec("INSERT INTO shards VALUES (1, 1, 0, '0', '" + half + "', NULL, NULL, 1699999998, NULL, " +
                now + ", NULL, 1), (2, 1, 1, '" + upper + "', '" + to_string(hash_key_max) +
                "', NULL, NULL, 1699999998, NULL, " + now + ", NULL, 1)");
  database.exec("INSERT INTO tags VALUES (1, 'team', 'blue')");
  database.exec("INSERT INTO records VALUES ((1 << 38) | 1, " + now + ", 'k', x'6f6c64')");
}

std::int64_t layout_of(const std::string& path) {
  return SQLite::Database(path).execAndGet("PRAGMA user_version").getInt64();
}

}  // namespace

TEST_CASE("A database of the first layout is brought up to date with all that is in it") {
  TemporaryDirectory directory;
  const auto path = directory.file("old.db");
  make_first_layout(path);
  for (int opened = 0; opened < 2; ++opened) {
    Opening opening(path);
    auto& fixture = *opening.storage;
    CHECK(opening.read_all(fixture.iterator()) == std::vector<std::string>{"old"});
    CHECK(tags_of(fixture.state(), stream_key, fixture.now()).value() == Tags{{"team", "blue"}});
    const auto summary = describe_stream_summary(fixture.state(), stream_key, fixture.now()).value();
    CHECK(summary.open_shards == 2);
    CHECK_FALSE(summary.key_id);
    CHECK(summary.distribution == RecordDistributionStrategy::USER_PARTITION_KEY);
  }
  CHECK(layout_of(path) == schema_version);
}

TEST_CASE("A database that cannot be brought up to date is left as it was") {
  TemporaryDirectory directory;
  const auto path = directory.file("old.db");
  make_first_layout(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("CREATE TABLE accounts (anything)");
  try {
    open_database({path, Durability::process});
    FAIL("opened");
  } catch (const OpenError& refused) {
    CHECK(refused.what() ==
          "Cannot bring " + path +
              " up to date: table accounts already exists; it is as it was: give it room to "
              "grow, or name another file with --db.");
  }
  CHECK(layout_of(path) == 1);
  SQLite::Database after(path);
  CHECK_FALSE(after.tableExists("consumers"));
  CHECK(after.execAndGet("SELECT count(*) FROM pragma_table_info('streams')").getInt() == 11);
}

}  // namespace kinesisd::tests
