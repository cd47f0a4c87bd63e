// The body of a SubscribeToShard answer on an I/O thread, with a clock and a journal that the test drives.
#include "server/api/subscription_body.hpp"

#include <atomic>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <sstream>

#include "protocol/errors.hpp"
#include "protocol/event_stream.hpp"
#include "server/net/io_threads.hpp"
#include "storage/consumers/consumers.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/records/puts.hpp"
#include "storage/shards/shards.hpp"
#include "storage/state/state.hpp"
#include "storage/streams/streams.hpp"
#include "tests/support/manual_clock.hpp"

namespace kinesisd::server {

namespace {

using namespace std::chrono_literals;
using protocol::ErrorType;

const storage::StreamKey stream_key{{"000000000000", "us-east-1"}, "orders"};
constexpr auto never = std::chrono::milliseconds{600'000};

// Knows how often it was asked, which it is each time the body looks for news.
class CountingClock final : public storage::Clock {
 public:
  storage::Timestamp now() override {
    ++asked;
    return manual.now();
  }
  tests::ManualClock manual;
  std::atomic<int> asked{0};
};

// `idle`, `end`, or the data of the records.
std::string text_of(storage::EventPage page) {
  std::string text;
  for (const auto& record : page.records) text += std::string(record->data()) + " ";
  return !page.continuation ? "end" : text.empty() ? "idle" : text;
}

std::string exception_of(ErrorType type, const std::string& message) {
  return protocol::event_stream::exception({type, message});
}

storage::StreamSettings settings_with(std::size_t memory_bytes) {
  storage::StreamSettings settings;
  settings.transitions = {.end_when_observed = false, .after_ms = 0};
  settings.memory_bytes_max = memory_bytes;
  return settings;
}

class Fixture {
 public:
  explicit Fixture(std::chrono::milliseconds idle, std::size_t memory_bytes = 1U << 20)
      : streams_(settings_with(memory_bytes), journal_, std::string(32, 'k')), idle_(idle) {
    journal_.attach(
        streams_, clock, [](storage::Settled) {}, [](const std::string&) {});
    io_.start();
    storage::NewStream request;
    request.shard_count = 1;
    change([&](storage::State& state) { return storage::create_stream(state, stream_key, request, now()); });
    change([&](storage::State& state) {
      return storage::register_consumer(state, stream_key, "reader", {}, now());
    });
  }
  ~Fixture() {
    for (auto& body : bodies_) close(body);
    io_.stop();
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  template <class F>
  auto on_thread(F fn) {
    auto run = [](F work) -> asio::awaitable<decltype(work())> { co_return work(); };
    return asio::co_spawn(io_.context(0), run(std::move(fn)), asio::use_future).get();
  }

  storage::Timestamp now() { return clock.manual.now(); }

  // Makes a change and commits it, on the test's thread.
  template <class Change>
  void change(Change made) {
    REQUIRE(streams_.with([&](storage::State& state) { return made(state).has_value(); }));
    commit();
  }
  void commit() {
    while (journal_.commit_batch()) {
    }
  }
  void put(const std::string& data) {
    change([&](storage::State& state) {
      return storage::put_record(state, stream_key, {storage::hash_of("k"), storage::make_record("k", data)},
                                 std::nullopt, now());
    });
  }

  SubscriptionBody& subscribe() {
    auto subscribed = streams_.with([&](storage::State& state) {
      return storage::subscribe(state, {stream_key, "reader", {}}, "0", {storage::IteratorType::TRIM_HORIZON},
                                now());
    });
    REQUIRE(subscribed);
    EventFeed feed{subscribed.value().subscription, subscribed.value().consumer, subscribed.value().expires,
                   &text_of};
    auto body = on_thread([&] {
      return std::make_unique<SubscriptionBody>(SubscriptionBody::Parts{.streams = streams_,
                                                                        .journal = journal_,
                                                                        .clock = clock,
                                                                        .log = log_,
                                                                        .read_records = read_records_,
                                                                        .idle_event = idle_},
                                                std::move(feed));
    });
    if (subscribed.value().taken_over != nullptr) subscribed.value().taken_over->wake();
    return *bodies_.emplace_back(std::move(body));
  }

  std::future<std::string> asking(SubscriptionBody& body) {
    return asio::co_spawn(io_.context(0), body.next(), asio::use_future);
  }
  std::string next(SubscriptionBody& body) { return answer(asking(body)); }
  static std::string answer(std::future<std::string> asked) {
    if (asked.wait_for(60s) != std::future_status::ready) return "nothing within a minute";
    return asked.get();
  }
  // Returns once the body has looked for news; it then waits, or will when its thread gets to it.
  std::future<std::string> waiting(SubscriptionBody& body) {
    const int before = clock.asked;
    auto asked = asking(body);
    while (clock.asked == before) std::this_thread::yield();
    on_thread([] { return 0; });
    return asked;
  }

  void stop(SubscriptionBody& body) {
    on_thread([&] {
      body.stop();
      return 0;
    });
  }
  void close_all() {
    for (auto& body : bodies_) close(body);
  }
  bool has_subscriptions() {
    return streams_.with([](storage::State& state) { return !state.subscriptions.empty(); });
  }
  void read_with(std::function<std::vector<storage::RecordPtr>(const storage::DiskRange&)> read) {
    read_records_ = std::move(read);
  }
  // Ends the thread that writes it.
  std::string log_text() {
    close_all();
    io_.stop();
    return log_text_.str();
  }

  CountingClock clock;

 private:
  void close(std::unique_ptr<SubscriptionBody>& body) {
    if (body == nullptr) return;
    on_thread([&] {
      body.reset();
      return 0;
    });
  }

  storage::MemoryEngine engine_;
  storage::GroupCommit journal_{engine_};
  GuardedState streams_;
  std::ostringstream log_text_;
  Log log_{LogLevel::info, LogFormat::text, log_text_};
  std::function<std::vector<storage::RecordPtr>(const storage::DiskRange&)> read_records_;
  std::chrono::milliseconds idle_;
  IoThreads io_{1};
  std::vector<std::unique_ptr<SubscriptionBody>> bodies_;
};

const std::string another =
    "Another active subscription exists for this consumer: 000000000000:orders:shardId-000000000000:reader";

}  // namespace

TEST_CASE("A subscription's body begins with the initial response, and is idle until five minutes are over") {
  Fixture fixture(2ms);
  SubscriptionBody& body = fixture.subscribe();
  CHECK(fixture.next(body) == protocol::event_stream::initial_response());
  for (int i = 0; i < 3; ++i) CHECK(fixture.next(body) == "idle");
  fixture.clock.manual.advance_ms(299'999);
  CHECK(fixture.next(body) == "idle");
  fixture.clock.manual.advance_ms(1);
  CHECK(fixture.next(body).empty());
  CHECK(fixture.next(body).empty());
  CHECK(fixture.log_text().empty());
}

TEST_CASE("A subscription's body ends at its time although nobody wakes it") {
  Fixture fixture(never);
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  fixture.clock.manual.advance_ms(299'990);
  auto last = fixture.waiting(body);
  fixture.clock.manual.advance_ms(10);
  CHECK(Fixture::answer(std::move(last)).empty());
}

TEST_CASE("A commit on another thread wakes a subscription's body, which looks for news at no other time") {
  Fixture fixture(never);
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  constexpr int rounds = 50;
  const int before = fixture.clock.asked;
  for (int i = 0; i < rounds; ++i) {
    auto event = i % 2 == 0 ? fixture.waiting(body) : fixture.asking(body);
    fixture.put(std::to_string(i));
    CHECK(Fixture::answer(std::move(event)) == std::to_string(i) + " ");
  }
  // It looks when it is asked, when it is woken, and takes the time of what it gives.
  CHECK(fixture.clock.asked - before <= 4 * rounds);
}

TEST_CASE("A subscription's body that is stopped ends, whether it waits or not") {
  Fixture fixture(never);
  SubscriptionBody& body = fixture.subscribe();
  const int before = GENERATE(0, 1, 2);
  if (before > 0) CHECK_FALSE(fixture.next(body).empty());
  if (before > 1) {
    auto waits = fixture.waiting(body);
    fixture.stop(body);
    CHECK(Fixture::answer(std::move(waits)).empty());
  }
  fixture.stop(body);
  fixture.put("1");
  CHECK(fixture.next(body).empty());
  CHECK(fixture.next(body).empty());
}

TEST_CASE("A subscription's body that is taken over says so at once and ends; the new one reads") {
  Fixture fixture(never);
  SubscriptionBody& first = fixture.subscribe();
  fixture.next(first);
  auto waits = fixture.waiting(first);
  fixture.clock.manual.advance_ms(5'000);
  SubscriptionBody& second = fixture.subscribe();
  CHECK(Fixture::answer(std::move(waits)) == exception_of(ErrorType::ResourceInUseException, another));
  CHECK(fixture.next(first).empty());
  fixture.next(second);
  fixture.put("1");
  CHECK(fixture.next(second) == "1 ");
  CHECK_THAT(fixture.log_text(), Catch::Contains("SubscribeToShard orders: the subscription of reader ends"));
}

TEST_CASE("A subscription's body ends behind the end of its shard") {
  Fixture fixture(never);
  fixture.put("1");
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  CHECK(fixture.next(body) == "1 ");
  auto last = fixture.waiting(body);
  fixture.change([&](storage::State& state) {
    return storage::split_shard(state, stream_key, "0", "1000", fixture.now());
  });
  fixture.change([&](storage::State& state) {
    return storage::describe_stream_summary(state, stream_key, fixture.now());
  });
  // The body was the one to end the shard, or the description was; either leaves a change to commit.
  while (last.wait_for(0s) != std::future_status::ready) fixture.commit();
  CHECK(Fixture::answer(std::move(last)) == "end");
  CHECK(fixture.next(body).empty());
}

TEST_CASE("When the disk fails under a subscription its body says so, logs it and ends") {
  Fixture fixture(never, 1);
  for (int i = 0; i < 10; ++i) fixture.put(std::to_string(i));
  fixture.read_with([](const storage::DiskRange&) -> std::vector<storage::RecordPtr> {
    throw std::runtime_error("unreadable");
  });
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  CHECK(fixture.next(body) == protocol::event_stream::exception(protocol::errors::internal_failure()));
  CHECK(fixture.next(body).empty());
  CHECK_THAT(fixture.log_text(), Catch::Contains("A subscription to orders failed: unreadable"));
}

TEST_CASE("A subscription's body goes on behind what is no longer on the disk") {
  Fixture fixture(2ms, 1);
  for (int i = 0; i < 10; ++i) fixture.put(std::to_string(i));
  std::atomic<int> reads = 0;
  fixture.read_with([&](const storage::DiskRange&) {
    ++reads;
    return std::vector<storage::RecordPtr>{};
  });
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  for (int i = 0; i < 3; ++i) CHECK(fixture.next(body) == "idle");
  CHECK(reads == 1);
}

TEST_CASE("A subscription's place is free when its body is gone, also for those who still have its bell") {
  Fixture fixture(never);
  SubscriptionBody& body = fixture.subscribe();
  fixture.next(body);
  CHECK(fixture.has_subscriptions());
  fixture.close_all();
  CHECK_FALSE(fixture.has_subscriptions());
  fixture.put("1");
  const auto bell = fixture.on_thread([] { return Alarm().bell(); });
  bell->wake();
  fixture.on_thread([] { return 0; });
  CHECK(bell.use_count() == 1);
}

}  // namespace kinesisd::server
