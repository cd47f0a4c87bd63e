// SubscribeToShard: who may subscribe, for how long, and who takes whose place.
#include "protocol/errors.hpp"
#include "storage/consumers/consumers.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/encryption.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;

const std::string another =
    "Another active subscription exists for this consumer: 000000000000:orders:shardId-000000000000:reader";

// One stream and the consumer `reader`, both ACTIVE.
struct Fixture : MemoryFixture {
  explicit Fixture(StreamSettings settings = settings_with(0), std::int32_t shards = 1)
      : MemoryFixture(settings) {
    create(stream_key, provisioned(shards));
    clock.advance_ms(settings.transitions.after_ms);
    register_consumer(*this, "reader");
    clock.advance_ms(settings.transitions.after_ms);
    settle();
  }
};

StreamSettings with_read_limits() {
  auto settings = settings_with(0);
  settings.enforce_read_limits = true;
  settings.enforce_write_limits = false;
  return settings;
}

}  // namespace

TEST_CASE("SubscribeToShard says what AWS says to a consumer, shard or position that will not do") {
  MemoryFixture fixture(settings_with(10'000));
  fixture.create(stream_key, provisioned(2));
  fixture.clock.advance_ms(10'000);
  register_consumer(fixture, "reader");
  register_consumer(fixture, "leaving");
  fixture.clock.advance_ms(10'000);
  register_consumer(fixture, "coming");
  const auto now = fixture.now();
  const std::string coming_s = std::to_string(epoch_s(now));
  const std::string leaving_s = std::to_string(epoch_s(now) - 10);
  REQUIRE(deregister_consumer(fixture.state(), {stream_key, "leaving", {}}, now));
  const auto shards = describe_stream(fixture.state(), stream_key, {}, {}, now).value().shards;
  struct Row {
    std::string why, consumer, shard;
    IteratorStart start;
    ErrorType type;
    std::string text;
  };
  const IteratorStart horizon{IteratorType::TRIM_HORIZON};
  constexpr auto in_use = ErrorType::ResourceInUseException;
  constexpr auto not_found = ErrorType::ResourceNotFoundException;
  constexpr auto invalid = ErrorType::InvalidArgumentException;
  const auto row = GENERATE_COPY(values<Row>({
      {"an absent consumer", "absent", "x", horizon, not_found,
       "Consumer absent, account 000000000000 not found."},
      {"a consumer that is CREATING, before its shard", "coming", "x", horizon, in_use,
       "Consumer coming with creation timestamp " + coming_s +
           " under stream: orders , account 000000000000 is not in ACTIVE status."},
      {"a consumer that is DELETING", "leaving", "0", horizon, in_use,
       "Consumer leaving with creation timestamp " + leaving_s +
           " under stream: orders , account 000000000000 is not in ACTIVE status."},
      {"no shard id", "reader", "shard-x", horizon, not_found,
       "Could not find shard shard-x in stream orders under account 000000000000."},
      {"an absent shard", "reader", "2", horizon, not_found,
       "Shard shardId-000000000002 in stream orders under account 000000000000 does not exist"},
      {"a number of another shard", "reader", "0",
       IteratorStart{IteratorType::AT_SEQUENCE_NUMBER, shards[1].starting.to_string()}, invalid,
       "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a "
       "shard with shardId-000000000000"},
      {"a time to come", "reader", "0",
       IteratorStart{IteratorType::AT_TIMESTAMP, {}, now + std::chrono::milliseconds{1}}, invalid,
       protocol::errors::timestamp_in_future(epoch_ms(now) + 1, epoch_ms(now)).message},
      {"no time", "reader", "0", IteratorStart{IteratorType::AT_TIMESTAMP}, invalid,
       protocol::errors::timestamp_missing().message},
      {"LATEST with a number", "reader", "0", IteratorStart{IteratorType::LATEST, "5"}, invalid,
       protocol::errors::starting_sequence_number_unexpected("LATEST").message},
      {"AT_ without a number", "reader", "0", IteratorStart{IteratorType::AT_SEQUENCE_NUMBER}, invalid,
       protocol::errors::starting_sequence_number_missing("AT_SEQUENCE_NUMBER").message},
  }));
  INFO(row.why);
  const auto refused = try_to_subscribe(fixture, row.consumer, row.shard, row.start);
  CHECK(error_text(refused) == row.text);
  CHECK(error_type(refused) == row.type);
  // It was no successful call: the next one is not refused for it.
  CHECK(subscribe(fixture).next() == nothing);
}

TEST_CASE("A second subscription is refused until five seconds after the successful call") {
  Fixture fixture(settings_with(0), 2);
  const bool closed = GENERATE(false, true);
  INFO((closed ? "the first has been closed" : "the first is open"));
  auto first = subscribe(fixture);
  if (closed) first.leave();
  const auto refused = [&] { return try_to_subscribe(fixture, "reader"); };
  for (const std::int64_t step_ms : {0, 1, 4'998}) {
    fixture.clock.advance_ms(step_ms);
    CHECK(error_text(refused()) == another);
    CHECK(error_type(refused()) == ErrorType::ResourceInUseException);
  }
  // Neither another shard nor another consumer is meant.
  CHECK(error_text(try_to_subscribe(fixture, "reader", "1")).empty());
  register_consumer(fixture, "other");
  CHECK(error_text(try_to_subscribe(fixture, "other")).empty());
  // Refused calls count for nothing.
  fixture.clock.advance_ms(1);
  auto second = subscribe(fixture);
  CHECK(second.next() == nothing);
  fixture.clock.advance_ms(4'999);
  CHECK(error_text(refused()) == another);
}

TEST_CASE("Where read limits are kept, a consumer calls once a second for a shard") {
  Fixture fixture(with_read_limits());
  subscribe(fixture).leave();
  fixture.clock.advance_ms(999);
  const auto refused = try_to_subscribe(fixture, "reader");
  CHECK(error_type(refused) == ErrorType::LimitExceededException);
  CHECK(
      error_text(refused) ==
      protocol::errors::subscription_rate_exceeded("shardId-000000000000", "orders", "000000000000").message);
  fixture.clock.advance_ms(1);
  CHECK(error_text(try_to_subscribe(fixture, "reader")) == another);
  fixture.clock.advance_ms(500);
  CHECK(error_type(try_to_subscribe(fixture, "reader")) == ErrorType::LimitExceededException);
  fixture.clock.advance_ms(3'500);
  CHECK(error_text(try_to_subscribe(fixture, "reader")).empty());
}

TEST_CASE("A newer subscription takes the place of the older one, which is told") {
  Fixture fixture;
  fixture.put("k", "1");
  fixture.settle();
  auto first = subscribe(fixture);
  CHECK(first.next() == "1");
  CHECK(first.subscribed().taken_over == nullptr);
  fixture.clock.advance_ms(5'000);
  auto second = subscribe(fixture);
  CHECK(second.subscribed().taken_over == first.bell());
  CHECK(first.next() == another);
  CHECK(second.next() == "1");
  fixture.put("k", "2");
  fixture.settle();
  CHECK(first.rings() == 0);
  CHECK(second.rings() == 1);
  // The old one goes without taking the new one's place with it.
  first.leave();
  fixture.put("k", "3");
  fixture.settle();
  CHECK(second.rings() == 2);
  CHECK(second.next() == "2 3");
  CHECK(error_text(try_to_subscribe(fixture, "reader")) == another);
}

TEST_CASE("A subscription lives five minutes from its call") {
  Fixture fixture;
  const auto begun = fixture.now();
  const auto subscription = subscribe(fixture);
  CHECK(subscription.subscribed().expires == begun + std::chrono::minutes{5});
  CHECK(subscription.subscribed().consumer.name == "reader");
}

TEST_CASE("A dry run of SubscribeToShard checks everything and leaves nothing") {
  Fixture fixture;
  const auto dry = [&](const std::string& shard) {
    return subscribe(fixture.state(), {stream_key, "reader", {}}, shard, {IteratorType::LATEST},
                     fixture.now(), Effect::none);
  };
  CHECK(error_type(dry("1")) == ErrorType::ResourceNotFoundException);
  CHECK(error_text(dry("0")).empty());
  CHECK(fixture.state().subscriptions.empty());
  CHECK(error_text(try_to_subscribe(fixture, "reader")).empty());
}

TEST_CASE("A subscription ends when its consumer or stream goes, also when one of that name comes") {
  struct Row {
    std::string why;
    bool stream;
    std::int64_t transition_ms;
  };
  const auto row = GENERATE(values<Row>({
      {"the consumer is gone", false, 0},
      {"the consumer is DELETING", false, 10'000},
      {"the stream is gone", true, 0},
      {"the stream is DELETING", true, 10'000},
  }));
  INFO(row.why);
  Fixture fixture(settings_with(row.transition_ms));
  fixture.put("k", "1");
  fixture.settle();
  auto subscription = subscribe(fixture);
  CHECK(subscription.next() == "1");
  const std::string arn = "arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/reader:" +
                          std::to_string(subscription.subscribed().consumer.created_s);
  const std::string gone = row.stream ? "Stream orders under account 000000000000 not found."
                                      : "Consumer " + arn + ", account 000000000000 not found.";
  if (row.stream)
    REQUIRE(delete_stream(fixture.state(), stream_key, true, fixture.now()));
  else
    REQUIRE(deregister_consumer(fixture.state(), {stream_key, "reader", {}}, fixture.now()));
  fixture.settle();
  CHECK(subscription.rings() == 1);
  CHECK(subscription.next() == gone);
  fixture.clock.advance_ms(row.transition_ms);
  if (row.stream) fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(row.transition_ms);
  register_consumer(fixture, "reader");
  fixture.clock.advance_ms(row.transition_ms);
  CHECK(subscription.next() == gone);
  // The new consumer is another one: nothing of the old one stands in its way.
  auto next = subscribe(fixture);
  CHECK(next.next() == (row.stream ? nothing : "1"));
  const int rings = subscription.rings();
  fixture.put("k", "2");
  fixture.settle();
  CHECK(next.next() == "2");
  CHECK(subscription.rings() == rings + (row.stream ? 0 : 1));  // the shard's news, which it may look at
}

TEST_CASE("A shard whose reshard could not be written ends its subscription, whoever gets its number") {
  FailingEngine engine;
  StorageFixture fixture(engine);
  fixture.create(stream_key, provisioned(1));
  register_consumer(fixture, "reader");
  engine.fails = true;
  const auto split = [&] {
    const auto done = split_shard(fixture.state(), stream_key, "0", "1000", fixture.now());
    REQUIRE(error_text(done).empty());
    REQUIRE(describe_stream_summary(fixture.state(), stream_key, fixture.now()));
  };
  split();
  auto subscription = subscribe(fixture, "reader", "1");
  CHECK(subscription.next() == nothing);
  fixture.settle();
  const std::string gone =
      "Shard shardId-000000000001 in stream orders under account 000000000000 does not exist";
  CHECK(subscription.next() == gone);
  engine.fails = false;
  split();
  fixture.settle();
  CHECK(subscription.next() == gone);
  CHECK(subscribe(fixture, "reader", "1").next() == nothing);
}

TEST_CASE("An encrypted stream's subscription ends when its key cannot be used") {
  Fixture fixture;
  REQUIRE(start_encryption(fixture.state(), stream_key, "alias/a", fixture.now()));
  fixture.settle();
  auto subscription = subscribe(fixture);
  fixture.put("k", "1");
  fixture.settle();
  const int rings = subscription.rings();
  REQUIRE(set_key_state(fixture.state(), "alias/a", KeyState::disabled));
  fixture.settle();
  CHECK(subscription.rings() == rings + 1);
  auto news = begin_event(fixture.state(), *subscription.subscribed().subscription, fixture.now());
  CHECK(error_type(news) == ErrorType::KMSDisabledException);
}

TEST_CASE("Places that nobody needs are forgotten, and only those") {
  const auto now = from_epoch_ms(ManualClock::start_ms);
  const auto key = [](int consumer) { return Subscriptions::Key{1, std::to_string(consumer), 0}; };
  const auto made = [&](int consumer) {
    return std::make_shared<Subscription>(Subscription{.consumer = {stream_key, std::to_string(consumer), 0},
                                                       .stream_serial = 1,
                                                       .shard_serial = 1,
                                                       .shard = {0},
                                                       .shard_created_s = 0,
                                                       .expires = now,
                                                       .at = {},
                                                       .subscriber = std::make_shared<Bell>()});
  };
  Subscriptions all;
  const auto kept = made(-1);
  CHECK(all.open(key(-1), kept, now) == nullptr);
  std::size_t gone = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto then = now + std::chrono::seconds{i};
    const auto one = made(i);
    CHECK(all.count_call(key(i), then));
    all.open(key(i), one, then);
    all.close(*one, then);
    CHECK(all.occupied(key(i), then + std::chrono::milliseconds{4'999}));
    CHECK_FALSE(all.count_call(key(i), then));
    // One second later a call would be welcome to the rate but not to the place.
    gone += one.use_count() == 1 ? 1 : 0;
  }
  CHECK(gone == 10'000);
  CHECK_FALSE(all.empty());
  Wakes wakes;
  all.wake_all(wakes);
  CHECK(wakes == Wakes{kept->subscriber});
  all.close(*kept, now);
  CHECK(all.empty());
}

TEST_CASE("Beyond the most subscriptions there may be, a call is answered ServiceUnavailable") {
  Fixture fixture;
  Subscriptions& all = fixture.state().subscriptions;
  std::vector<std::shared_ptr<Subscription>> others;
  for (std::size_t i = 0; i < subscriptions_max; ++i) {
    const ConsumerKey consumer{stream_key, std::to_string(i), 0};
    others.push_back(std::make_shared<Subscription>(Subscription{.consumer = consumer,
                                                                 .stream_serial = 99,
                                                                 .shard_serial = 99,
                                                                 .shard = {0},
                                                                 .shard_created_s = 0,
                                                                 .expires = fixture.now(),
                                                                 .at = {},
                                                                 .subscriber = {}}));
    all.open({99, consumer.name, 0}, others.back(), fixture.now());
  }
  CHECK(error_type(try_to_subscribe(fixture, "reader")) == ErrorType::ServiceUnavailable);
  all.close(*others.back(), fixture.now());
  CHECK(error_text(try_to_subscribe(fixture, "reader")).empty());
}

}  // namespace kinesisd::tests
