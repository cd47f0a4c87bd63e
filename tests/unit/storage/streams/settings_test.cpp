// Modes, warm throughput, rations and the commitment of accounts, on a clock the test moves.
#include "storage/streams/settings.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/accounts.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;

NewStream on_demand() {
  NewStream request;
  request.mode = StreamMode::ON_DEMAND;
  return request;
}

StreamSettings with_quotas() {
  auto settings = settings_with(0);
  settings.enforce_control_limits = true;
  return settings;
}

Commitment commitment(StorageFixture& fixture) {
  return commitment(fixture.state(), world, fixture.now());
}

Commitment commit(StorageFixture& fixture, bool enabled) {
  const auto changed = change_commitment(fixture.state(), world, enabled, fixture.now());
  REQUIRE(changed);
  fixture.settle();
  return changed.value().commitment;
}

std::string switch_mode(StorageFixture& fixture, StreamMode mode) {
  const auto text = error_text(update_mode(fixture.state(), stream_key, mode, {}, fixture.now()));
  fixture.settle();
  return text;
}

StreamSummary summary(StorageFixture& fixture) {
  const auto found = describe_stream_summary(fixture.state(), stream_key, fixture.now());
  REQUIRE(found);
  return found.value();
}

struct FailingFixture : private FailingEngine, public StorageFixture {
  FailingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
  FailingEngine& engine() { return *this; }
};

}  // namespace

TEST_CASE("A commitment lasts 24 hours at least and ends by itself when its end was asked for") {
  MemoryFixture fixture;
  const auto start = fixture.now();
  const auto day = std::chrono::hours{24};
  CHECK(commitment(fixture).status == CommitmentStatus::DISABLED);
  CHECK_FALSE(commitment(fixture).started);
  CHECK_FALSE(commitment(fixture).earliest_allowed_end);

  auto now = commit(fixture, true);
  CHECK(now.status == CommitmentStatus::ENABLED);
  CHECK(now.started == start);
  CHECK(now.earliest_allowed_end == start + day);
  CHECK_FALSE(now.ended);

  fixture.clock.advance_hours(1);
  now = commit(fixture, false);
  CHECK(now.status == CommitmentStatus::ENABLED_UNTIL_EARLIEST_ALLOWED_END);
  CHECK(now.earliest_allowed_end == start + day);
  CHECK_FALSE(now.ended);
  fixture.clock.advance_hours(22);
  // Asked again, the end stays where it is.
  CHECK(commit(fixture, false).status == CommitmentStatus::ENABLED_UNTIL_EARLIEST_ALLOWED_END);
  fixture.clock.advance_ms(3'599'999);
  CHECK(commitment(fixture).status == CommitmentStatus::ENABLED_UNTIL_EARLIEST_ALLOWED_END);
  fixture.clock.advance_ms(1);
  now = commitment(fixture);
  CHECK(now.status == CommitmentStatus::DISABLED);
  CHECK(now.started == start);
  CHECK(now.ended == start + day);
  CHECK_FALSE(now.earliest_allowed_end);
  // Disabling what has ended changes nothing.
  CHECK(commit(fixture, false).ended == start + day);
}

TEST_CASE("An end that was asked for is called off by enabling, and a new commitment starts anew") {
  MemoryFixture fixture;
  const auto start = fixture.now();
  commit(fixture, true);
  commit(fixture, false);
  fixture.clock.advance_hours(1);
  CHECK(commit(fixture, true).started == start);
  fixture.clock.advance_hours(100);
  CHECK(commitment(fixture).status == CommitmentStatus::ENABLED);
  // After 24 hours an end is immediate.
  const auto ended = commit(fixture, false);
  CHECK(ended.status == CommitmentStatus::DISABLED);
  CHECK(ended.ended == fixture.now());
  fixture.clock.advance_hours(1);
  const auto again = commit(fixture, true);
  CHECK(again.status == CommitmentStatus::ENABLED);
  CHECK(again.started == fixture.now());
  CHECK_FALSE(again.ended);
}

