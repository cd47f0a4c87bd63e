// Registered consumers: their states, names, quotas and pages, and how they outlive restarts and failed
// commits.
#include "storage/consumers/consumers.hpp"
#include "protocol/errors.hpp"
#include "storage/streams/accounts.hpp"
#include "storage/streams/policies.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "storage/streams/tags.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;
using Names = std::vector<std::string>;

const ConsumerName reader{stream_key, "reader", {}};
const std::string not_found = "Consumer reader, account 000000000000 not found.";
const std::string exists = "Consumer reader under stream orders already exists for account 000000000000.";

// CREATING, ACTIVE or DELETING as a Describe says it, or the error.
std::string described(StorageFixture& fixture, const ConsumerName& consumer = reader) {
  const auto summary = describe_consumer(fixture.state(), consumer, fixture.now());
  return summary ? boost::describe::enum_to_string(summary.value().status, "") : error_text(summary);
}

Result<Registered> register_one(StorageFixture& fixture, const std::string& name = "reader") {
  return register_consumer(fixture.state(), stream_key, name, {}, fixture.now());
}

std::int64_t registered_s(StorageFixture& fixture, const std::string& name = "reader") {
  const auto registered = register_one(fixture, name);
  REQUIRE(error_text(registered).empty());
  CHECK(registered.value().consumer.status == ConsumerStatus::CREATING);
  return registered.value().consumer.key.created_s;
}

void deregister(StorageFixture& fixture, const ConsumerName& consumer = reader) {
  REQUIRE(error_text(deregister_consumer(fixture.state(), consumer, fixture.now())).empty());
}

ConsumerList page(StorageFixture& fixture, const ListConsumersQuery& query = {}) {
  auto list = list_consumers(fixture.state(), stream_key, query, fixture.now());
  REQUIRE(error_text(list).empty());
  return std::move(list).value();
}

Names names(const ConsumerList& list) {
  Names found;
  for (const auto& consumer : list.consumers) found.push_back(consumer.key.name);
  return found;
}

// A stream that is ACTIVE at once, and transitions of that length from then on.
template <class Fixture>
void begin(Fixture& fixture, std::int64_t wait_ms) {
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(wait_ms);
}

}  // namespace

