// SplitShard, MergeShards and UpdateShardCount: what they refuse, and the shards they leave.
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/shard_walk.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;
using Indexes = std::vector<std::uint32_t>;

constexpr HashKey middle = HashKey{1} << 127U;

void split(StorageFixture& fixture, const std::string& shard, HashKey at) {
  const auto done = split_shard(fixture.state(), stream_key, shard, to_string(at), fixture.now());
  REQUIRE(error_text(done).empty());
}

void merge(StorageFixture& fixture, const std::string& lower, const std::string& upper) {
  const auto done = merge_shards(fixture.state(), stream_key, lower, upper, fixture.now());
  REQUIRE(error_text(done).empty());
}

std::vector<std::int32_t> scale(StorageFixture& fixture, std::int32_t target) {
  const auto done = update_shard_count(fixture.state(), stream_key, target, fixture.now());
  REQUIRE(error_text(done).empty());
  return {done.value().current_shards};
}

ShardSummary shard(StorageFixture& fixture, std::uint32_t index) {
  const auto all = list_shards(fixture);
  REQUIRE(index < all.size());
  return all[index];
}

StreamStatus status_of(StorageFixture& fixture) {
  return describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().status;
}

}  // namespace

// C.11 [V]
TEST_CASE("A split closes the parent and opens two children a logical second later") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  split(fixture, "shardId-000000000000", middle);
  const auto all = list_shards(fixture);
  REQUIRE(indexes(all) == Indexes{0, 1, 2});
  REQUIRE(all[0].ending);
  CHECK(all[0].ending->index == sequence_index_max);
  CHECK(all[1].range == HashKeyRange{0, middle - 1});
  CHECK(all[2].range == HashKeyRange{middle, hash_key_max});
  for (std::size_t i : {1, 2}) {
    CHECK(all[i].parent == ShardIndex{0});
    CHECK_FALSE(all[i].adjacent_parent);
    CHECK_FALSE(all[i].ending);
    // C.3 [V]: one second after the parent's end.
    CHECK(all[i].starting.shard_created_s == all[0].ending->recorded_s + 1);
    CHECK(all[i].starting.recorded_s == all[i].starting.shard_created_s);
  }
  CHECK(open_indexes(fixture) == Indexes{1, 2});
}

// C.12 [V]
TEST_CASE("A merge closes both parents at the same time, and the child names them in the caller's order") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(3));
  merge(fixture, "1", "2");
  const auto all = list_shards(fixture);
  REQUIRE(indexes(all) == Indexes{0, 1, 2, 3});
  CHECK(all[3].parent == ShardIndex{1});
  CHECK(all[3].adjacent_parent == ShardIndex{2});
  CHECK(all[3].range == HashKeyRange{all[1].range.starting, hash_key_max});
  REQUIRE(all[1].ending);
  REQUIRE(all[2].ending);
  CHECK(all[1].ending->recorded_s == all[2].ending->recorded_s);
  CHECK(all[3].starting.shard_created_s == all[1].ending->recorded_s + 1);
  CHECK(open_indexes(fixture) == Indexes{0, 3});
}

