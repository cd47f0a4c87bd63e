// What a look at a stream says that it holds, whatever of it is readable.
#include "storage/snapshots/inspection.hpp"

#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

struct Looked : Opening {
  explicit Looked(const std::string& path = ":memory:") : Opening(path) {
    storage->create(stream_key, provisioned(1));
  }

  // Each is one byte of key and one of data.
  void put(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) storage->put("k", "d");
  }
  Holding holding() {
    return overview(storage->state(), {}, std::nullopt, 1, storage->now()).streams.at(0).holding;
  }
};

}  // namespace

TEST_CASE("A stream holds what is readable of it, in records and bytes") {
  struct Row {
    const char* why;
    std::uint64_t expired, readable, pending;
    std::optional<std::uint64_t> bytes;
  };
  constexpr std::uint64_t many = counted_records_max + 1;
  const auto row = GENERATE(values<Row>({
      {"nothing", 0, 0, 0, 0},
      {"all of it", 0, 3, 0, 6},
      {"not what waits for its commit", 0, 3, 2, 6},
      {"not what has expired", 2, 3, 0, 6},
      {"neither", 2, 1, 3, 2},
      {"nothing but what has expired", 3, 0, 0, 0},
      {"however much it is", 0, 3 * many, 0, 6 * many},
      {"however much is left out", 2 * many, 3, many, 6},
      {"unless both are too much to count", many, many + 1, 0, std::nullopt},
  }));
  INFO(row.why);
  Looked server;
  server.put(row.expired);
  server.storage->settle();
  server.storage->clock.advance_hours(25);
  server.put(row.readable);
  server.storage->settle();
  server.put(row.pending);
  const Holding holding = server.holding();
  CHECK(holding.records == row.readable);
  CHECK(holding.bytes == row.bytes);
}

}  // namespace kinesisd::tests
