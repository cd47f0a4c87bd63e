// Resets and snapshots: every engine gives back what was there, and one that fails has changed nothing.
#include "storage/snapshots/snapshots.hpp"

#include "storage/consumers/consumers.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/encryption.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "storage/streams/tags.hpp"
#include "tests/unit/storage/snapshots_fixture.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

TEMPLATE_TEST_CASE("A reset takes everything away, and names are free at once", "", OnDisk, InPrivateFile,
                   InMemory) {
  TemporaryDirectory directory;
  Rewound server(TestType::path(directory), settings_with(500));
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  storage.create(elsewhere, provisioned(1));
  storage.clock.advance_ms(1000);
  server.put({"a", "b"});
  const std::string before = storage.iterator();
  REQUIRE(set_key_state(storage.state(), "k", KeyState::disabled));
  REQUIRE(reset(storage.journal, {}) == 2);
  CHECK_FALSE(server.has(stream_key));
  CHECK_FALSE(server.has(elsewhere));
  CHECK(key_states(storage.state()).empty());
  CHECK(error_type(begin_read(storage.state(), before, std::nullopt, storage.now())) ==
        protocol::ErrorType::ResourceNotFoundException);
  storage.create(stream_key, provisioned(1));
  storage.clock.advance_ms(1000);
  CHECK(server.all() == Data{});
  server.trim();
  server.put({"c"});
  CHECK(server.all() == Data{"c"});
  CHECK(reset(storage.journal, {}) == 1);
  CHECK(reset(storage.journal, {}) == 0);
}

TEST_CASE("A reset of some worlds leaves the others and the keys alone") {
  struct Row {
    Scope scope;
    bool orders, other_account, other_region;
  };
  const auto row = GENERATE(values<Row>({
      {{.account = "123456789012"}, true, false, true},
      {{.region = "us-east-1"}, false, false, true},
      {{.account = "000000000000", .region = "us-east-1"}, false, true, true},
      {{.account = "999999999999"}, true, true, true},
  }));
  const StreamKey other_region{{"000000000000", "eu-west-1"}, "orders"};
  Rewound server(":memory:");
  for (const auto& stream : {stream_key, elsewhere, other_region})
    server.storage->create(stream, provisioned(1));
  REQUIRE(set_key_state(server.storage->state(), "k", KeyState::disabled));
  reset(server.storage->journal, row.scope);
  CHECK(server.has(stream_key) == row.orders);
  CHECK(server.has(elsewhere) == row.other_account);
  CHECK(server.has(other_region) == row.other_region);
  CHECK(key_state(server.storage->state(), "k") == KeyState::disabled);
}

TEMPLATE_TEST_CASE("A snapshot brings back streams, settings and records, again and again", "", OnDisk,
                   InPrivateFile, InMemory) {
  TemporaryDirectory directory;
  Rewound server(TestType::path(directory));
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  storage.create(other_key, provisioned(1));
  server.put({"a", "b"});
  server.put({"x"}, other_key);
  REQUIRE(add_tags(storage.state(), stream_key, {{"team", "red"}}, storage.now()));
  REQUIRE(set_key_state(storage.state(), "k", KeyState::disabled));
  server.save("base");
  const std::string iterator = storage.iterator();

  for (int round = 0; round < 3; ++round) {
    const auto number = storage.put("k", "c").to_string();
    server.put({"d"});
    REQUIRE(remove_tags(storage.state(), stream_key, {"team"}, storage.now()));
    REQUIRE(set_key_state(storage.state(), "k", KeyState::enabled));
    REQUIRE(set_key_state(storage.state(), "l", KeyState::disabled));
    server.remove(other_key);
    storage.create(elsewhere, provisioned(1));
    if (round == 1) storage.create(other_key, provisioned(2));
    server.trim();
    CHECK(server.all() == Data{"a", "b", "c", "d"});

    server.restore("base");
    CHECK(server.all() == Data{"a", "b"});
    CHECK(server.all(other_key) == Data{"x"});
    CHECK_FALSE(server.has(elsewhere));
    CHECK(tags_of(storage.state(), stream_key, storage.now()).value() == Tags{{"team", "red"}});
    CHECK(key_states(storage.state()) == std::map<std::string, KeyState>{{"k", KeyState::disabled}});
    CHECK(server.read_all(iterator) == Data{"a", "b"});
    // The number of a record that was taken away is given again.
    CHECK(storage.put("k", "e").to_string() == number);
    storage.settle();
    CHECK(server.all() == Data{"a", "b", "e"});
    server.trim();
    server.restore("base");
    CHECK(server.all() == Data{"a", "b"});
  }
}

