// What a subscription gets, when, and where its numbers lead.
#include "storage/consumers/consumers.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/accounts.hpp"
#include "storage/streams/encryption.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

namespace {

constexpr auto at_number = IteratorType::AT_SEQUENCE_NUMBER;
constexpr auto after_number = IteratorType::AFTER_SEQUENCE_NUMBER;
const IteratorStart latest{IteratorType::LATEST};

struct Failing : private FailingEngine, public StorageFixture {
  explicit Failing(StreamSettings settings = settings_with(0))
      : StorageFixture(static_cast<FailingEngine&>(*this), settings) {}
  FailingEngine& engine() { return *this; }
};

}  // namespace

TEST_CASE("A subscription begins at each of the five positions") {
  MemoryFixture fixture;
  begin(fixture);
  fixture.put("k", "1");
  fixture.clock.advance_ms(1'000);
  const auto second_at = fixture.now();
  const auto second = fixture.put("k", "2").to_string();
  fixture.clock.advance_ms(1'000);
  put(fixture, "3");
  struct Row {
    IteratorStart start;
    std::string told;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {{IteratorType::TRIM_HORIZON}, "1 2 3 4"},
      {{IteratorType::LATEST}, "4"},
      {{IteratorType::AT_TIMESTAMP, {}, second_at}, "2 3 4"},
      {{IteratorType::AT_TIMESTAMP, {}, second_at + std::chrono::milliseconds{1}}, "3 4"},
      {{at_number, second}, "2 3 4"},
      {{after_number, second}, "3 4"},
  }));
  INFO(boost::describe::enum_to_string(row.start.type, ""));
  auto subscription = subscribe(fixture, "reader", "0", row.start);
  put(fixture, "4");
  CHECK(subscription.rest() == row.told);
  CHECK(subscription.next() == nothing);
}

TEST_CASE("Records are given once they are durable, and those that are lost never") {
  Failing fixture;
  begin(fixture);
  auto subscription = subscribe(fixture, "reader", "0", latest);
  fixture.put("k", "1");
  CHECK(subscription.next() == nothing);
  CHECK(subscription.rings() == 0);
  fixture.settle();
  CHECK(subscription.rings() == 1);
  CHECK(subscription.next() == "1");
  fixture.engine().fails = true;
  put(fixture, "lost");
  CHECK(subscription.rings() == 1);
  CHECK(subscription.next() == nothing);
  const std::string idle = subscription.idle_continuation();
  fixture.engine().fails = false;
  put(fixture, "2");
  CHECK(subscription.rings() == 2);
  CHECK(subscription.next() == "2");
  CHECK(from(fixture, idle) == "2");
}

TEST_CASE("LATEST is behind what is durable, not behind what is pending") {
  MemoryFixture fixture;
  begin(fixture);
  put(fixture, "1");
  fixture.put("k", "2");
  auto subscription = subscribe(fixture, "reader", "0", latest);
  CHECK(subscription.next() == nothing);
  const std::string idle = subscription.idle_continuation();
  fixture.settle();
  CHECK(subscription.next() == "2");
  CHECK(from(fixture, idle) == "2");
}

