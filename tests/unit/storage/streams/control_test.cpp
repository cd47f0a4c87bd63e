// Creating, deleting, describing, and changing the retention of streams.
#include "storage/records/puts.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

TEST_CASE("CreateStream decides mode and shards the way AWS does") {
  struct Row {
    std::string why;
    std::optional<std::int32_t> count;
    std::optional<StreamMode> mode;
    StreamMode expected_mode;
    std::int32_t expected_shards;
  };
  const auto row = GENERATE(values<Row>({
      {"neither count nor mode", std::nullopt, std::nullopt, StreamMode::ON_DEMAND, 4},
      {"a count", 3, std::nullopt, StreamMode::PROVISIONED, 3},
      {"count and mode", 2, StreamMode::PROVISIONED, StreamMode::PROVISIONED, 2},
      {"on demand", std::nullopt, StreamMode::ON_DEMAND, StreamMode::ON_DEMAND, 4},
      {"on demand ignores a count", 7, StreamMode::ON_DEMAND, StreamMode::ON_DEMAND, 4},
  }));
  INFO(row.why);
  MemoryFixture fixture;
  NewStream request;
  request.shard_count = row.count;
  request.mode = row.mode;
  fixture.clock.advance_ms(789);
  fixture.create(stream_key, request);
  const auto summary = describe_stream_summary(fixture.state(), stream_key, fixture.now()).value();
  CHECK(summary.mode == row.expected_mode);
  CHECK(summary.open_shards == row.expected_shards);
  CHECK(summary.retention_hours == 24);
  CHECK(summary.max_record_kib == 1024);
  CHECK(summary.consumers == 0);
  CHECK(epoch_ms(summary.created) == ManualClock::start_ms);
}

TEST_CASE("CreateStream checks in AWS's order") {
  auto settings = settings_with(0);
  settings.shard_limit = 5;
  settings.on_demand_limit = 1;
  MemoryFixture fixture(settings);
  fixture.create({world, "one"}, provisioned(4));
  fixture.create({world, "demand"}, {});
  struct Row {
    std::string why, name;
    NewStream request;
    protocol::ErrorType type;
    std::string text;
  };
  const auto quota = [](int additional) {
    return "This request would exceed the shard limit for the account 000000000000 in us-east-1. Current "
           "shard "
           "count for the account: 4. Limit: 5. Number of additional shards that would have resulted from "
           "this "
           "request: " +
           std::to_string(additional) +
           ". Refer to the AWS Service Limits page "
           "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and "
           "how to "
           "request higher limits.";
  };
  NewStream warm = provisioned(1);
  warm.warm_throughput_mibps = 5;
  NewStream no_count;
  no_count.mode = StreamMode::PROVISIONED;
  NewStream warm_on_demand;
  warm_on_demand.warm_throughput_mibps = 5;
  const auto row = GENERATE_COPY(values<Row>({
      {"the name exists, whatever else is wrong", "one", provisioned(100),
       protocol::ErrorType::ResourceInUseException, "Stream one under account 000000000000 already exists."},
      {"no count", "two", no_count, protocol::ErrorType::InvalidArgumentException,
       "ShardCount must be specified when StreamMode is PROVISIONED."},
      {"too many shards", "two", provisioned(2), protocol::ErrorType::LimitExceededException, quota(2)},
      {"too many on-demand streams come before warm throughput", "two", warm_on_demand,
       protocol::ErrorType::LimitExceededException,
       "This request would exceed the limit on the number of on-demand streams for the account 000000000000. "
       "Limit: 1."},
      {"warm throughput", "two", warm, protocol::ErrorType::InvalidArgumentException,
       "Warm throughput can only be set for streams in On-Demand mode. Stream two under account 000000000000 "
       "is not."},
  }));
  INFO(row.why);
  const auto created = create_stream(fixture.state(), {world, row.name}, row.request, fixture.now());
  CHECK(error_type(created) == row.type);
  CHECK(error_text(created) == row.text);
}

