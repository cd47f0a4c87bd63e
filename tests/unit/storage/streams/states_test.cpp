// What works in which state, and how states end.
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
  auto& streams = fixture.streams();
  const auto now = fixture.now();
  Answers said;
  const auto description = streams.describe(stream_key, std::nullopt, std::nullopt, now);
  said.describe = description ? std::string{name(description.value().summary.status)} + " " +
                                    std::to_string(description.value().shards.size())
                              : error_text(description);
  const auto summary = streams.describe_summary(stream_key, now);
  said.summary = summary ? std::string{name(summary.value().status)} : error_text(summary);
  said.put = error_text(streams.put_record(stream_key, new_record("k", "d"), std::nullopt, now));
  said.put_many = error_text(streams.put_records(stream_key, {new_record("k", "d")}, now));
  said.iterator = error_text(streams.shard_iterator(stream_key, "0", {IteratorType::LATEST, {}, {}}, now));
  said.list_shards = error_text(streams.list_shards(world, {.stream = stream_key}, now));
  said.record_bytes = error_text(streams.record_bytes_max(stream_key, now));
  if (description && description.value().summary.status == StreamStatus::ACTIVE) return said;
  said.retention = error_text(streams.increase_retention(stream_key, 48, now));
  said.create = error_text(streams.create_stream(stream_key, provisioned(1), now));
  return said;
}

const std::string exists = "Stream orders under account 000000000000 already exists.";

}  // namespace

