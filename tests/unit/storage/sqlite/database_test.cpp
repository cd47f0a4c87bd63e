// Databases: all engines behave the same, and a file gives back what was put into it.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/resource.h>

#include <csignal>

#include "storage/records/puts.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

std::string query(const std::string& path, const std::string& sql) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement statement(database, sql);
  return statement.executeStep() ? statement.getColumn(0).getString() : "no row";
}

namespace {

using Data = std::vector<std::string>;

NewStream tagged() {
  NewStream request = provisioned(2);
  request.max_record_kib = 2048;
  request.tags = {{"team",
                   "Gr\xc3\xbc\xc3\x9f"
                   "e"},
                  {"empty", ""}};
  return request;
}

// All bytes, empty data, and long keys survive.
std::vector<std::pair<std::string, std::string>> awkward_records() {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  return {{"k", ""},
          {"k", every_byte},
          {"\xf0\x9f\x98\x80", "emoji"},
          {std::string(256, 'k'), std::string(100'000, '\0')},
          {std::string("with\0zero", 9), "d"}};
}

}  // namespace

TEMPLATE_TEST_CASE("Every engine creates, stores, reads, trims and deletes", "", OnDisk, InPrivateFile,
                   InMemory) {
  TemporaryDirectory directory;
  Opening opening(TestType::path(directory));
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  for (const auto& [key, data] : awkward_records()) storage.put(key, data);
  storage.settle();
  const auto page = storage.read(storage.iterator());
  REQUIRE(page.records.size() == awkward_records().size());
  for (std::size_t i = 0; i < page.records.size(); ++i) {
    CHECK(page.records[i]->partition_key() == awkward_records()[i].first);
    CHECK(page.records[i]->data() == awkward_records()[i].second);
  }
  storage.clock.advance_hours(20);
  storage.put("k", "young");
  storage.settle();
  storage.clock.advance_hours(5);
  opening.trim();
  CHECK(storage.state().records_in_memory == 1);
  CHECK(opening.read_all(storage.iterator()) == Data{"young"});
  REQUIRE(delete_stream(storage.state(), stream_key, false, storage.now()));
  storage.settle();
  opening.trim();
  CHECK(storage.state().memory_bytes == 0);
  storage.create(stream_key, provisioned(1));
  CHECK(opening.read_all(storage.iterator()).empty());
  for (const auto& settled : storage.settled()) CHECK(settled.durable);
  CHECK(storage.log.empty());
}

TEST_CASE("A restart brings back streams, shards, tags, numbers and every record byte for byte") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  std::vector<SequenceNumber> numbers;
  std::string from;
  std::optional<StreamDescription> before;
  {
    Opening opening(path);
    StorageFixture& storage = *opening.storage;
    storage.create({world, "other"}, {});
    storage.create(stream_key, tagged());
    REQUIRE(increase_retention(storage.state(), stream_key, 48, storage.now()));
    storage.clock.advance_ms(1'234);
    for (const auto& [key, data] : awkward_records())
      numbers.push_back(
          put_record(storage.state(), stream_key, {0, make_record(key, data)}, {}, storage.now())
              .value()
              .placed.sequence_number);
    from = storage.iterator();
    before = describe_stream(storage.state(), stream_key, {}, {}, storage.now()).value();
  }
  Opening opening(path);
  StorageFixture& storage = *opening.storage;
  CHECK(epoch_ms(opening.opened.newest) == ManualClock::start_ms + 1'234);
  storage.clock.advance_ms(1'234);
  const auto after = describe_stream(storage.state(), stream_key, {}, {}, storage.now()).value();
  CHECK(after.summary.retention_hours == 48);
  CHECK(after.summary.max_record_kib == 2048);
  CHECK(after.summary.mode == StreamMode::PROVISIONED);
  CHECK(after.summary.created == before->summary.created);
  REQUIRE(after.shards.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(after.shards[i].range == before->shards[i].range);
    CHECK(after.shards[i].starting == before->shards[i].starting);
  }
  CHECK(storage.state().streams.at(stream_key)->row.tags == tagged().tags);
  CHECK(list_streams(storage.state(), world, {}, storage.now()).value().streams.size() == 2);

  // An iterator of the time before goes on.
  const auto page = storage.read(from, opening.opened.reader.get());
  REQUIRE(page.records.size() == numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CHECK(page.sequence_number_of(*page.records[i]) == numbers[i]);
    CHECK(page.records[i]->partition_key() == awkward_records()[i].first);
    CHECK(page.records[i]->data() == awkward_records()[i].second);
    CHECK(epoch_ms(page.records[i]->arrived()) == ManualClock::start_ms + 1'234);
  }
  const auto next = put_record(storage.state(), stream_key, {0, make_record("k", "next")}, {}, storage.now())
                        .value()
                        .placed;
  CHECK(next.sequence_number > numbers.back());
  storage.settle();
  CHECK(opening.read_all(*page.next_iterator) == Data{"next"});
}

TEST_CASE("Numbers and serials go on after a restart even if everything they counted is gone") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  std::optional<SequenceNumber> last;
  std::int64_t stream_serial = 0, shard_serial = 0;
  {
    Opening opening(path);
    StorageFixture& storage = *opening.storage;
    storage.create(stream_key, provisioned(1));
    for (int i = 0; i < 10; ++i) last = storage.put("k", "d");
    storage.create({world, "gone"}, provisioned(5));
    REQUIRE(delete_stream(storage.state(), {world, "gone"}, false, storage.now()));
    storage.settle();
    storage.clock.advance_hours(25);
    opening.trim();
    stream_serial = storage.state().next_stream_serial;
    shard_serial = storage.state().next_shard_serial;
  }
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
  CHECK(query(path, "SELECT count(*) FROM streams") == "1");
  CHECK(query(path, "SELECT count(*) FROM shards") == "1");
  Opening opening(path);
  CHECK(epoch_ms(opening.opened.newest) == ManualClock::start_ms);
  CHECK(opening.storage->put("k", "d") > *last);
  CHECK(opening.storage->state().next_stream_serial == stream_serial);
  CHECK(opening.storage->state().next_shard_serial == shard_serial);
}

TEST_CASE("A stream that is DELETING at a restart is so afterwards, and its name is free when that ends") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path, settings_with(3'600'000 * 2));
    StorageFixture& storage = *opening.storage;
    storage.create(stream_key, provisioned(1));
    storage.clock.advance_hours(2);
    storage.put("k", "d");
    REQUIRE(delete_stream(storage.state(), stream_key, false, storage.now()));
    storage.settle();
    opening.trim();
  }
  CHECK(query(path, "SELECT transition FROM streams") == "deleting");
  CHECK(query(path, "SELECT count(*) FROM shards") == "0");
  {
    Opening opening(path, settings_with(0), {}, 3);
    const auto now = opening.storage->now();
    CHECK(describe_stream_summary(opening.storage->state(), stream_key, now).value().status ==
          StreamStatus::DELETING);
  }
  Opening opening(path, settings_with(0), {}, 4);
  CHECK_FALSE(describe_stream_summary(opening.storage->state(), stream_key, opening.storage->now()));
  opening.storage->create(stream_key, provisioned(1));
  opening.trim();
  CHECK(query(path, "SELECT count(*) FROM streams") == "1");
}

TEST_CASE("A change that lasts its time for everyone does so across a restart") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  StreamSettings settings = settings_with(500, true);
  settings.transitions.exception(Lasting::create) = {.end_when_observed = false, .after_ms = 60'000};
  { Opening(path, settings).storage->create(stream_key, provisioned(1)); }
  Opening opening(path, settings);
  const auto status = [&] {
    return describe_stream_summary(opening.storage->state(), stream_key, opening.storage->now())
        .value()
        .status;
  };
  CHECK(status() == StreamStatus::CREATING);
  CHECK(status() == StreamStatus::CREATING);
  opening.storage->clock.advance_ms(60'000);
  CHECK(status() == StreamStatus::ACTIVE);
}

TEST_CASE("The tables can be read by hand") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  Opening opening(path);
  opening.storage->create(stream_key, provisioned(3));
  opening.storage->put("e", "hello");
  opening.storage->settle();
  CHECK(query(path,
              "SELECT stream || ' ' || shard_id || ' ' || sequence_index || ' ' || partition_key || ' ' || "
              "arrived_ms "
              "|| ' ' || CAST(data AS TEXT) FROM record_list") ==
        "orders shardId-000000000002 1 e 1700000000000 hello");
  CHECK(query(path, "SELECT typeof(partition_key) || ' ' || typeof(data) FROM records") == "text blob");
  CHECK(query(path, "SELECT ending_hash_key FROM shards ORDER BY serial DESC") ==
        "340282366920938463463374607431768211455");
  CHECK(query(path, "PRAGMA journal_mode") == "wal");
}

TEST_CASE("After stopping, everything is in one file") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path);
    opening.storage->create(stream_key, provisioned(1));
    opening.storage->put("k", "d");
    opening.storage->settle();
    CHECK(std::filesystem::exists(path + "-wal"));
    CHECK(opening.opened.reader->read({1, 1, 2, {}, 10, 10}).size() == 1);
  }
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));
  CHECK_FALSE(std::filesystem::exists(path + "-shm"));
  CHECK(query(path, "SELECT count(*) FROM records") == "1");
}