TEST_CASE("The limits on shards and on-demand streams count per account and region") {
  auto settings = settings_with(10'000);
  settings.shard_limit = 4;  // on-demand streams do not count
  settings.on_demand_limit = 1;
  MemoryFixture fixture(settings);
  auto& state = fixture.state();
  fixture.create({world, "a"}, {});
  CHECK(
      error_text(create_stream(state, {world, "b"}, {}, fixture.now())) ==
      "This request would exceed the limit on the number of on-demand streams for the account 000000000000. "
      "Limit: 1.");
  fixture.create({{"000000000000", "eu-west-1"}, "b"}, {});
  fixture.create({{"111111111111", "us-east-1"}, "b"}, {});
  fixture.create({world, "c"}, provisioned(4));
  CHECK(error_type(create_stream(state, {world, "d"}, provisioned(1), fixture.now())) ==
        protocol::ErrorType::LimitExceededException);
  // A stream that is being deleted does not count any more.
  REQUIRE(delete_stream(state, {world, "c"}, false, fixture.now()));
  fixture.create({world, "d"}, provisioned(4));
}

TEST_CASE("Without limits streams may have very many shards, but not without bound") {
  auto settings = settings_with(0);
  settings.shard_limit = std::nullopt;
  settings.on_demand_limit = std::nullopt;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(30'000));
  CHECK(error_type(create_stream(fixture.state(), {world, "b"}, provisioned(2'000'000'000), fixture.now())) ==
        protocol::ErrorType::LimitExceededException);
}

TEST_CASE("DescribeStream shows shards page by page, with AWS's ids and numbers") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(250));
  auto& state = fixture.state();
  const auto first = describe_stream(state, stream_key, {}, {}, fixture.now()).value();
  REQUIRE(first.shards.size() == 100);
  CHECK(first.has_more_shards);
  const ShardSummary& shard = first.shards[1];
  CHECK(shard.index.shard_id() == "shardId-000000000001");
  CHECK(shard.range == even_range(1, 250));
  CHECK_FALSE(shard.ending);
  CHECK_FALSE(shard.parent);
  // Two seconds before the call, as on AWS a few.
  CHECK(shard.starting == SequenceNumber{1'699'999'998, 0, 1'699'999'998, {1}});

  CHECK(describe_stream(state, stream_key, {}, 10'000, fixture.now()).value().shards.size() == 100);
  const auto last = describe_stream(state, stream_key, "shardId-000000000199", {}, fixture.now()).value();
  CHECK(last.shards.size() == 50);
  CHECK_FALSE(last.has_more_shards);
  CHECK(last.shards.front().index == ShardIndex{200});
  const auto exact = describe_stream(state, stream_key, "shardId-000000000199", 50, fixture.now()).value();
  CHECK_FALSE(exact.has_more_shards);
  CHECK(
      describe_stream(state, stream_key, "shardId-000000000199", 49, fixture.now()).value().has_more_shards);
}

TEST_CASE("Retention periods are checked in AWS's order") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  REQUIRE(increase_retention(fixture.state(), stream_key, 48, fixture.now()));
  struct Row {
    std::string why;
    bool increase;
    StreamKey stream;
    std::int32_t hours;
    std::string text;
  };
  const StreamKey absent{world, "absent"};
  const auto row = GENERATE_COPY(values<Row>({
      {"the stream first", true, absent, 1, "Stream absent under account 000000000000 not found."},
      {"too short", true, stream_key, 23,
       "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."},
      {"negative", false, stream_key, -1,
       "Minimum allowed retention period is 24 hours. Requested retention period (-1 hours) is too short."},
      {"too long", true, stream_key, 8761,
       "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too "
       "long."},
      {"too long comes before the comparison", false, stream_key, 8761,
       "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too "
       "long."},
      {"increase to less", true, stream_key, 47,
       "Requested retention period (47 hours) for stream orders can not be shorter than existing retention "
       "period "
       "(48 hours). Use DecreaseRetentionPeriod API."},
      {"decrease to more", false, stream_key, 49,
       "Requested retention period (49 hours) for stream orders can not be longer than existing retention "
       "period "
       "(48 hours). Use IncreaseRetentionPeriod API."},
      {"increase to the same", true, stream_key, 48, ""},
      {"decrease to the same", false, stream_key, 48, ""},
      {"the longest", true, stream_key, 8760, ""},
      {"the shortest", false, stream_key, 24, ""},
  }));
  INFO(row.why);
  auto& state = fixture.state();
  const auto changed = row.increase ? increase_retention(state, row.stream, row.hours, fixture.now())
                                    : decrease_retention(state, row.stream, row.hours, fixture.now());
  CHECK(error_text(changed) == row.text);
  if (row.text.empty()) {
    CHECK(describe_stream_summary(state, stream_key, fixture.now()).value().retention_hours == row.hours);
    CHECK((changed.value() == no_ticket) == (row.hours == 48));
  }
}

TEST_CASE("Raising the retention brings nothing back") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  auto& state = fixture.state();
  SECTION("what had expired before the increase") {
    fixture.put("k", "old");
    fixture.settle();
    fixture.clock.advance_hours(24);
    REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
  }
  SECTION("what a decrease has made unreadable") {
    REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
    fixture.put("k", "old");
    fixture.settle();
    fixture.clock.advance_hours(30);
    REQUIRE(decrease_retention(state, stream_key, 24, fixture.now()));
    REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
  }
  fixture.put("k", "new");
  fixture.settle();
  CHECK(fixture.read_all(fixture.iterator()) == std::vector<std::string>{"new"});
}

TEST_CASE("Changes are refused while too much waits for the disk") {
  GroupCommitLimits limits;
  limits.waiting_changes_max = 1;
  MemoryFixture fixture(settings_with(0), limits);
  auto& state = fixture.state();
  fixture.create(stream_key, provisioned(1));
  fixture.put("k", "d");
  const auto text = "The server has no room for this request now. Please try again.";
  CHECK(error_text(put_record(state, stream_key, new_record("k", "d"), {}, fixture.now())) == text);
  CHECK(error_text(put_records(state, stream_key, {new_record("k", "d")}, fixture.now())) == text);
  CHECK(error_text(create_stream(state, {world, "b"}, provisioned(1), fixture.now())) == text);
  CHECK(error_text(delete_stream(state, stream_key, false, fixture.now())) == text);
  CHECK(error_text(increase_retention(state, stream_key, 48, fixture.now())) == text);
  fixture.settle();
  fixture.put("k", "d");
}

}  // namespace kinesisd::tests
