// ListStreams and ListShards.
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

std::vector<std::string> names(const StreamList& list) {
  std::vector<std::string> found;
  for (const auto& stream : list.streams) found.push_back(stream.key.name);
  return found;
}

std::string ids(const ShardList& list) {
  std::string found;
  for (const auto& shard : list.shards)
    found += (found.empty() ? "" : ",") + std::to_string(shard.index.value);
  return found;
}

constexpr std::int64_t hour = 3'600'000;

Timestamp at(std::int64_t ms_after_start) {
  return from_epoch_ms(ManualClock::start_ms + ms_after_start);
}

ShardRow shard_row(std::uint32_t index, HashKeyRange range, std::int64_t opened,
                   std::optional<std::int64_t> closed, std::optional<std::uint32_t> parent = {},
                   std::optional<std::uint32_t> adjacent = {}) {
  ShardRow row;
  row.serial = index + 1;
  row.index = {index};
  row.range = range;
  row.created_s = ManualClock::start_ms / 1000 + index;
  row.opened = at(opened);
  if (closed) {
    row.closed = at(*closed);
    row.closed_s = row.created_s + 1;
  }
  if (parent) row.parent = ShardIndex{*parent};
  if (adjacent) row.adjacent_parent = ShardIndex{*adjacent};
  return row;
}

// Two shards; 0 is split into 2 and 3 after an hour, 3 and 1 merge into 4 after two.
void restore_resharded(MemoryFixture& fixture) {
  const auto half = even_range(0, 2), quarter = even_range(0, 4), second = even_range(1, 4);
  RestoredStream stream;
  stream.row.serial = 1;
  stream.row.key = stream_key;
  stream.row.created = at(0);
  for (const auto& row :
       {shard_row(0, half, 0, hour), shard_row(1, even_range(1, 2), 0, 2 * hour),
        shard_row(2, quarter, hour, std::nullopt, 0), shard_row(3, second, hour, 2 * hour, 0),
        shard_row(4, {second.starting, hash_key_max}, 2 * hour, std::nullopt, 3, 1)})
    stream.shards.push_back({row, 0, std::nullopt, row.opened});
  Restored restored;
  restored.streams.push_back(std::move(stream));
  restored.next_stream_serial = 2;
  restored.next_shard_serial = 6;
  restore(fixture.state(), std::move(restored), fixture.now());
}

}  // namespace

TEST_CASE("ListStreams lists by name in byte order, page by page") {
  MemoryFixture fixture;
  for (const char* name : {"b", "B", "a", "a-", "_"}) fixture.create({world, name}, provisioned(1));
  auto& state = fixture.state();
  const auto all = list_streams(state, world, {}, fixture.now()).value();
  CHECK(names(all) == std::vector<std::string>{"B", "_", "a", "a-", "b"});
  CHECK_FALSE(all.has_more);
  CHECK_FALSE(all.next_token);

  const auto first = list_streams(state, world, {.limit = 2}, fixture.now()).value();
  CHECK(names(first) == std::vector<std::string>{"B", "_"});
  REQUIRE(first.has_more);
  const auto second =
      list_streams(state, world, {.next_token = first.next_token, .limit = 3}, fixture.now()).value();
  CHECK(names(second) == std::vector<std::string>{"a", "a-", "b"});
  CHECK_FALSE(second.has_more);
  CHECK_FALSE(second.next_token);

  CHECK(names(list_streams(state, world, {.exclusive_start_name = "a"}, fixture.now()).value()) ==
        std::vector<std::string>{"a-", "b"});
  CHECK(names(list_streams(state, world, {.exclusive_start_name = "C"}, fixture.now()).value()) ==
        std::vector<std::string>{"_", "a", "a-", "b"});
}