TEST_CASE("Each state allows what it allows on AWS") {
  MemoryFixture fixture(settings_with(10'000));
  auto& streams = fixture.streams();
  REQUIRE(streams.create_stream(stream_key, provisioned(2), fixture.now()));
  fixture.settle();

  fixture.clock.advance_ms(9'999);
  CHECK(answers(fixture) == Answers{"CREATING 0", "CREATING", not_found, not_found, no_shard,
                                    not_active("CREATING"), not_active("CREATING"), exists, not_found});

  fixture.clock.advance_ms(1);
  CHECK(answers(fixture) == Answers{"ACTIVE 2", "ACTIVE", "", "", "", "", "", "", ""});

  REQUIRE(streams.increase_retention(stream_key, 30, fixture.now()));
  CHECK(answers(fixture) ==
        Answers{"UPDATING 2", "UPDATING", "", "", "", "", not_active("UPDATING"), exists, ""});
  CHECK(error_text(streams.decrease_retention(stream_key, 24, fixture.now())) == not_active("UPDATING"));

  fixture.clock.advance_ms(10'000);
  CHECK(answers(fixture) == Answers{"ACTIVE 2", "ACTIVE", "", "", "", "", "", "", ""});

  REQUIRE(streams.delete_stream(stream_key, false, fixture.now()));
  fixture.clock.advance_ms(9'999);
  CHECK(answers(fixture) == Answers{"DELETING 0", "DELETING", not_found, not_found, no_shard,
                                    not_active("DELETING"), not_active("DELETING"), exists, not_found});
  CHECK(error_text(streams.delete_stream(stream_key, false, fixture.now())) == not_active("DELETING"));

  fixture.clock.advance_ms(1);
  const auto gone = streams.describe_summary(stream_key, fixture.now());
  CHECK(error_text(gone) == not_found);
  CHECK(error_type(gone) == protocol::ErrorType::ResourceNotFoundException);
  CHECK(error_text(streams.delete_stream(stream_key, false, fixture.now())) == not_found);
  CHECK(streams.create_stream(stream_key, provisioned(1), fixture.now()));
}

TEST_CASE("A stream that is CREATING or UPDATING can be deleted") {
  MemoryFixture fixture(settings_with(10'000));
  auto& streams = fixture.streams();
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  CHECK(streams.delete_stream(stream_key, false, fixture.now()));
  fixture.clock.advance_ms(10'000);
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(10'000);
  REQUIRE(streams.increase_retention(stream_key, 48, fixture.now()));
  CHECK(streams.delete_stream(stream_key, false, fixture.now()));
}

TEST_CASE("Transitions of no length are over at once") {
  MemoryFixture fixture(settings_with(0));
  auto& streams = fixture.streams();
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  CHECK(streams.put_record(stream_key, new_record("k", "d"), std::nullopt, fixture.now()));
  REQUIRE(streams.increase_retention(stream_key, 48, fixture.now()));
  REQUIRE(streams.decrease_retention(stream_key, 24, fixture.now()));
  REQUIRE(streams.delete_stream(stream_key, false, fixture.now()));
  CHECK(error_text(streams.describe_summary(stream_key, fixture.now())) == not_found);
  CHECK(streams.create_stream(stream_key, provisioned(1), fixture.now()));
}

TEST_CASE("With auto transitions a describing or listing call ends a state and shows the result") {
  enum class Observer { describe, summary, list };
  const auto observer = GENERATE(Observer::describe, Observer::summary, Observer::list);
  MemoryFixture fixture(settings_with(500, true));
  auto& streams = fixture.streams();
  const auto now = fixture.now();
  // The status as the observer reports it; nothing: the stream is not there.
  const auto observe = [&]() -> std::optional<StreamStatus> {
    if (observer == Observer::describe) {
      const auto found = streams.describe(stream_key, {}, {}, now);
      return found ? std::optional{found.value().summary.status} : std::nullopt;
    }
    if (observer == Observer::summary) {
      const auto found = streams.describe_summary(stream_key, now);
      return found ? std::optional{found.value().status} : std::nullopt;
    }
    const auto list = streams.list_streams(world, {}, now).value();
    return list.streams.empty() ? std::nullopt : std::optional{list.streams.front().status};
  };

  REQUIRE(streams.create_stream(stream_key, provisioned(1), now));
  CHECK(error_text(streams.list_shards(world, {.stream = stream_key}, now)) == not_active("CREATING"));
  CHECK(error_text(streams.put_record(stream_key, new_record("k", "d"), {}, now)) == not_found);
  CHECK(error_text(streams.shard_iterator(stream_key, "0", {IteratorType::LATEST, {}, {}}, now)) == no_shard);
  CHECK(observe() == StreamStatus::ACTIVE);
  CHECK(streams.put_record(stream_key, new_record("k", "d"), {}, now));

  REQUIRE(streams.increase_retention(stream_key, 48, now));
  CHECK(error_text(streams.increase_retention(stream_key, 49, now)) == not_active("UPDATING"));
  CHECK(observe() == StreamStatus::ACTIVE);
  CHECK(streams.increase_retention(stream_key, 49, now));

  REQUIRE(streams.delete_stream(stream_key, false, now));
  CHECK(error_text(streams.create_stream(stream_key, provisioned(1), now)) == exists);
  CHECK_FALSE(observe());
  CHECK(streams.create_stream(stream_key, provisioned(1), now));
}

TEST_CASE("A kind of change may last longer or shorter than the others") {
  auto settings = settings_with(500, true);
  settings.transitions.exception(Lasting::create) = TransitionTime{false, 2'000};
  settings.transitions.exception(Lasting::split) = TransitionTime{false, 0};
  settings.transitions.exception(Lasting::register_consumer) = TransitionTime{false, 3'000};
  MemoryFixture fixture(settings);
  auto& streams = fixture.streams();
  const auto status = [&] { return streams.describe_summary(stream_key, fixture.now()).value().status; };
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(1'999);
  CHECK(status() == StreamStatus::CREATING);  // looking does not end what has a time of its own
  fixture.clock.advance_ms(1);
  CHECK(status() == StreamStatus::ACTIVE);

  REQUIRE(streams.split_shard(stream_key, "0", "7", fixture.now()));
  REQUIRE(streams.merge_shards(stream_key, "1", "2", fixture.now()));
  CHECK(error_text(streams.increase_retention(stream_key, 48, fixture.now())) == not_active("UPDATING"));
  CHECK(status() == StreamStatus::ACTIVE);

  REQUIRE(streams.register_consumer(stream_key, "c", {}, fixture.now()));
  const ConsumerName consumer{stream_key, "c", {}};
  fixture.clock.advance_ms(2'999);
  CHECK(streams.describe_consumer(consumer, fixture.now()).value().status == ConsumerStatus::CREATING);
  fixture.clock.advance_ms(1);
  CHECK(streams.describe_consumer(consumer, fixture.now()).value().status == ConsumerStatus::ACTIVE);
  REQUIRE(streams.deregister_consumer(consumer, fixture.now()));
  CHECK_FALSE(streams.describe_consumer(consumer, fixture.now()));
}

TEST_CASE("With auto transitions a state nobody observes ends by itself") {
  MemoryFixture fixture(settings_with(500, true));
  auto& streams = fixture.streams();
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  fixture.clock.advance_ms(499);
  CHECK(error_text(streams.put_record(stream_key, new_record("k", "d"), {}, fixture.now())) == not_found);
  fixture.clock.advance_ms(1);
  CHECK(streams.put_record(stream_key, new_record("k", "d"), {}, fixture.now()));
}

TEST_CASE("The same name in another account or region is another stream") {
  MemoryFixture fixture;
  auto& streams = fixture.streams();
  const World elsewhere{"111111111111", "eu-west-1"};
  fixture.create({elsewhere, "orders"}, provisioned(1));
  CHECK(error_text(streams.describe_summary(stream_key, fixture.now())) == not_found);
  CHECK(streams.list_streams(world, {}, fixture.now()).value().streams.empty());
  CHECK(streams.worlds_with("orders", fixture.now()) == std::vector{elsewhere});
  CHECK(streams.worlds_with("order", fixture.now()).empty());
  REQUIRE(streams.delete_stream({elsewhere, "orders"}, false, fixture.now()));
  CHECK(streams.worlds_with("orders", fixture.now()).empty());
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