TEST_CASE("Reshards are refused in AWS's order") {
  auto settings = settings_with(0);
  settings.shard_limit = 5;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(2));
  split(fixture, "0", middle / 2);  // 2 and 3
  const StreamKey on_demand{world, "demand"};
  const StreamKey nowhere{world, "nowhere"};
  const std::string under = " in stream orders under account 000000000000";
  const std::string half = to_string(middle), max = to_string(hash_key_max);
  const auto low = even_range(0, 4), high = even_range(1, 2);

  struct Row {
    std::string why;
    std::string id, key;
    ErrorType type;
    std::string text;
  };
  const auto range_text = [&](const std::string& key, const std::string& id, HashKeyRange range) {
    return "NewStartingHashKey " + key + " used in SplitShard() on shard " + id + under +
           " is not both greater than one plus the shard's StartingHashKey " + to_string(range.starting) +
           " and less than the shard's EndingHashKey " + to_string(range.ending) + ".";
  };
  const auto row = GENERATE_COPY(values<Row>({
      // C.11 [V]
      {"a text that is no id", "shard-x", half, ErrorType::ResourceNotFoundException,
       "Could not find shard shard-x" + under + "."},
      {"no such shard", "7", half, ErrorType::ResourceNotFoundException,
       "Could not find shard shardId-000000000007" + under + "."},
      {"already split [V]", "0", to_string(middle / 4), ErrorType::InvalidArgumentException,
       "Shard shardId-000000000000" + under +
           " has already been merged or split, and thus is not eligible for merging or splitting."},
      {"at the start", "2", "0", ErrorType::InvalidArgumentException,
       range_text("0", "shardId-000000000002", low)},
      {"one above the start", "2", "1", ErrorType::InvalidArgumentException,
       range_text("1", "shardId-000000000002", low)},
      {"at the end", "1", max, ErrorType::InvalidArgumentException,
       range_text(max, "shardId-000000000001", high)},
      {"outside of all keys", "1", "999999999999999999999999999999999999999",
       ErrorType::InvalidArgumentException,
       range_text("999999999999999999999999999999999999999", "shardId-000000000001", high)},
  }));
  INFO(row.why);
  const auto refused = split_shard(fixture.state(), stream_key, row.id, row.key, fixture.now());
  CHECK(error_text(refused) == row.text);
  CHECK(error_type(refused) == row.type);
  // A bad id is told before the stream is looked for, a good one after.
  CHECK(error_text(split_shard(fixture.state(), nowhere, "shard-x", half, fixture.now())) ==
        "Could not find shard shard-x in stream nowhere under account 000000000000.");
  CHECK(error_text(split_shard(fixture.state(), nowhere, "0", half, fixture.now())) ==
        "Stream nowhere under account 000000000000 not found.");
  CHECK(open_indexes(fixture) == Indexes{1, 2, 3});
}

TEST_CASE("The split that would pass the shard quota is refused before its key is looked at") {
  auto settings = settings_with(0);
  settings.shard_limit = 2;
  MemoryFixture fixture(settings);
  fixture.create(stream_key, provisioned(2));
  const auto refused = split_shard(fixture.state(), stream_key, "0", "0", fixture.now());
  CHECK(error_type(refused) == ErrorType::LimitExceededException);
  CHECK(error_text(refused).find("Limit: 2. Number of additional shards that would have resulted from this "
                                 "request: 1.") != std::string::npos);
}

TEST_CASE("Only two adjacent open shards merge, the lower one named first") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(4));
  merge(fixture, "0", "1");  // 4
  const std::string tail =
      " in stream orders under account 000000000000 are not an adjacent pair of shards eligible for merging";
  const std::string closed =
      " in stream orders under account 000000000000 has already been merged or split, and thus is not "
      "eligible for merging or splitting.";
  const auto id = [](std::uint32_t index) { return ShardIndex{index}.shard_id(); };
  struct Row {
    std::string why;
    std::string lower, upper;
    std::string text;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the upper one first [V]", "3", "2", "Shards " + id(3) + " and " + id(2) + tail},
      {"not neighbours", "4", "3", "Shards " + id(4) + " and " + id(3) + tail},
      {"with itself", "2", "2", "Shards " + id(2) + " and " + id(2) + tail},
      {"the first closed", "1", "2", "Shard " + id(1) + closed},
      {"both closed", "0", "1", "Shard " + id(0) + closed},
      {"the first unknown", "9", "x", "Could not find shard x in stream orders under account 000000000000."},
      {"the second unknown", "4", "9",
       "Could not find shard " + id(9) + " in stream orders under account 000000000000."},
      {"both no ids: the first is told", "y", "x",
       "Could not find shard y in stream orders under account 000000000000."},
  }));
  INFO(row.why);
  CHECK(error_text(merge_shards(fixture.state(), stream_key, row.lower, row.upper, fixture.now())) ==
        row.text);
  CHECK(open_indexes(fixture) == Indexes{2, 3, 4});
}

