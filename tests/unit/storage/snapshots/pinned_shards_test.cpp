// What snapshots keep from being deleted.
#include "tests/unit/storage/snapshots_fixture.hpp"

namespace kinesisd::tests {

TEST_CASE("What a snapshot keeps is deleted when it goes") {
  TemporaryDirectory directory;
  const std::string path = directory.file("streams.db");
  Rewound server(path);
  server.storage->create(stream_key, provisioned(1));
  server.put({"a", "b"});
  server.save("base");
  server.remove(stream_key);
  server.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "2");
  REQUIRE(delete_snapshot(server.storage->guarded, "base"));
  server.trim();
  CHECK(query(path, "SELECT count(*) FROM records") == "0");
  CHECK(query(path, "SELECT count(*) FROM shards") == "0");
}

TEST_CASE("What snapshots pin is gathered anew when they change, and only then") {
  TemporaryDirectory directory;
  Rewound server(directory.file("streams.db"));
  server.storage->create(stream_key, provisioned(2));
  auto& streams = server.storage->guarded;
  const auto pins = [&] { return streams.with([](State& state) { return state.pinned_shards(); }); };
  const auto none = pins();
  CHECK(none->empty());
  server.save("one");
  const auto saved = pins();
  CHECK(saved->size() == 2);
  server.put({"a"});
  server.trim();
  CHECK(pins() == saved);
  server.save("two");
  const auto both = pins();
  CHECK((both != saved && *both == *saved));
  server.restore("one");
  const auto restored = pins();
  CHECK(restored->size() == 3);  // and where "a" is now, which is parked for "two"
  reset(server.storage->journal, {});
  const auto emptied = pins();
  CHECK(emptied != restored);
  for (const char* name : {"one", "two"}) REQUIRE(delete_snapshot(streams, name));
  CHECK(pins()->empty());
}

}  // namespace kinesisd::tests