TEMPLATE_TEST_CASE("Snapshots of different histories do not touch each other's records", "", OnDisk,
                   InMemory) {
  TemporaryDirectory directory;
  Rewound server(TestType::path(directory));
  server.storage->create(stream_key, provisioned(1));
  server.put({"a"});
  server.save("one");
  server.put({"b1", "c1"});
  server.save("two");
  server.put({"d1"});
  server.restore("one");
  server.put({"b2"});
  server.save("three");
  server.put({"c2"});
  server.trim();
  const std::vector<std::pair<std::string, Data>> wanted = {
      {"two", {"a", "b1", "c1"}}, {"three", {"a", "b2"}},     {"one", {"a"}}, {"three", {"a", "b2"}},
      {"two", {"a", "b1", "c1"}}, {"two", {"a", "b1", "c1"}}, {"one", {"a"}}, {"two", {"a", "b1", "c1"}},
      {"three", {"a", "b2"}},
  };
  for (const auto& [name, data] : wanted) {
    INFO(name);
    server.restore(name);
    CHECK(server.all() == data);
    server.put({"later"});
    server.trim();
  }
  REQUIRE(delete_snapshot(server.storage->guarded, "two"));
  CHECK_FALSE(restore_snapshot(server.storage->journal, "two"));
  CHECK_FALSE(delete_snapshot(server.storage->guarded, "two"));
  server.trim();
  server.restore("one");
  CHECK(server.all() == Data{"a"});
}

TEMPLATE_TEST_CASE("A reader that had got further goes on with what comes after a restore", "", OnDisk,
                   InMemory) {
  TemporaryDirectory directory;
  Rewound server(TestType::path(directory));
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  server.put({"a"});
  server.save("base");
  server.put({"b"});
  const IteratorStart after{IteratorType::AFTER_SEQUENCE_NUMBER, storage.put("k", "c").to_string(), {}};
  storage.settle();
  const std::string tip = storage.iterator({IteratorType::LATEST, {}, {}});
  server.restore("base");
  server.put({"d"});
  CHECK(server.read_all(tip) == Data{"d"});
  CHECK(server.read_all(storage.iterator(after)) == Data{"d"});
  const std::string next = *storage.read(tip).next_iterator;
  server.put({"e"});
  CHECK(server.read_all(next) == Data{"e"});
}

TEMPLATE_TEST_CASE("A snapshot undoes reshards, and another one brings the children back", "", OnDisk,
                   InMemory) {
  TemporaryDirectory directory;
  Rewound server(TestType::path(directory));
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  server.put({"a"});
  server.save("whole");
  REQUIRE(split_shard(storage.state(), stream_key, "0", "1000", storage.now()));
  storage.settle();
  REQUIRE(server.has(stream_key));
  server.put({"child"});
  server.save("split");
  server.restore("whole");
  CHECK(describe_stream_summary(storage.state(), stream_key, storage.now()).value().open_shards == 1);
  server.put({"b"});
  CHECK(server.all() == Data{"a", "b"});
  server.trim();
  server.restore("split");
  CHECK(describe_stream_summary(storage.state(), stream_key, storage.now()).value().open_shards == 2);
  CHECK(server.all(stream_key, "0") == Data{"a"});
  CHECK(server.all(stream_key, "2") == Data{"child"});
}

TEST_CASE("What was restored is there after a restart, and nothing else; snapshots are not") {
  TemporaryDirectory directory;
  const std::string path = directory.file("streams.db");
  {
    Rewound server(path);
    server.storage->create(stream_key, provisioned(1));
    server.storage->create(other_key, provisioned(1));
    server.put({"a"});
    server.save("one");
    server.put({"b"});
    server.save("two");
    server.remove(other_key);
    server.storage->create(elsewhere, provisioned(1));
    server.restore("one");
    server.put({"c"});
  }
  Rewound again(path);
  CHECK(list_snapshots(again.storage->guarded).empty());
  CHECK(again.all() == Data{"a", "c"});
  CHECK(again.has(other_key));
  CHECK_FALSE(again.has(elsewhere));
  again.put({"d"});
  CHECK(again.all() == Data{"a", "c", "d"});
  again.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "3");
  CHECK(query(path, "SELECT count(*) FROM streams") == "2");
}

TEST_CASE("Retention goes by the longest that may be restored, and time does not go back") {
  TemporaryDirectory directory;
  const std::string path = directory.file("streams.db");
  Rewound server(path);
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  REQUIRE(increase_retention(storage.state(), stream_key, 48, storage.now()));
  server.put({"a"});
  server.save("long");
  REQUIRE(decrease_retention(storage.state(), stream_key, 24, storage.now()));
  storage.settle();
  storage.clock.advance_hours(30);
  server.trim();
  CHECK(server.all() == Data{});
  server.restore("long");
  CHECK(server.all() == Data{"a"});
  storage.clock.advance_hours(30);
  server.trim();
  server.restore("long");
  CHECK(server.all() == Data{});
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
  server.put({"b"});
  CHECK(server.all() == Data{"b"});
}

