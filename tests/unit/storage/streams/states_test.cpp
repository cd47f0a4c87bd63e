// What works in which state, and how states end.
#include "storage/consumers/consumers.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

const std::string not_found = "Stream orders under account 000000000000 not found.";
const std::string no_shard =
    "Shard shardId-000000000000 in stream orders under account 000000000000 does not exist";

std::string not_active(const std::string& state) {
  return "Stream orders under account 000000000000 not ACTIVE, instead in state " + state;
}

// What every operation says about `orders` now.
struct Answers {
  std::string describe, summary, put, put_many, iterator, list_shards, retention, create, record_bytes;
  friend bool operator==(const Answers&, const Answers&) = default;
};

std::ostream& operator<<(std::ostream& out, const Answers& a) {
  return out << a.describe << '|' << a.summary << '|' << a.put << '|' << a.put_many << '|' << a.iterator
             << '|' << a.list_shards << '|' << a.retention << '|' << a.create << '|' << a.record_bytes;
}

Answers answers(MemoryFixture& fixture) {
  auto& state = fixture.state();
  const auto now = fixture.now();
  Answers said;
  const auto description = describe_stream(state, stream_key, std::nullopt, std::nullopt, now);
  said.describe = description ? std::string{name(description.value().summary.status)} + " " +
                                    std::to_string(description.value().shards.size())
                              : error_text(description);
  const auto summary = describe_stream_summary(state, stream_key, now);
  said.summary = summary ? std::string{name(summary.value().status)} : error_text(summary);
  said.put = error_text(put_record(state, stream_key, new_record("k", "d"), std::nullopt, now));
  said.put_many = error_text(put_records(state, stream_key, {new_record("k", "d")}, now));
  said.iterator = error_text(shard_iterator(state, stream_key, "0", {IteratorType::LATEST, {}, {}}, now));
  said.list_shards = error_text(list_shards(state, world, {.stream = stream_key}, now));
  said.record_bytes = error_text(record_bytes_max(state, stream_key, now));
  if (description && description.value().summary.status == StreamStatus::ACTIVE) return said;
  said.retention = error_text(increase_retention(state, stream_key, 48, now));
  said.create = error_text(create_stream(state, stream_key, provisioned(1), now));
  return said;
}

const std::string exists = "Stream orders under account 000000000000 already exists.";

}  // namespace