TEST_CASE("The number of every event leads to what comes behind it, with both types") {
  MemoryFixture fixture;
  begin(fixture);
  auto subscription = subscribe(fixture);
  CHECK(subscription.next() == nothing);
  const std::string of_nothing = subscription.idle_continuation();
  CHECK(from(fixture, of_nothing).empty());
  fixture.clock.advance_ms(5'000);
  auto again = subscribe(fixture);
  put(fixture, "1");
  put(fixture, "2");
  CHECK(again.next() == "1 2");
  const std::string of_two = again.continuation();
  CHECK(again.idle_continuation() == of_two);
  put(fixture, "3");
  CHECK(again.next() == "3");
  const std::string of_three = again.continuation();
  CHECK(of_two < of_three);
  CHECK(fixture.put("k", "4").to_string() > of_three);
  fixture.settle();
  CHECK(from(fixture, of_nothing) == "1 2 3 4");
  CHECK(from(fixture, of_two) == "3 4");
  CHECK(from(fixture, of_three) == "4");
}

TEST_CASE("A number is behind its event's last record and before the next, whatever the clock says") {
  MemoryFixture fixture;
  begin(fixture);
  auto subscription = subscribe(fixture);
  std::vector<SequenceNumber> numbers;
  for (const std::int64_t step_ms : {0, 0, 3'600'000, 1, 86'000'000}) {
    numbers.push_back(fixture.put("k", "x"));
    fixture.settle();
    CHECK(subscription.next() == "x");
    fixture.clock.advance_ms(step_ms);
    const auto idle = parse_sequence_number(subscription.idle_continuation());
    REQUIRE(idle);
    CHECK(idle->number.past_record);
    numbers.push_back(idle->number);
  }
  CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("Who begins at a time behind all records never gets those before it") {
  MemoryFixture fixture;
  begin(fixture);
  put(fixture, "before");
  put(fixture, "before too");
  fixture.clock.advance_ms(1'000);
  const IteratorStart now{IteratorType::AT_TIMESTAMP, {}, fixture.now()};
  std::string idle;
  {
    auto subscription = subscribe(fixture, "reader", "0", now);
    CHECK(subscription.next() == nothing);
    idle = subscription.idle_continuation();
  }
  CHECK(from(fixture, idle).empty());
  put(fixture, "after");
  CHECK(from(fixture, idle) == "after");
}

TEST_CASE("What expires before it is given is skipped, and numbers go on behind it") {
  MemoryFixture fixture;
  begin(fixture);
  put(fixture, "old");
  auto subscription = subscribe(fixture);
  const bool trimmed = GENERATE(false, true);
  fixture.clock.advance_hours(25);
  if (trimmed) {
    while (fixture.journal.trim_slice()) {
    }
  }
  CHECK(subscription.next() == nothing);
  const std::string idle = subscription.idle_continuation();
  put(fixture, "new");
  CHECK(subscription.next() == "new");
  CHECK(from(fixture, idle) == "new");
  CHECK(from(fixture, subscription.continuation()).empty());
}

TEST_CASE("A commit wakes the subscribers of its shards and nobody else") {
  MemoryFixture fixture;
  begin(fixture, 2);
  const StreamKey other{world, "other"};
  fixture.create(other, provisioned(1));
  register_consumer(fixture, "reader", other);
  register_consumer(fixture, "second");
  auto first = subscribe(fixture, "reader", "0");
  auto also_first = subscribe(fixture, "second", "0");
  auto second = subscribe(fixture, "reader", "1");
  auto elsewhere = subscribe(fixture.state(), {other, "reader", {}}, "0", latest, fixture.now());
  REQUIRE(elsewhere);
  Subscribing others(fixture, std::move(elsewhere).value());
  using Rings = std::vector<int>;
  Rings before(4, 0);
  // How often each has been woken since the last time.
  const auto rung = [&] {
    const Rings now{first.rings(), also_first.rings(), second.rings(), others.rings()};
    Rings since;
    for (std::size_t i = 0; i < now.size(); ++i) since.push_back(now[i] - before[i]);
    before = now;
    return since;
  };
  CHECK(rung() == Rings{0, 0, 0, 0});
  // Shard 0 holds the lower half of the hash keys: of these `a`, and `b` is in the upper.
  put(fixture, "nobody");
  rung();
  fixture.put("a", "1");
  fixture.put("a", "2");
  CHECK(rung() == Rings{0, 0, 0, 0});
  fixture.settle();
  CHECK(rung() == Rings{1, 1, 0, 0});
  fixture.put("b", "1");
  fixture.settle();
  CHECK(rung() == Rings{0, 0, 1, 0});
  fixture.put("a", "1");
  fixture.put("b", "1");
  fixture.settle();
  CHECK(rung() == Rings{1, 1, 1, 0});
  fixture.put("a", "1", other);
  fixture.settle();
  CHECK(rung() == Rings{0, 0, 0, 1});
  also_first.leave();
  fixture.put("a", "1");
  fixture.settle();
  CHECK(rung() == Rings{1, 0, 0, 0});
  fixture.create({world, "third"}, provisioned(1));
  CHECK(rung() == Rings{0, 0, 0, 0});
  REQUIRE(change_commitment(fixture.state(), world, true, fixture.now()));
  fixture.settle();
  CHECK(rung() == Rings{0, 0, 0, 0});
  // All shards of a stream that changes, and every stream for a key.
  REQUIRE(split_shard(fixture.state(), stream_key, "1", to_string(hash_key_max - 10), fixture.now()));
  CHECK(rung() == Rings{0, 0, 0, 0});
  fixture.settle();
  CHECK(rung() == Rings{1, 0, 1, 0});
  REQUIRE(set_key_state(fixture.state(), "alias/a", KeyState::throttling));
  fixture.settle();
  CHECK(rung() == Rings{1, 0, 1, 1});
  REQUIRE(deregister_consumer(fixture.state(), {other, "reader", {}}, fixture.now()));
  fixture.settle();
  CHECK(rung() == Rings{0, 0, 0, 1});
  REQUIRE(delete_stream(fixture.state(), stream_key, true, fixture.now()));
  fixture.settle();
  const Rings deleted = rung();
  CHECK((deleted[0] >= 1 && deleted[1] == 0 && deleted[2] >= 1 && deleted[3] == 0));
}

TEST_CASE("The end of a shard is told when UPDATING is over and that is durable, behind all records") {
  Failing fixture(settings_with(10'000));
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(10'000);
  register_consumer(fixture, "reader");
  fixture.clock.advance_ms(10'000);
  auto subscription = subscribe(fixture);
  CHECK(subscription.next() == nothing);
  CHECK_FALSE(subscription.look_again);
  const auto ends = fixture.now() + std::chrono::milliseconds{10'000};
  REQUIRE(split_shard(fixture.state(), stream_key, "0", "1000", fixture.now()));
  fixture.settle();
  CHECK(subscription.rings() == 1);
  CHECK(subscription.next() == nothing);
  CHECK(subscription.look_again == ends);
  fixture.clock.advance_ms(9'999);
  put(fixture, "last");
  CHECK(subscription.next() == "last");
  CHECK(subscription.look_again == ends);
  fixture.clock.advance_ms(1);
  // Looking makes the shard's end; it is told when that is written.
  CHECK(subscription.next() == nothing);
  CHECK_FALSE(subscription.look_again);
  fixture.engine().fails = true;
  fixture.settle();
  CHECK(subscription.rings() == 2);
  CHECK(subscription.next() == nothing);
  fixture.engine().fails = false;
  fixture.settle();
  CHECK(subscription.rings() == 3);
  CHECK(subscription.next() == "ends with 1 2");
  CHECK(subscription.page.records.empty());
  CHECK(subscription.page.millis_behind_latest == 0);
  fixture.clock.advance_ms(5'000);
  // On a shard that has ended the first event is the last, or the one before it.
  CHECK(subscribe(fixture, "reader", "0", latest).next() == "ends with 1 2");
  fixture.clock.advance_ms(5'000);
  CHECK(subscribe(fixture).rest() == "last ends with 1 2");
}

TEST_CASE("The durable end of a shard does not wait for another reshard") {
  Failing fixture;
  begin(fixture, 2);
  const auto split = [&](const char* shard, const HashKey& at) {
    const auto done = split_shard(fixture.state(), stream_key, shard, to_string(at), fixture.now());
    REQUIRE(error_text(done).empty());
    REQUIRE(describe_stream_summary(fixture.state(), stream_key, fixture.now()));
  };
  split("0", 1'000);
  fixture.settle();
  split("1", hash_key_max - 1'000);
  auto first = subscribe(fixture, "reader", "0");
  auto second = subscribe(fixture, "reader", "1");
  CHECK(first.next() == "ends with 2 3");
  CHECK(second.next() == nothing);
  fixture.engine().fails = true;
  fixture.settle();
  CHECK(second.next() == nothing);
  fixture.engine().fails = false;
  split("1", hash_key_max - 1'000);
  CHECK(second.next() == nothing);
  fixture.settle();
  CHECK(second.next() == "ends with 4 5");
}

}  // namespace kinesisd::tests
