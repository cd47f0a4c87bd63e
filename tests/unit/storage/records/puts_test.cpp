// PutRecord and PutRecords.
#include "storage/records/puts.hpp"
#include "storage/streams/counts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

std::vector<NewRecord> records(std::size_t count, std::size_t bytes, std::string_view key = "k") {
  std::vector<NewRecord> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(new_record(key, std::string(bytes - key.size(), 'x')));
  return made;
}

std::string accepted(const PutManyResult& result) {
  std::string pattern;
  for (const auto& entry : result.entries) pattern += entry ? '+' : '-';
  return pattern;
}

}  // namespace

TEST_CASE("Records go to the shard whose range holds their hash key, numbered upwards") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(3));
  auto& state = fixture.state();
  struct Row {
    std::string key;
    std::uint32_t shard;
  };
  std::vector<NewRecord> batch;
  const std::vector<Row> rows{{"a", 0}, {"b", 1}, {"e", 2}, {"f", 1}};
  for (const auto& row : rows) batch.push_back(new_record(row.key, row.key));
  const auto result = put_records(state, stream_key, std::move(batch), fixture.now()).value();
  REQUIRE(result.entries.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO(rows[i].key);
    CHECK(result.entries[i].value().shard == ShardIndex{rows[i].shard});
  }
  CHECK(result.entries[1].value().sequence_number < result.entries[3].value().sequence_number);
  CHECK(result.ticket != no_ticket);
}

TEST_CASE("An explicit hash key decides, at both ends of the ranges") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  const auto shard_of = [&](HashKey hash) {
    const auto put =
        put_record(fixture.state(), stream_key, {hash, make_record("k", "d")}, std::nullopt, fixture.now());
    return put.value().placed.shard.value;
  };
  CHECK(shard_of(0) == 0);
  CHECK(shard_of(even_range(0, 2).ending) == 0);
  CHECK(shard_of(even_range(1, 2).starting) == 1);
  CHECK(shard_of(hash_key_max) == 1);
}

TEST_CASE("A record's number grows with every put and carries shard, creation and second of arrival") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(61'234);
  const auto start =
      describe_stream(fixture.state(), stream_key, {}, {}, fixture.now()).value().shards[0].starting;
  auto last = start;
  for (int i = 0; i < 100; ++i) {
    const auto number = fixture.put("k", "d");
    REQUIRE(number > last);
    last = number;
  }
  CHECK(last.shard == ShardIndex{0});
  CHECK(last.shard_created_s == start.shard_created_s);
  CHECK(last.recorded_s == ManualClock::start_ms / 1000 + 61);
}

TEST_CASE("Arrival never falls within a shard, even if a caller's time does") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(10'000);
  const auto now = fixture.now();
  REQUIRE(put_record(fixture.state(), stream_key, new_record("k", "1"), {}, now));
  REQUIRE(put_record(fixture.state(), stream_key, new_record("k", "2"), {}, now - std::chrono::seconds{5}));
  fixture.settle();
  const auto page = fixture.read(fixture.iterator());
  REQUIRE(page.records.size() == 2);
  CHECK(page.records[1]->arrived() == now);
}

TEST_CASE("SequenceNumberForOrdering must be a number, and not of the future") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto own = fixture.put("k", "d").to_string();
  const auto future_s = ManualClock::start_ms / 1000 + 1;
  struct Row {
    std::string why, number;
    bool valid;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"a number just given", own, true},
      {"0", "0", true},
      {"of another shard that does not exist",
       SequenceNumber{1'600'000'000, 5, 1'600'000'000, {77}}.to_string(), true},
      {"of this second", SequenceNumber{1'600'000'000, 5, future_s - 1, {0}}.to_string(), true},
      {"of the next second", SequenceNumber{1'600'000'000, 5, future_s, {0}}.to_string(), false},
      {"no sequence number", "1234567890123456789012345678901234567890123456", false},
  }));
  INFO(row.why);
  const auto put = put_record(fixture.state(), stream_key, new_record("k", "d"), row.number, fixture.now());
  CHECK(error_text(put) == (row.valid
                                ? ""
                                : "ExclusiveMinimumSequenceNumber " + row.number +
                                      " used in PutRecord on stream orders under account 000000000000 is "
                                      "invalid."));
}