TEST_CASE("On-demand streams refuse to be resharded by hand") {
  MemoryFixture fixture;
  NewStream request;
  request.mode = StreamMode::ON_DEMAND;
  fixture.create(stream_key, request);
  const std::string text =
      "Request is invalid. Stream orders under account 000000000000 is in On-Demand mode.";
  const auto now = fixture.now();
  const auto split_refused = split_shard(fixture.state(), stream_key, "0", "5", now);
  CHECK(error_text(split_refused) == text);
  CHECK(error_type(split_refused) == ErrorType::ValidationException);
  CHECK(error_text(merge_shards(fixture.state(), stream_key, "0", "1", now)) == text);
  CHECK(error_text(update_shard_count(fixture.state(), stream_key, 5, now)) == text);
}

// C.13
TEST_CASE("UpdateShardCount keeps to double, half and 10,000") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(5));
  struct Row {
    std::string why;
    std::int32_t target;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"11 of 5", 11,
       "UpdateShardCount cannot scale up over double your current open shard count. Current open shard "
       "count: 5, Target shard count: 11"},
      {"2 of 5 is less than half", 2,
       "UpdateShardCount cannot scale down below half your current open shard count. Current open shard "
       "count: 5, Target shard count: 2"},
      {"10,001", 10'001,
       "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: "
       "5, Target shard count: 10001"},
  }));
  INFO(row.why);
  const auto refused = update_shard_count(fixture.state(), stream_key, row.target, fixture.now());
  CHECK(error_text(refused) == row.text);
  CHECK(error_type(refused) == ErrorType::LimitExceededException);
}

TEST_CASE("UpdateShardCount works from left to right, by splits and merges") {
  struct Row {
    std::string why;
    std::int32_t before, after;
    Indexes open;
  };
  const auto row = GENERATE(values<Row>({
      {"observed of AWS", 4, 3, {6, 9, 10}},
      {"doubling splits each in order", 2, 4, {2, 3, 4, 5}},
      {"doubling what does not divide evenly splits each once", 3, 6, {3, 4, 5, 6, 7, 8}},
      {"halving merges neighbours", 6, 3, {6, 7, 8}},
      {"3 of 5 is allowed", 5, 3, {7, 11, 12}},
      {"the same is nothing to do", 3, 3, {0, 1, 2}},
      {"one more", 1, 2, {1, 2}},
  }));
  INFO(row.why);
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(row.before));
  CHECK(scale(fixture, row.after) == std::vector<std::int32_t>{row.before});
  const auto open = list_shards(fixture, ShardFilter{ShardFilterType::AT_LATEST});
  CHECK(indexes(open) == row.open);
  CHECK(tile(open));
  const HashKey width = hash_key_max / static_cast<HashKey>(row.after);
  for (const auto& one : open) {
    const HashKey own = one.range.ending - one.range.starting;
    CHECK((own > width ? own - width : width - own) <= 2 * static_cast<HashKey>(row.before + row.after));
  }
}