TEST_CASE("Each state allows what it allows on AWS") {
  MemoryFixture fixture(settings_with(10'000));
  auto& state = fixture.state();
  REQUIRE(create_stream(state, stream_key, provisioned(2), fixture.now()));
  fixture.settle();

  fixture.clock.advance_ms(9'999);
  CHECK(answers(fixture) == Answers{"CREATING 0", "CREATING", not_found, not_found, no_shard,
                                    not_active("CREATING"), not_active("CREATING"), exists, not_found});

  fixture.clock.advance_ms(1);
  CHECK(answers(fixture) == Answers{"ACTIVE 2", "ACTIVE", "", "", "", "", "", "", ""});

  REQUIRE(increase_retention(state, stream_key, 30, fixture.now()));
  CHECK(answers(fixture) ==
        Answers{"UPDATING 2", "UPDATING", "", "", "", "", not_active("UPDATING"), exists, ""});
  CHECK(error_text(decrease_retention(state, stream_key, 24, fixture.now())) == not_active("UPDATING"));

  fixture.clock.advance_ms(10'000);
  CHECK(answers(fixture) == Answers{"ACTIVE 2", "ACTIVE", "", "", "", "", "", "", ""});

  REQUIRE(delete_stream(state, stream_key, false, fixture.now()));
  fixture.clock.advance_ms(9'999);
  CHECK(answers(fixture) == Answers{"DELETING 0", "DELETING", not_found, not_found, no_shard,
                                    not_active("DELETING"), not_active("DELETING"), exists, not_found});
  CHECK(error_text(delete_stream(state, stream_key, false, fixture.now())) == not_active("DELETING"));

  fixture.clock.advance_ms(1);
  const auto gone = describe_stream_summary(state, stream_key, fixture.now());
  CHECK(error_text(gone) == not_found);
  CHECK(error_type(gone) == protocol::ErrorType::ResourceNotFoundException);
  CHECK(error_text(delete_stream(state, stream_key, false, fixture.now())) == not_found);
  CHECK(create_stream(state, stream_key, provisioned(1), fixture.now()));
}

TEST_CASE("A stream that is CREATING or UPDATING can be deleted") {
  MemoryFixture fixture(settings_with(10'000));
  auto& state = fixture.state();
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  CHECK(delete_stream(state, stream_key, false, fixture.now()));
  fixture.clock.advance_ms(10'000);
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(10'000);
  REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
  CHECK(delete_stream(state, stream_key, false, fixture.now()));
}

TEST_CASE("Transitions of no length are over at once") {
  MemoryFixture fixture(settings_with(0));
  auto& state = fixture.state();
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  CHECK(put_record(state, stream_key, new_record("k", "d"), std::nullopt, fixture.now()));
  REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
  REQUIRE(decrease_retention(state, stream_key, 24, fixture.now()));
  REQUIRE(delete_stream(state, stream_key, false, fixture.now()));
  CHECK(error_text(describe_stream_summary(state, stream_key, fixture.now())) == not_found);
  CHECK(create_stream(state, stream_key, provisioned(1), fixture.now()));
}

TEST_CASE("With auto transitions a describing or listing call ends a state and shows the result") {
  enum class Observer { describe, summary, list };
  const auto observer = GENERATE(Observer::describe, Observer::summary, Observer::list);
  MemoryFixture fixture(settings_with(500, true));
  auto& state = fixture.state();
  const auto now = fixture.now();
  // The status as the observer reports it; nothing: the stream is not there.
  const auto observe = [&]() -> std::optional<StreamStatus> {
    if (observer == Observer::describe) {
      const auto found = describe_stream(state, stream_key, {}, {}, now);
      return found ? std::optional{found.value().summary.status} : std::nullopt;
    }
    if (observer == Observer::summary) {
      const auto found = describe_stream_summary(state, stream_key, now);
      return found ? std::optional{found.value().status} : std::nullopt;
    }
    const auto list = list_streams(state, world, {}, now).value();
    return list.streams.empty() ? std::nullopt : std::optional{list.streams.front().status};
  };

  REQUIRE(create_stream(state, stream_key, provisioned(1), now));
  CHECK(error_text(list_shards(state, world, {.stream = stream_key}, now)) == not_active("CREATING"));
  CHECK(error_text(put_record(state, stream_key, new_record("k", "d"), {}, now)) == not_found);
  CHECK(error_text(shard_iterator(state, stream_key, "0", {IteratorType::LATEST, {}, {}}, now)) == no_shard);
  CHECK(observe() == StreamStatus::ACTIVE);
  CHECK(put_record(state, stream_key, new_record("k", "d"), {}, now));

  REQUIRE(increase_retention(state, stream_key, 48, now));
  CHECK(error_text(increase_retention(state, stream_key, 49, now)) == not_active("UPDATING"));
  CHECK(observe() == StreamStatus::ACTIVE);
  CHECK(increase_retention(state, stream_key, 49, now));

  REQUIRE(delete_stream(state, stream_key, false, now));
  CHECK(error_text(create_stream(state, stream_key, provisioned(1), now)) == exists);
  CHECK_FALSE(observe());
  CHECK(create_stream(state, stream_key, provisioned(1), now));
}

TEST_CASE("A kind of change may last longer or shorter than the others") {
  auto settings = settings_with(500, true);
  settings.transitions.exception(Lasting::create) = TransitionTime{false, 2'000};
  settings.transitions.exception(Lasting::split) = TransitionTime{false, 0};
  settings.transitions.exception(Lasting::register_consumer) = TransitionTime{false, 3'000};
  MemoryFixture fixture(settings);
  auto& state = fixture.state();
  const auto status = [&] {
    return describe_stream_summary(state, stream_key, fixture.now()).value().status;
  };
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(1'999);
  CHECK(status() == StreamStatus::CREATING);  // looking does not end what has a time of its own
  fixture.clock.advance_ms(1);
  CHECK(status() == StreamStatus::ACTIVE);

  REQUIRE(split_shard(state, stream_key, "0", "7", fixture.now()));
  REQUIRE(merge_shards(state, stream_key, "1", "2", fixture.now()));
  CHECK(error_text(increase_retention(state, stream_key, 48, fixture.now())) == not_active("UPDATING"));
  CHECK(status() == StreamStatus::ACTIVE);

  REQUIRE(register_consumer(state, stream_key, "c", {}, fixture.now()));
  const ConsumerName consumer{stream_key, "c", {}};
  fixture.clock.advance_ms(2'999);
  CHECK(describe_consumer(state, consumer, fixture.now()).value().status == ConsumerStatus::CREATING);
  fixture.clock.advance_ms(1);
  CHECK(describe_consumer(state, consumer, fixture.now()).value().status == ConsumerStatus::ACTIVE);
  REQUIRE(deregister_consumer(state, consumer, fixture.now()));
  CHECK_FALSE(describe_consumer(state, consumer, fixture.now()));
}

TEST_CASE("With auto transitions a state nobody observes ends by itself") {
  MemoryFixture fixture(settings_with(500, true));
  auto& state = fixture.state();
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(499);
  CHECK(error_text(put_record(state, stream_key, new_record("k", "d"), {}, fixture.now())) == not_found);
  fixture.clock.advance_ms(1);
  CHECK(put_record(state, stream_key, new_record("k", "d"), {}, fixture.now()));
}

TEST_CASE("The same name in another account or region is another stream") {
  MemoryFixture fixture;
  auto& state = fixture.state();
  const World elsewhere{"111111111111", "eu-west-1"};
  fixture.create({elsewhere, "orders"}, provisioned(1));
  CHECK(error_text(describe_stream_summary(state, stream_key, fixture.now())) == not_found);
  CHECK(list_streams(state, world, {}, fixture.now()).value().streams.empty());
  CHECK(worlds_with(state, "orders", fixture.now()) == std::vector{elsewhere});
  CHECK(worlds_with(state, "order", fixture.now()).empty());
  REQUIRE(delete_stream(state, {elsewhere, "orders"}, false, fixture.now()));
  CHECK(worlds_with(state, "orders", fixture.now()).empty());
}

TEST_CASE("The partition of an ARN follows the region") {
  struct Row {
    std::string region, arn;
  };
  const auto row = GENERATE(values<Row>({
      {"us-east-1", "arn:aws:kinesis:us-east-1:000000000000:stream/orders"},
      {"cn-north-1", "arn:aws-cn:kinesis:cn-north-1:000000000000:stream/orders"},
      {"us-gov-west-1", "arn:aws-us-gov:kinesis:us-gov-west-1:000000000000:stream/orders"},
      {"us-iso-east-1", "arn:aws-iso:kinesis:us-iso-east-1:000000000000:stream/orders"},
      {"us-isob-east-1", "arn:aws-iso-b:kinesis:us-isob-east-1:000000000000:stream/orders"},
  }));
  CHECK(arn(StreamKey{{"000000000000", row.region}, "orders"}) == row.arn);
}

}  // namespace kinesisd::tests