TEST_CASE("ListStreams shows at most 100 streams") {
  MemoryFixture fixture;
  for (int i = 0; i < 101; ++i) fixture.create({world, "s" + std::to_string(1000 + i)}, provisioned(1));
  auto& state = fixture.state();
  CHECK(list_streams(state, world, {}, fixture.now()).value().streams.size() == 100);
  const auto capped = list_streams(state, world, {.limit = 10'000}, fixture.now()).value();
  CHECK(capped.streams.size() == 100);
  CHECK(capped.has_more);
}

TEST_CASE("NextTokens of ListStreams are refused with AWS's types") {
  MemoryFixture fixture;
  for (const char* name : {"a", "b"}) fixture.create({world, name}, provisioned(1));
  auto& state = fixture.state();
  const auto token = list_streams(state, world, {.limit = 1}, fixture.now()).value().next_token;
  REQUIRE(token);
  CHECK(error_text(
            list_streams(state, world, {.exclusive_start_name = "a", .next_token = token}, fixture.now())) ==
        "NextToken and ExclusiveStartStreamName cannot be provided together.");
  CHECK(error_text(list_streams(state, world, {.next_token = "nonsense"}, fixture.now())) ==
        "Invalid NextToken.");
  fixture.clock.advance_ms(300'000);
  CHECK(list_streams(state, world, {.next_token = token}, fixture.now()));
  fixture.clock.advance_ms(1);
  const auto expired = list_streams(state, world, {.next_token = token}, fixture.now());
  CHECK(error_type(expired) == protocol::ErrorType::ExpiredNextTokenException);
}

TEST_CASE("ListShards pages through shards; the page size may change, the filter stays") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2100));
  auto& state = fixture.state();
  const auto first = list_shards(state, world, {.stream = stream_key}, fixture.now()).value();
  CHECK(first.shards.size() == 1000);
  REQUIRE(first.next_token);
  CHECK(list_shards(state, world, {.stream = stream_key, .max_results = 10'000}, fixture.now())
            .value()
            .shards.size() == 1000);
  const auto second =
      list_shards(state, world, {.next_token = first.next_token, .max_results = 5}, fixture.now()).value();
  CHECK(ids(second) == "1000,1001,1002,1003,1004");
  const auto third = list_shards(state, world, {.next_token = second.next_token}, fixture.now()).value();
  CHECK(third.shards.front().index == ShardIndex{1005});
  const auto last = list_shards(state, world, {.next_token = third.next_token}, fixture.now()).value();
  CHECK(last.shards.back().index == ShardIndex{2099});
  CHECK_FALSE(last.next_token);
}

TEST_CASE("ListShards filters by AWS's rules, and shards open at any instant tile the hash keys") {
  MemoryFixture fixture;
  fixture.clock.advance_ms(3 * hour);
  restore_resharded(fixture);
  struct Row {
    std::string why;
    ShardFilter filter;
    std::string expected;
  };
  const auto row = GENERATE(values<Row>({
      {"all within retention", {ShardFilterType::FROM_TRIM_HORIZON, {}, {}}, "0,1,2,3,4"},
      {"open at the horizon", {ShardFilterType::AT_TRIM_HORIZON, {}, {}}, "0,1"},
      {"open now", {ShardFilterType::AT_LATEST, {}, {}}, "2,4"},
      {"before the beginning", {ShardFilterType::AT_TIMESTAMP, {}, at(-5 * hour)}, "0,1"},
      {"at the beginning", {ShardFilterType::AT_TIMESTAMP, {}, at(0)}, "0,1"},
      {"just before the split", {ShardFilterType::AT_TIMESTAMP, {}, at(hour - 1)}, "0,1"},
      {"at the split", {ShardFilterType::AT_TIMESTAMP, {}, at(hour)}, "1,2,3"},
      {"at the merge", {ShardFilterType::AT_TIMESTAMP, {}, at(2 * hour)}, "2,4"},
      {"now", {ShardFilterType::AT_TIMESTAMP, {}, at(3 * hour)}, "2,4"},
      {"from before the beginning", {ShardFilterType::FROM_TIMESTAMP, {}, at(-hour)}, "0,1,2,3,4"},
      {"from after the split", {ShardFilterType::FROM_TIMESTAMP, {}, at(hour + 1)}, "1,2,3,4"},
      {"from now", {ShardFilterType::FROM_TIMESTAMP, {}, at(3 * hour)}, "2,4"},
      {"after a shard", {ShardFilterType::AFTER_SHARD_ID, "shardId-000000000002", {}}, "3,4"},
      {"after an unknown shard", {ShardFilterType::AFTER_SHARD_ID, "shardId-000000000099", {}}, ""},
  }));
  INFO(row.why);
  auto& state = fixture.state();
  CHECK(ids(list_shards(state, world, {.stream = stream_key, .filter = row.filter}, fixture.now()).value()) ==
        row.expected);
  // The same one shard at a time.
  std::string paged;
  ListShardsQuery query{.stream = stream_key, .max_results = 1, .filter = row.filter};
  for (;;) {
    const auto page = list_shards(state, world, query, fixture.now()).value();
    paged += (paged.empty() ? "" : ",") + ids(page);
    if (!page.next_token) break;
    query = {.next_token = page.next_token, .max_results = 1};
  }
  CHECK(paged == row.expected);
}

TEST_CASE("Closed shards leave the list when the last record they could hold has expired") {
  MemoryFixture fixture;
  fixture.clock.advance_ms(3 * hour);
  restore_resharded(fixture);
  auto& state = fixture.state();
  const auto all = [&] {
    return ids(list_shards(state, world, {.stream = stream_key}, fixture.now()).value());
  };
  const auto at_horizon = [&] {
    return ids(list_shards(state, world,
                           {.stream = stream_key, .filter = {{ShardFilterType::AT_TRIM_HORIZON, {}, {}}}},
                           fixture.now())
                   .value());
  };
  fixture.clock.advance_ms(22 * hour - 1);  // a millisecond before 24 hours after the split
  CHECK(all() == "0,1,2,3,4");
  CHECK(at_horizon() == "0,1");
  fixture.clock.advance_ms(1);
  CHECK(all() == "1,2,3,4");
  CHECK(at_horizon() == "1,2,3");
  CHECK(error_text(
            shard_iterator(state, stream_key, "0", {IteratorType::TRIM_HORIZON, {}, {}}, fixture.now())) ==
        "Shard shardId-000000000000 in stream orders under account 000000000000 does not exist");
  fixture.clock.advance_ms(hour);
  CHECK(all() == "2,4");
  CHECK(at_horizon() == "2,4");
  CHECK(describe_stream(state, stream_key, {}, {}, fixture.now()).value().shards.size() == 2);
}

TEST_CASE("ListShards says what is wrong the way AWS does, or as near as is known") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  auto& state = fixture.state();
  const auto now = fixture.now();
  struct Row {
    std::string why;
    ListShardsQuery query;
    std::string text;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"no such stream",
       {.stream = StreamKey{world, "absent"}},
       "Stream absent under account 000000000000 not found."},
      {"the stream of that time is gone",
       {.stream = stream_key, .stream_created = now - std::chrono::seconds{1}},
       "Stream orders under account 000000000000 not found."},
      {"a foreign token", {.next_token = "nonsense"}, "Invalid NextToken."},
      {"start and filter",
       {.stream = stream_key,
        .exclusive_start_shard_id = "shardId-0",
        .filter = ShardFilter{ShardFilterType::AT_LATEST, {}, {}}},
       "ExclusiveStartShardId and ShardFilter cannot be provided together."},
      {"no shard to start after",
       {.stream = stream_key, .filter = ShardFilter{ShardFilterType::AFTER_SHARD_ID, {}, {}}},
       "ShardFilter of type AFTER_SHARD_ID requires ShardId."},
      {"no time",
       {.stream = stream_key, .filter = ShardFilter{ShardFilterType::FROM_TIMESTAMP, {}, {}}},
       "ShardFilter of type FROM_TIMESTAMP requires Timestamp."},
      {"a time to come",
       {.stream = stream_key,
        .filter = ShardFilter{ShardFilterType::AT_TIMESTAMP, {}, now + std::chrono::milliseconds{1}}},
       "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
       "timestampInMillis: "
       "1700000000001, currentTimestampInMillis: 1700000000000"},
  }));
  INFO(row.why);
  CHECK(error_text(list_shards(state, world, row.query, now)) == row.text);
}