// C.1 [V]
TEST_CASE("Until UPDATING ends the parent is listed alone and written to; then only the children are") {
  MemoryFixture fixture(settings_with(1000));
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(1000);
  split(fixture, "0", middle);
  fixture.clock.advance_ms(999);
  CHECK(status_of(fixture) == StreamStatus::UPDATING);
  CHECK(indexes(list_shards(fixture)) == Indexes{0});
  CHECK_FALSE(shard(fixture, 0).ending);
  CHECK(fixture.put("k", "to the parent").shard == ShardIndex{0});
  const auto refused = split_shard(fixture.state(), stream_key, "0", to_string(middle), fixture.now());
  CHECK(error_text(refused) ==
        "Stream orders under account 000000000000 not ACTIVE, instead in state UPDATING");
  CHECK(error_type(refused) == ErrorType::ResourceInUseException);

  fixture.clock.advance_ms(1);
  CHECK(fixture.put("k", "to a child").shard > ShardIndex{0});
  CHECK(status_of(fixture) == StreamStatus::ACTIVE);
  CHECK(open_indexes(fixture) == Indexes{1, 2});
  fixture.settle();
  CHECK(walk(fixture, list_shards(fixture, ShardFilter{ShardFilterType::AT_TRIM_HORIZON})) ==
        std::vector<std::string>{"to the parent", "to a child"});
}

TEST_CASE("A reshard is done when it is observed, where observing ends states") {
  MemoryFixture fixture(settings_with(10'000, true));
  fixture.create(stream_key, provisioned(1));
  CHECK(status_of(fixture) == StreamStatus::ACTIVE);
  split(fixture, "0", middle);
  CHECK(fixture.put("k", "at once").shard == ShardIndex{0});
  CHECK(status_of(fixture) == StreamStatus::ACTIVE);
  CHECK(fixture.put("k", "afterwards").shard > ShardIndex{0});
}

// C.9
TEST_CASE("A drained closed shard names its children and their parents, and has no next iterator") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  const auto from = fixture.iterator();
  REQUIRE(
      put_record(fixture.state(), stream_key, {0, make_record("k", "last")}, std::nullopt, fixture.now()));
  fixture.settle();
  merge(fixture, "0", "1");
  fixture.settle();
  const auto page = fixture.read(from);
  CHECK(page.records.size() == 1);
  REQUIRE(page.next_iterator);
  fixture.settle();
  CHECK(page.children.empty());
  const auto end = fixture.read(*page.next_iterator);
  CHECK(end.records.empty());
  CHECK_FALSE(end.next_iterator);
  CHECK(end.millis_behind_latest == 0);
  REQUIRE(end.children.size() == 1);
  CHECK(end.children[0].index == ShardIndex{2});
  CHECK(end.children[0].parents == std::vector<ShardIndex>{{0}, {1}});
  CHECK(end.children[0].range == HashKeyRange{});
}

TEST_CASE("No reader is told of a shard's end before that is durable") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  split(fixture, "0", middle);
  const auto at_end = fixture.read(fixture.iterator());
  CHECK(at_end.children.empty());
  REQUIRE(at_end.next_iterator);
  fixture.settle();
  const auto after = fixture.read(*at_end.next_iterator);
  CHECK(after.children.size() == 2);
  CHECK_FALSE(after.next_iterator);
}

// C.2 [D]
TEST_CASE("A closed shard is gone when its closing time plus the retention has passed, and stays gone") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_hours(1);
  split(fixture, "0", middle);
  fixture.clock.advance_ms(24 * 3'600'000 - 1);
  CHECK(indexes(list_shards(fixture)) == Indexes{0, 1, 2});
  CHECK(fixture.iterator().size() > 100);
  fixture.clock.advance_ms(1);
  CHECK(indexes(list_shards(fixture)) == Indexes{1, 2});
  const auto gone = shard_iterator(fixture.state(), stream_key, "0", {IteratorType::LATEST}, fixture.now());
  CHECK(error_text(gone) ==
        "Shard shardId-000000000000 in stream orders under account 000000000000 does not exist");
  REQUIRE(increase_retention(fixture.state(), stream_key, 48, fixture.now()));
  CHECK(indexes(list_shards(fixture)) == Indexes{1, 2});
  const auto described = describe_stream(fixture.state(), stream_key, {}, {}, fixture.now());
  CHECK(indexes(described.value().shards) == Indexes{1, 2});
  CHECK(described.value().shards[0].parent == ShardIndex{0});
}

}  // namespace kinesisd::tests