TEST_CASE("Each shard takes 1,000 records a second") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  auto& state = fixture.state();
  for (int i = 0; i < 1000; ++i) fixture.put("a", "d");
  const std::string text =
      "Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000.";
  const auto refused = put_record(state, stream_key, new_record("a", "d"), {}, fixture.now());
  CHECK(error_type(refused) == protocol::ErrorType::ProvisionedThroughputExceededException);
  CHECK(error_text(refused) == text);

  std::vector<NewRecord> batch;
  for (const char* key : {"a", "e", "a"}) batch.push_back(new_record(key, "d"));
  const auto mixed = put_records(state, stream_key, std::move(batch), fixture.now()).value();
  CHECK(accepted(mixed) == "-+-");
  CHECK(error_text(mixed.entries[0]) == text);
  fixture.clock.advance_ms(1);
  CHECK(accepted(put_records(state, stream_key, records(2, 10, "a"), fixture.now()).value()) == "+-");
}

TEST_CASE("Each shard takes 1 MiB a second of data and keys, and more by one record") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  // Records of just under 1 MiB: one leaves the balance positive, the next takes it below.
  const auto result = put_records(state, stream_key, records(4, (1 << 20) - 1), fixture.now()).value();
  CHECK(accepted(result) == "++--");
  fixture.clock.advance_ms(999);
  CHECK(accepted(put_records(state, stream_key, records(1, 10), fixture.now()).value()) == "-");
  fixture.clock.advance_ms(1);
  CHECK(accepted(put_records(state, stream_key, records(3, 10), fixture.now()).value()) == "+--");
}

TEST_CASE("A call whose records are all throttled has nothing to wait for") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  REQUIRE(put_records(state, stream_key, records(1, 2 << 20), fixture.now()));
  const auto result = put_records(state, stream_key, records(2, 5), fixture.now()).value();
  CHECK(accepted(result) == "--");
  CHECK(result.ticket == no_ticket);
}

TEST_CASE("With limits off nothing is throttled") {
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(1));
  CHECK(accepted(put_records(fixture.state(), stream_key, records(8, 2 << 20), fixture.now()).value()) ==
        "++++++++");
  for (int i = 0; i < 2000; ++i) fixture.put("k", "d");
}

TEST_CASE("The largest record follows the stream's setting") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  auto large = provisioned(1);
  large.max_record_kib = 10240;
  fixture.create({world, "large"}, large);
  auto& state = fixture.state();
  CHECK(record_bytes_max(state, stream_key, fixture.now()).value() == 1'048'576);
  CHECK(record_bytes_max(state, {world, "large"}, fixture.now()).value() == 10'485'760);
  CHECK(error_text(record_bytes_max(state, {world, "absent"}, fixture.now())) ==
        "Stream absent under account 000000000000 not found.");
}

TEST_CASE("Where nothing can be evicted, puts are refused when the memory is full, and counted") {
  auto settings = settings_with(0);
  settings.records_on_disk = false;
  settings.enforce_write_limits = false;
  settings.memory_bytes_max = 100'000;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  int stored = 0;
  while (put_record(state, stream_key, new_record("k", std::string(1000, 'x')), {}, fixture.now())) ++stored;
  CHECK(stored > 80);
  CHECK(stored < 100);
  const auto refused = put_records(state, stream_key, records(1, 1000), fixture.now());
  CHECK(error_type(refused) == protocol::ErrorType::InternalFailure);
  CHECK(refused_for_memory(state) == 2);
  fixture.settle();
  CHECK(fixture.read_all(fixture.iterator()).size() == static_cast<std::size_t>(stored));
  // Expired records make room.
  fixture.clock.advance_hours(25);
  while (fixture.journal.trim_slice()) {
  }
  fixture.put("k", "d");
  // So does a deleted stream.
  REQUIRE(delete_stream(state, stream_key, false, fixture.now()));
  CHECK(state.memory_bytes == 0);
}

}  // namespace kinesisd::tests