TEST_CASE("A commitment is an account's in a region, and what does not change is not written") {
  MemoryFixture fixture;
  auto& state = fixture.state();
  CHECK(change_commitment(state, world, false, fixture.now()).value().ticket == no_ticket);
  CHECK(state.accounts.empty());
  CHECK(change_commitment(state, world, true, fixture.now()).value().ticket != no_ticket);
  CHECK(change_commitment(state, world, true, fixture.now()).value().ticket == no_ticket);
  CHECK(commitment(state, {world.account, "eu-west-1"}, fixture.now()).status == CommitmentStatus::DISABLED);
  CHECK(commitment(state, {"111111111111", world.region}, fixture.now()).status ==
        CommitmentStatus::DISABLED);
}

TEST_CASE("The mode is switched twice a day, where such limits are kept") {
  for (const bool enforced : {false, true}) {
    auto settings = settings_with(0);
    settings.enforce_control_limits = enforced;
    MemoryFixture fixture(settings);
    fixture.create(stream_key, provisioned(1));
    CHECK(switch_mode(fixture, StreamMode::ON_DEMAND).empty());
    fixture.clock.advance_hours(1);
    CHECK(switch_mode(fixture, StreamMode::PROVISIONED).empty());
    fixture.clock.advance_ms(23 * 3'600'000 - 1);
    const std::string refused =
        "Stream orders under account 000000000000 cannot switch its stream mode more than 2 times in a "
        "24-hour period.";
    CHECK(switch_mode(fixture, StreamMode::ON_DEMAND) == (enforced ? refused : ""));
    if (!enforced) continue;
    fixture.clock.advance_ms(1);
    CHECK(switch_mode(fixture, StreamMode::ON_DEMAND).empty());
    // The second of them is not 24 hours old yet.
    CHECK(switch_mode(fixture, StreamMode::PROVISIONED) == refused);
  }
}

TEST_CASE("A stream is scaled ten times a day, where such limits are kept") {
  MemoryFixture fixture(with_quotas());
  fixture.create(stream_key, provisioned(1));
  const auto scale = [&](std::int32_t shards) {
    const auto text = error_text(update_shard_count(fixture.state(), stream_key, shards, fixture.now()));
    fixture.settle();
    return text;
  };
  for (int i = 0; i < 5; ++i) {
    CHECK(scale(2).empty());
    CHECK(scale(1).empty());
  }
  CHECK(scale(2).find("10 times") != std::string::npos);
  // Scaling to what there is is no scaling.
  CHECK(scale(1).empty());
  fixture.clock.advance_hours(24);
  CHECK(scale(2).empty());
}

TEST_CASE("Rations are remembered over a restart") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path, with_quotas());
    opening.storage->create(stream_key, provisioned(1));
    CHECK(switch_mode(*opening.storage, StreamMode::ON_DEMAND).empty());
    CHECK(switch_mode(*opening.storage, StreamMode::PROVISIONED).empty());
  }
  {
    Opening opening(path, with_quotas(), {}, 23);
    CHECK_FALSE(switch_mode(*opening.storage, StreamMode::ON_DEMAND).empty());
  }
  Opening opening(path, with_quotas(), {}, 24);
  CHECK(switch_mode(*opening.storage, StreamMode::ON_DEMAND).empty());
}