TEST_CASE("A NextToken of ListShards lives five minutes and no longer than its stream") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  auto& state = fixture.state();
  const auto list =
      list_shards(state, world, {.stream = stream_key, .max_results = 1}, fixture.now()).value();
  fixture.clock.advance_ms(300'000);
  CHECK(list_shards(state, world, {.next_token = list.next_token}, fixture.now()));
  fixture.clock.advance_ms(1);
  CHECK(error_type(list_shards(state, world, {.next_token = list.next_token}, fixture.now())) ==
        protocol::ErrorType::ExpiredNextTokenException);

  const auto young =
      list_shards(state, world, {.stream = stream_key, .max_results = 1}, fixture.now()).value();
  REQUIRE(delete_stream(state, stream_key, false, fixture.now()));
  fixture.create(stream_key, provisioned(2));
  CHECK(error_text(list_shards(state, world, {.next_token = young.next_token}, fixture.now())) ==
        "Stream orders under account 000000000000 not found.");
}

TEST_CASE("ExclusiveStartShardId and the right StreamCreationTimestamp narrow the list") {
  MemoryFixture fixture;
  fixture.clock.advance_ms(400);
  fixture.create(stream_key, provisioned(3));
  const auto list = list_shards(
      fixture.state(), world,
      {.stream = stream_key, .exclusive_start_shard_id = "shardId-000000000000", .stream_created = at(0)},
      fixture.now());
  CHECK(ids(list.value()) == "1,2");
}

}  // namespace kinesisd::tests