TEST_CASE("A snapshot of one world restores that world") {
  Rewound server(":memory:");
  server.storage->create(stream_key, provisioned(1));
  server.storage->create(elsewhere, provisioned(1));
  server.save("mine", {.account = world.account});
  server.put({"a"});
  server.put({"b"}, elsewhere);
  server.restore("mine");
  CHECK(server.all() == Data{});
  CHECK(server.all(elsewhere) == Data{"b"});
}

TEST_CASE("A stream that is as it was goes on, with its subscriptions; others' end") {
  Rewound server(":memory:");
  StorageFixture& storage = *server.storage;
  for (const auto& stream : {stream_key, other_key}) {
    storage.create(stream, provisioned(1));
    REQUIRE(register_consumer(storage.state(), stream, "app", {}, storage.now()));
  }
  storage.settle();
  server.save("base");
  const auto subscribe = [&](const StreamKey& stream) {
    auto made = storage::subscribe(storage.state(), {.stream = stream, .name = "app", .created_s = {}}, "0",
                                   {IteratorType::LATEST, {}, {}}, storage.now());
    REQUIRE(error_text(made).empty());
    return made.value().subscription;
  };
  const auto changed = subscribe(stream_key);
  const auto same = subscribe(other_key);
  server.put({"a"});
  server.restore("base");
  CHECK(changed->ended);
  CHECK_FALSE(same->ended);
  const auto next = begin_event(storage.state(), *changed, storage.now());
  REQUIRE(next);
  CHECK_FALSE(next.value().read);
  // Nobody has to wait for the old one to subscribe anew.
  subscribe(stream_key);
  reset(storage.journal, {});
  CHECK(error_type(begin_event(storage.state(), *same, storage.now())) ==
        protocol::ErrorType::ResourceNotFoundException);
}

TEST_CASE("What cannot be written changes nothing") {
  struct Failing : private FailingEngine, public StorageFixture {
    Failing() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
    using FailingEngine::fails;
  } storage;
  storage.create(stream_key, provisioned(1));
  REQUIRE(save_snapshot(storage.journal, "base", {}, storage.now()) == Saving::saved);
  storage.put("k", "a");
  storage.settle();
  storage.fails = true;
  CHECK_THROWS_WITH(reset(storage.journal, {}), "database or disk is full");
  CHECK_THROWS_WITH(restore_snapshot(storage.journal, "base"), "database or disk is full");
  CHECK(storage.read_all(storage.iterator()) == Data{"a"});
  // What waits goes the way of everything that cannot be written.
  storage.put("k", "b");
  CHECK_THROWS_WITH(restore_snapshot(storage.journal, "base"), "database or disk is full");
  CHECK(storage.settled().back().durable == false);
  storage.fails = false;
  CHECK(storage.read_all(storage.iterator()) == Data{"a"});
  REQUIRE(restore_snapshot(storage.journal, "base"));
  CHECK(storage.read_all(storage.iterator()) == Data{});
}

TEST_CASE("What waits when a snapshot is saved or everything is reset is settled first") {
  Rewound server(":memory:");
  server.storage->create(stream_key, provisioned(1));
  server.storage->put("k", "a");
  server.save("base");
  CHECK(server.storage->settled().back().durable);
  CHECK(server.all() == Data{"a"});
  server.storage->put("k", "b");
  server.restore("base");
  CHECK(server.all() == Data{"a"});
  CHECK_FALSE(server.storage->journal.commit_batch());
}

TEST_CASE("Snapshots are bounded in number, and without a disk in size") {
  StreamSettings settings = settings_with(0);
  settings.memory_bytes_max = 4096;
  Rewound server(":memory:", settings);
  StorageFixture& storage = *server.storage;
  storage.create(stream_key, provisioned(1));
  server.put({std::string(1500, 'x')});
  server.save("one");
  server.save("one");
  server.save("two");
  CHECK(save_snapshot(storage.journal, "three", {}, storage.now()) == Saving::too_large);
  reset(storage.journal, {});
  for (std::size_t i = 2; i < snapshots_max; ++i) server.save("n" + std::to_string(i));
  CHECK(save_snapshot(storage.journal, "more", {}, storage.now()) == Saving::too_many);
  CHECK(list_snapshots(storage.guarded).size() == snapshots_max);
  server.save("one");
}

TEST_CASE("Names of snapshots") {
  CHECK(is_snapshot_name("Base_1.0-x"));
  CHECK(is_snapshot_name(std::string(snapshot_name_max, 'n')));
  for (const auto& bad : {std::string(), std::string(snapshot_name_max + 1, 'n'), std::string("a/b"),
                          std::string("a b"), std::string("a%20"), std::string("\xc3\xa9")}) {
    INFO(bad);
    CHECK_FALSE(is_snapshot_name(bad));
  }
}

}  // namespace kinesisd::tests