TEST_CASE("Warm throughput is for on-demand streams of accounts with a commitment") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.create({world, "demand"}, on_demand());
  auto& state = fixture.state();
  const auto warm = [&](const StreamKey& stream, std::int32_t mibps) {
    return update_warm_throughput(state, stream, mibps, fixture.now());
  };
  CHECK(error_type(warm({world, "absent"}, 1)) == ErrorType::ResourceNotFoundException);
  CHECK(error_type(warm(stream_key, 1)) == ErrorType::InvalidArgumentException);
  CHECK(error_type(warm({world, "demand"}, 1)) == ErrorType::InvalidArgumentException);
  CHECK(error_type(update_mode(state, stream_key, StreamMode::ON_DEMAND, 1, fixture.now())) ==
        ErrorType::InvalidArgumentException);
  commit(fixture, true);
  CHECK(error_type(warm(stream_key, 1)) == ErrorType::InvalidArgumentException);
  CHECK(error_type(warm({world, "demand"}, 10'241)) == ErrorType::LimitExceededException);
  CHECK(warm({world, "demand"}, 1));
}

TEST_CASE("Warm throughput makes as many shards at once when UPDATING ends") {
  MemoryFixture fixture(settings_with(1'000));
  fixture.create(stream_key, on_demand());
  fixture.clock.advance_ms(1'000);
  commit(fixture, true);
  const auto changed = update_warm_throughput(fixture.state(), stream_key, 7, fixture.now());
  REQUIRE(changed);
  CHECK(changed.value().warm_throughput.target_mibps == 7);
  CHECK(changed.value().warm_throughput.current_mibps == 0);
  CHECK(summary(fixture).status == StreamStatus::UPDATING);
  CHECK(summary(fixture).open_shards == 4);
  CHECK(summary(fixture).warm_throughput->current_mibps == 4);
  fixture.clock.advance_ms(1'000);
  CHECK(summary(fixture).status == StreamStatus::ACTIVE);
  CHECK(summary(fixture).open_shards == 7);
  CHECK(summary(fixture).warm_throughput->current_mibps == 7);
  // Less of it closes no shard.
  REQUIRE(update_warm_throughput(fixture.state(), stream_key, 2, fixture.now()));
  fixture.clock.advance_ms(1'000);
  CHECK(summary(fixture).open_shards == 7);
  CHECK(summary(fixture).warm_throughput->current_mibps == 2);
  // It is shown as long as the commitment lasts.
  commit(fixture, false);
  fixture.clock.advance_hours(24);
  CHECK_FALSE(summary(fixture).warm_throughput);
}

TEST_CASE("Shards of an on-demand stream count for the limit when it becomes provisioned") {
  auto settings = settings_with(0);
  settings.shard_limit = 10;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, on_demand());
  fixture.create({world, "other"}, provisioned(4));
  commit(fixture, true);
  REQUIRE(update_warm_throughput(fixture.state(), stream_key, 7, fixture.now()));
  CHECK(summary(fixture).open_shards == 7);
  CHECK(error_type(update_mode(fixture.state(), stream_key, StreamMode::PROVISIONED, {}, fixture.now())) ==
        ErrorType::LimitExceededException);
  REQUIRE(delete_stream(fixture.state(), {world, "other"}, false, fixture.now()));
  CHECK(switch_mode(fixture, StreamMode::PROVISIONED).empty());
  CHECK(account_usage(fixture.state(), world, fixture.now()).open_shards == 7);
}

TEST_CASE("A switch to on-demand may bring warm throughput and its shards, a switch back takes both away") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  commit(fixture, true);
  REQUIRE(update_mode(fixture.state(), stream_key, StreamMode::ON_DEMAND, 5, fixture.now()));
  REQUIRE(update_record_distribution(fixture.state(), stream_key, RecordDistributionStrategy::AUTO,
                                     fixture.now()));
  CHECK(summary(fixture).open_shards == 5);
  CHECK(summary(fixture).warm_throughput->target_mibps == 5);
  CHECK(switch_mode(fixture, StreamMode::PROVISIONED).empty());
  CHECK(summary(fixture).open_shards == 5);
  CHECK_FALSE(summary(fixture).warm_throughput);
  CHECK(summary(fixture).distribution == RecordDistributionStrategy::USER_PARTITION_KEY);
  CHECK(switch_mode(fixture, StreamMode::ON_DEMAND).empty());
  CHECK(summary(fixture).warm_throughput->target_mibps == 0);
}

TEST_CASE("An account's usage counts what DescribeLimits shows") {
  MemoryFixture fixture(settings_with(1'000));
  fixture.create(stream_key, provisioned(3));
  fixture.create({world, "demand"}, on_demand());
  fixture.create({{"111111111111", "us-east-1"}, "other"}, provisioned(5));
  fixture.clock.advance_ms(1'000);
  const auto usage = account_usage(fixture.state(), world, fixture.now());
  CHECK(usage.open_shards == 3);
  CHECK(usage.on_demand_streams == 1);
  CHECK(usage.shard_limit == 20'000);
  CHECK(usage.on_demand_limit == 50);
  // What is being deleted does not count any more.
  REQUIRE(delete_stream(fixture.state(), {world, "demand"}, false, fixture.now()));
  REQUIRE(delete_stream(fixture.state(), stream_key, false, fixture.now()));
  CHECK(account_usage(fixture.state(), world, fixture.now()).on_demand_streams == 0);
  CHECK(account_usage(fixture.state(), world, fixture.now()).open_shards == 0);
}

TEST_CASE("All settings come back after a restart") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const std::set metrics{ShardMetric::IncomingBytes, ShardMetric::IteratorAgeMilliseconds};
  {
    Opening opening(path);
    StorageFixture& storage = *opening.storage;
    auto& state = storage.state();
    storage.create(stream_key, on_demand());
    commit(storage, true);
    REQUIRE(update_max_record_size(state, stream_key, 10'240, storage.now()));
    REQUIRE(update_record_distribution(state, stream_key, RecordDistributionStrategy::AUTO, storage.now()));
    REQUIRE(enable_metrics(state, stream_key, metrics, storage.now()));
    REQUIRE(update_warm_throughput(state, stream_key, 6, storage.now()));
    CHECK(summary(storage).open_shards == 6);
  }
  Opening opening(path);
  const auto found = summary(*opening.storage);
  CHECK(found.open_shards == 6);
  CHECK(found.max_record_kib == 10'240);
  CHECK(found.distribution == RecordDistributionStrategy::AUTO);
  CHECK(found.metrics == metrics);
  REQUIRE(found.warm_throughput);
  CHECK(found.warm_throughput->target_mibps == 6);
  CHECK(commitment(*opening.storage).status == CommitmentStatus::ENABLED);
}

TEST_CASE("Settings that could not be written are the old ones again") {
  FailingFixture fixture;
  fixture.create(stream_key, on_demand());
  commit(fixture, true);
  auto& state = fixture.state();
  const auto before = state.streams.at(stream_key)->row;
  fixture.engine().fails = true;
  REQUIRE(update_warm_throughput(state, stream_key, 7, fixture.now()));
  CHECK(summary(fixture).open_shards == 7);
  REQUIRE(update_max_record_size(state, stream_key, 2048, fixture.now()));
  REQUIRE(enable_metrics(state, stream_key, {ShardMetric::IncomingBytes}, fixture.now()));
  REQUIRE(change_commitment(state, world, false, fixture.now()));
  fixture.settle();
  fixture.engine().fails = false;
  const auto& row = state.streams.at(stream_key)->row;
  CHECK(row.max_record_kib == before.max_record_kib);
  CHECK(row.metrics.empty());
  CHECK_FALSE(row.warm_mibps);
  CHECK(row.reshard == Reshard{NoReshard{}});
  CHECK(summary(fixture).open_shards == 4);
  CHECK(commitment(fixture).status == CommitmentStatus::ENABLED);
  // The stream can still be written to, and changed.
  fixture.put("k", "d");
  REQUIRE(update_warm_throughput(state, stream_key, 5, fixture.now()));
  fixture.settle();
  CHECK(summary(fixture).open_shards == 5);
}

}  // namespace kinesisd::tests