TEST_CASE("A private database is gone with its user") {
  std::string path;
  {
    Opening opening("");
    path = opening.opened.path;
    CHECK(opening.opened.temporary);
    opening.storage->create(stream_key, provisioned(1));
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_CASE("What a killed process left behind is removed, and what a living one uses is not") {
  namespace fs = std::filesystem;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours{1};
  const TemporaryDirectory own;
  const TemporaryFilesIn there(own);
  Opening living("");
  const auto living_directory = fs::path(living.opened.path).parent_path();
  const auto left = fs::temp_directory_path() / "kinesisd-killed";
  const auto foreign = fs::temp_directory_path() / "kinesisd-foreign";
  for (const auto& directory : {left, foreign}) fs::create_directory(directory);
  write_file(left / "streams.db", "whatever");
  write_file(left / "streams.db-wal", "whatever");
  write_file(foreign / "notes.txt", "mine");
  for (const auto& directory : {left, foreign, living_directory}) fs::last_write_time(directory, old);
  Opening next("");
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(foreign / "notes.txt"));
  CHECK(fs::exists(living.opened.path));
}

TEST_CASE("A full disk fails the puts, and they succeed again when there is room") {
  TemporaryDirectory directory;
  Opening opening(OnDisk::path(directory));
  StorageFixture& storage = *opening.storage;
  storage.create(stream_key, provisioned(1));
  storage.put("k", "before");
  storage.settle();

  // Files may not grow beyond what they are: to SQLite a full disk.
  struct rlimit usual {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
  auto* const on_size = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = usual;
  tight.rlim_cur = 64 << 10;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  for (int i = 0; i < 3; ++i) {
    storage.put("k", std::string(200'000, 'x'));
    storage.settle();
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &usual) == 0);
  std::signal(SIGXFSZ, on_size);
  CHECK_FALSE(storage.settled().back().durable);
  CHECK(opening.read_all(storage.iterator()) == Data{"before"});

  storage.put("k", "after");
  storage.settle();
  CHECK(storage.settled().back().durable);
  CHECK(opening.read_all(storage.iterator()) == Data{"before", "after"});
  CHECK(storage.log.size() == 2);
}

}  // namespace kinesisd::tests
