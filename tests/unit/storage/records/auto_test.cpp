// Streams that find shards for their records by themselves (AUTO), and calls that only rehearse (DryRun).
#include <map>

#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/streams/encryption.hpp"
#include "storage/streams/settings.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;

NewStream auto_stream() {
  NewStream request;
  request.distribution = RecordDistributionStrategy::AUTO;
  return request;
}

std::vector<NewRecord> same_key(std::size_t count, std::size_t bytes = 10) {
  std::vector<NewRecord> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(new_record("k", std::string(bytes - 1, 'x')));
  return records;
}

// How many of them each shard got; those refused under -1.
std::map<int, int> spread(const PutManyResult& put) {
  std::map<int, int> counts;
  for (const auto& entry : put.entries) ++counts[entry ? static_cast<int>(entry.value().shard.value) : -1];
  return counts;
}

PutManyResult put_many(StorageFixture& fixture, std::vector<NewRecord> records) {
  auto put = put_records(fixture.state(), stream_key, std::move(records), fixture.now());
  REQUIRE(put);
  fixture.settle();
  return std::move(put).value();
}

StreamSettings with_read_limits() {
  auto settings = settings_with(0);
  settings.enforce_read_limits = true;
  return settings;
}

}  // namespace

TEST_CASE("An AUTO stream spreads records evenly, whatever their keys") {
  MemoryFixture fixture;
  fixture.create(stream_key, auto_stream());
  CHECK(spread(put_many(fixture, same_key(8))) == std::map<int, int>{{0, 2}, {1, 2}, {2, 2}, {3, 2}});
  CHECK(spread(put_many(fixture, same_key(3))) == std::map<int, int>{{0, 1}, {1, 1}, {2, 1}});
  // The next call goes on where the last one ended, and an explicit hash key counts for nothing.
  const auto put = put_record(fixture.state(), stream_key, {0, make_record("", "d")}, {}, fixture.now());
  REQUIRE(put);
  CHECK(put.value().placed.shard == ShardIndex{3});
  fixture.settle();
  const auto records = fixture.read(fixture.iterator({IteratorType::TRIM_HORIZON, {}, {}}, "3")).records;
  REQUIRE(records.size() == 3);
  CHECK(records[0]->partition_key() == "k");
  CHECK(records[2]->partition_key().empty());
}

TEST_CASE("Switching to AUTO and back takes effect at once") {
  MemoryFixture fixture;
  fixture.create(stream_key, {});
  auto& state = fixture.state();
  const auto one = spread(put_many(fixture, same_key(8)));
  CHECK(one.size() == 1);
  CHECK_FALSE(places_by_itself(state, stream_key, fixture.now()));
  REQUIRE(update_record_distribution(state, stream_key, RecordDistributionStrategy::AUTO, fixture.now()));
  CHECK(places_by_itself(state, stream_key, fixture.now()));
  CHECK(spread(put_many(fixture, same_key(8))).size() == 4);
  REQUIRE(update_record_distribution(state, stream_key, RecordDistributionStrategy::USER_PARTITION_KEY,
                                     fixture.now()));
  CHECK(spread(put_many(fixture, same_key(8))) == one);
  CHECK_FALSE(places_by_itself(state, {world, "absent"}, fixture.now()));
}