TEST_CASE("A consumer is CREATING, ACTIVE, DELETING and gone, each for as long as was set") {
  MemoryFixture fixture(settings_with(10'000));
  begin(fixture, 10'000);
  const auto created_s = registered_s(fixture);
  CHECK(created_s == epoch_s(fixture.now()));
  fixture.clock.advance_ms(9'999);
  CHECK(described(fixture) == "CREATING");
  CHECK(error_text(register_one(fixture)) == exists);
  fixture.clock.advance_ms(1);
  CHECK(described(fixture) == "ACTIVE");
  CHECK(error_text(register_one(fixture)) == exists);
  deregister(fixture);
  fixture.clock.advance_ms(9'999);
  CHECK(described(fixture) == "DELETING");
  CHECK(error_text(register_one(fixture)) == exists);
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().consumers == 1);
  // Asked for again, the deletion takes no longer.
  deregister(fixture);
  fixture.clock.advance_ms(1);
  CHECK(described(fixture) == not_found);
  CHECK(page(fixture).consumers.empty());
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().consumers == 0);
}

TEST_CASE("Without transitions a consumer is ACTIVE and gone at once") {
  MemoryFixture fixture(settings_with(0));
  begin(fixture, 0);
  registered_s(fixture);
  CHECK(described(fixture) == "ACTIVE");
  deregister(fixture);
  CHECK(described(fixture) == not_found);
}

TEST_CASE("A transition that ends when observed ends for Describe and List, and for nobody before") {
  MemoryFixture fixture(settings_with(500, true));
  fixture.create(stream_key, provisioned(1));
  REQUIRE(describe_stream_summary(fixture.state(), stream_key, fixture.now()));
  registered_s(fixture);
  const auto put = [&] { return put_policy(fixture.state(), reader, "{}", fixture.now()); };
  CHECK(error_type(put()) == ErrorType::ResourceInUseException);

  SECTION("Describe") {
    CHECK(described(fixture) == "ACTIVE");
    CHECK(error_text(put()).empty());
    deregister(fixture);
    CHECK(error_text(register_one(fixture)) == exists);
    CHECK(described(fixture) == not_found);
  }
  SECTION("List") {
    CHECK(page(fixture).consumers.front().status == ConsumerStatus::ACTIVE);
    CHECK(error_text(put()).empty());
    deregister(fixture);
    CHECK(error_text(register_one(fixture)) == exists);
    CHECK(page(fixture).consumers.empty());
  }
  SECTION("time") {
    fixture.clock.advance_ms(500);
    CHECK(error_text(put()).empty());
    deregister(fixture);
    fixture.clock.advance_ms(500);
  }
  CHECK(error_text(register_one(fixture)).empty());
}

TEST_CASE("A consumer registered anew is another one, also within the second") {
  MemoryFixture fixture(settings_with(0));
  begin(fixture, 0);
  const auto first = registered_s(fixture);
  deregister(fixture);
  const auto second = registered_s(fixture);
  deregister(fixture);
  const auto third = registered_s(fixture);
  CHECK((first < second && second < third));
  const ConsumerName old{stream_key, "reader", first};
  CHECK(described(fixture, old) ==
        "Consumer arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/"
        "reader:1700000000, account 000000000000 not found.");
  CHECK(error_type(deregister_consumer(fixture.state(), old, fixture.now())) ==
        ErrorType::ResourceNotFoundException);
  CHECK(described(fixture, {stream_key, "reader", third}) == "ACTIVE");
}

TEST_CASE("Consumers are registered with streams that have shards, and looked for in all") {
  MemoryFixture fixture(settings_with(10'000));
  CHECK(error_text(register_one(fixture)) == "Stream orders under account 000000000000 not found.");
  CHECK(described(fixture) == not_found);
  REQUIRE(create_stream(fixture.state(), stream_key, provisioned(1), fixture.now()));
  CHECK(error_text(register_one(fixture)) ==
        "Stream orders under account 000000000000 not ACTIVE, instead in state CREATING");
  CHECK(page(fixture).consumers.empty());
  fixture.clock.advance_ms(10'000);
  REQUIRE(increase_retention(fixture.state(), stream_key, 48, fixture.now()));
  CHECK(error_text(register_one(fixture)).empty());
  CHECK(error_text(delete_stream(fixture.state(), stream_key, false, fixture.now())) ==
        protocol::errors::stream_has_consumers("orders", "000000000000").message);
  REQUIRE(delete_stream(fixture.state(), stream_key, true, fixture.now()));
  CHECK(described(fixture) == not_found);
  CHECK(error_text(register_one(fixture)) ==
        "Stream orders under account 000000000000 not ACTIVE, instead in state DELETING");
}

TEST_CASE("A stream has 20 consumers, and 50 where throughput is paid for") {
  MemoryFixture fixture(settings_with(10'000));
  begin(fixture, 10'000);
  const bool committed = GENERATE(false, true);
  const int limit = committed ? 50 : 20;
  if (committed) REQUIRE(change_commitment(fixture.state(), world, true, fixture.now()));
  for (int i = 0; i < limit; ++i) registered_s(fixture, "reader-" + std::to_string(i));
  const std::string refusal =
      "This request would exceed the limit on the number of consumers of stream orders under account "
      "000000000000. Limit: " +
      std::to_string(limit) + ".";
  CHECK(error_text(register_one(fixture)) == refusal);
  // One that is being deleted counts until it is gone.
  deregister(fixture, {stream_key, "reader-0", {}});
  CHECK(error_text(register_one(fixture)) == refusal);
  fixture.clock.advance_ms(10'000);
  CHECK(error_text(register_one(fixture)).empty());
}

TEST_CASE("Where control limits are kept, five consumers of a stream are CREATING at a time") {
  auto settings = settings_with(10'000);
  settings.enforce_control_limits = GENERATE(false, true);
  MemoryFixture fixture(settings);
  begin(fixture, 10'000);
  for (int i = 0; i < 5; ++i) registered_s(fixture, "reader-" + std::to_string(i));
  CHECK(
      error_text(register_one(fixture)) ==
      (settings.enforce_control_limits
           ? "This request would exceed the limit on the number of consumers of stream orders under account "
             "000000000000 that can simultaneously be in CREATING. Limit: 5."
           : ""));
  fixture.clock.advance_ms(10'000);
  CHECK(error_text(register_one(fixture, "another")).empty());
}

TEST_CASE("Consumers are listed by name, page by page, whatever comes and goes in between") {
  MemoryFixture fixture(settings_with(0));
  begin(fixture, 0);
  for (const char* name : {"d", "b", "a", "c", "e"}) registered_s(fixture, name);
  CHECK(names(page(fixture)) == Names{"a", "b", "c", "d", "e"});
  CHECK_FALSE(page(fixture, {.max_results = 5}).next_token);

  const auto first = page(fixture, {.max_results = 2});
  CHECK(names(first) == Names{"a", "b"});
  REQUIRE(first.next_token);
  deregister(fixture, {stream_key, "b", {}});
  deregister(fixture, {stream_key, "c", {}});
  registered_s(fixture, "aa");
  const auto second = page(fixture, {.next_token = first.next_token, .max_results = 2});
  CHECK(names(second) == Names{"d", "e"});
  CHECK_FALSE(second.next_token);
  CHECK(names(page(fixture, {.stream_created = from_epoch_ms(ManualClock::start_ms)})) ==
        Names{"a", "aa", "d", "e"});
}

TEST_CASE("A token is good for 300 seconds and for its own stream") {
  MemoryFixture fixture(settings_with(0));
  begin(fixture, 0);
  fixture.create({world, "other"}, provisioned(1));
  for (const char* name : {"a", "b"}) registered_s(fixture, name);
  const ListConsumersQuery rest{.next_token = page(fixture, {.max_results = 1}).next_token};
  const auto list = [&](const StreamKey& key, const ListConsumersQuery& query) {
    return list_consumers(fixture.state(), key, query, fixture.now());
  };
  CHECK(error_text(list({world, "other"}, rest)) == "Invalid NextToken.");
  CHECK(error_text(list(stream_key, {.next_token = "made up"})) == "Invalid NextToken.");
  CHECK(error_text(list(stream_key, {.stream_created = from_epoch_ms(1'000)})) ==
        "Stream orders under account 000000000000 not found.");
  fixture.clock.advance_ms(300'000);
  CHECK(names(page(fixture, rest)) == Names{"b"});
  fixture.clock.advance_ms(1);
  CHECK(error_type(list(stream_key, rest)) == ErrorType::ExpiredNextTokenException);
}

TEST_CASE("A list shows at most 100 consumers at a time") {
  MemoryFixture fixture(settings_with(0));
  begin(fixture, 0);
  auto& stream = *fixture.state().streams.at(stream_key);
  for (int i = 0; i < 150; ++i) stream.row.consumers.emplace_back().name = std::to_string(1000 + i);
  for (const auto asked : {std::optional<std::int32_t>{}, std::optional{10'000}}) {
    const auto first = page(fixture, {.max_results = asked});
    CHECK(first.consumers.size() == 100);
    CHECK(page(fixture, {.next_token = first.next_token}).consumers.size() == 50);
  }
}

TEST_CASE("A restart brings back consumers in their states, with tags and policies") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const Tags tags{{"team", "Gr\xc3\xbc"}, {"empty", ""}};
  std::int64_t gone_s = 0;
  {
    Opening opening(path, settings_with(10'000));
    StorageFixture& storage = *opening.storage;
    begin(storage, 10'000);
    gone_s = registered_s(storage, "gone");
    REQUIRE(register_consumer(storage.state(), stream_key, "kept", tags, storage.now()));
    deregister(storage, {stream_key, "gone", {}});
    storage.clock.advance_ms(10'000);
    REQUIRE(put_policy(storage.state(), ConsumerName{stream_key, "kept", {}}, "{\"a\":1}", storage.now()));
    registered_s(storage, "creating");
    storage.settle();
  }
  Opening opening(path, settings_with(10'000));
  StorageFixture& storage = *opening.storage;
  storage.clock.advance_ms(20'000);
  CHECK(names(page(storage)) == Names{"creating", "kept"});
  const ConsumerName kept{stream_key, "kept", {}};
  CHECK(described(storage, kept) == "ACTIVE");
  CHECK(described(storage, {stream_key, "creating", {}}) == "CREATING");
  CHECK(tags_of(storage.state(), kept, storage.now()).value() == tags);
  CHECK(policy_of(storage.state(), kept, storage.now()).value() == "{\"a\":1}");
  CHECK(registered_s(storage, "gone") > gone_s);
}

TEST_CASE("What of a consumer could not be written is undone") {
  FailingEngine engine;
  StorageFixture fixture(engine, settings_with(0));
  begin(fixture, 0);
  const auto kept = registered_s(fixture, "kept");
  fixture.settle();
  engine.fails = true;
  registered_s(fixture);
  deregister(fixture, {stream_key, "kept", {}});
  registered_s(fixture, "kept");
  fixture.settle();
  CHECK(described(fixture) == not_found);
  CHECK(described(fixture, {stream_key, "kept", kept}) == "ACTIVE");
  CHECK(names(page(fixture)) == Names{"kept"});
  engine.fails = false;
  registered_s(fixture);
  fixture.settle();
  CHECK(names(page(fixture)) == Names{"kept", "reader"});
}

}  // namespace kinesisd::tests