TEST_CASE("An AUTO stream passes over shards that have reached their limits") {
  MemoryFixture fixture;
  fixture.create(stream_key, auto_stream());
  // Shard 0 gets a mebibyte and more, shards 1 to 3 next to nothing.
  std::vector<NewRecord> records = same_key(4);
  records[0] = new_record("k", std::string(1'048'576, 'x'));
  put_many(fixture, std::move(records));
  CHECK(spread(put_many(fixture, same_key(300))) == std::map<int, int>{{1, 100}, {2, 100}, {3, 100}});
  // 999 + 3 * 1000 - 303 of the 4,000 a second are left.
  const auto rest = spread(put_many(fixture, same_key(3000)));
  CHECK(rest == std::map<int, int>{{-1, 303}, {1, 899}, {2, 899}, {3, 899}});
  const auto refused = put_record(fixture.state(), stream_key, new_record("k", "d"), {}, fixture.now());
  CHECK(error_type(refused) == ErrorType::ProvisionedThroughputExceededException);
  fixture.clock.advance_ms(2'000);
  CHECK(spread(put_many(fixture, same_key(4))).size() == 4);
}

TEST_CASE("An AUTO stream keeps no order for a caller's sequence numbers") {
  MemoryFixture fixture;
  fixture.create(stream_key, auto_stream());
  const auto number = fixture.put("k", "d").to_string();
  const auto put = put_record(fixture.state(), stream_key, new_record("k", "d"), number, fixture.now());
  CHECK(error_type(put) == ErrorType::InvalidArgumentException);
  CHECK(error_text(put) ==
        "SequenceNumberForOrdering is not supported for stream orders under account 000000000000 because its "
        "record distribution strategy is AUTO.");
  CHECK(error_type(check_put(fixture.state(), stream_key, number, fixture.now())) ==
        ErrorType::InvalidArgumentException);
}

TEST_CASE("A dry run checks what its call checks and leaves no trace") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  const auto now = fixture.now();
  const auto from = fixture.iterator();
  const auto first = fixture.put("k", "d");
  fixture.settle();

  CHECK(check_put(state, stream_key, std::nullopt, now));
  CHECK(check_put(state, stream_key, first.to_string(), now));
  CHECK(error_type(check_put(state, stream_key, "1234567890123456789012345678901234567890123456", now)) ==
        ErrorType::InvalidArgumentException);
  CHECK(error_type(check_put(state, {world, "absent"}, std::nullopt, now)) ==
        ErrorType::ResourceNotFoundException);
  const IteratorStart start{IteratorType::TRIM_HORIZON, {}, {}};
  CHECK(shard_iterator(state, stream_key, "0", start, now, Effect::none));
  CHECK(error_type(shard_iterator(state, stream_key, "1", start, now, Effect::none)) ==
        ErrorType::ResourceNotFoundException);
  const auto read = begin_read(state, from, {}, now, Effect::none);
  REQUIRE(read);
  CHECK(read.value().stream == stream_key);
  CHECK(read.value().records.empty());
  CHECK(error_type(begin_read(state, "x", {}, now, Effect::none)) == ErrorType::InvalidArgumentException);
  // No key is asked for.
  REQUIRE(set_key_state(state, "k", KeyState::disabled));
  REQUIRE(set_key_state(state, "k", KeyState::enabled));
  REQUIRE(start_encryption(state, stream_key, "k", now));
  REQUIRE(set_key_state(state, "k", KeyState::disabled));
  CHECK(check_put(state, stream_key, std::nullopt, now));
  CHECK(begin_read(state, from, {}, now, Effect::none));
  REQUIRE(set_key_state(state, "k", KeyState::enabled));

  CHECK(fixture.put("k", "d").index == first.index + 1);
  fixture.settle();
  CHECK(fixture.read(from).records.size() == 2);
}

TEST_CASE("Dry runs are limited to one a second and stream, where read limits are kept") {
  const bool enforced = GENERATE(false, true);
  MemoryFixture fixture(enforced ? with_read_limits() : settings_with(0));
  const StreamKey other{world, "other"};
  fixture.create(stream_key, provisioned(1));
  fixture.create(other, provisioned(1));
  const auto type = [&](const StreamKey& stream) {
    return end_dry_run(fixture.state(), stream, fixture.now()).type;
  };
  CHECK(type(stream_key) == ErrorType::DryRunOperationException);
  CHECK(type(stream_key) ==
        (enforced ? ErrorType::ThrottlingException : ErrorType::DryRunOperationException));
  CHECK(type(other) == ErrorType::DryRunOperationException);
  fixture.clock.advance_ms(1'000);
  CHECK(type(stream_key) == ErrorType::DryRunOperationException);
}

}  // namespace kinesisd::tests
