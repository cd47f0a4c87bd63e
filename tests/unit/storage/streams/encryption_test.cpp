// Which key a stream is encrypted with, and what its key's state does to puts and reads.
#include "storage/streams/encryption.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;

constexpr const char* alias = "alias/orders";

std::string start(StorageFixture& fixture, const std::string& key) {
  const auto text = error_text(start_encryption(fixture.state(), stream_key, key, fixture.now()));
  fixture.settle();
  return text;
}

std::string stop(StorageFixture& fixture, const std::string& key) {
  const auto text = error_text(stop_encryption(fixture.state(), stream_key, key, fixture.now()));
  fixture.settle();
  return text;
}

void set(StorageFixture& fixture, std::string_view key, KeyState state) {
  REQUIRE(set_key_state(fixture.state(), key, state));
  fixture.settle();
}

std::optional<std::string> key_of(StorageFixture& fixture) {
  return describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().key_id;
}

Result<PutResult> put(StorageFixture& fixture) {
  auto result = put_record(fixture.state(), stream_key, new_record("k", "d"), std::nullopt, fixture.now());
  fixture.settle();
  return result;
}

struct FailingFixture : private FailingEngine, public StorageFixture {
  FailingFixture() : StorageFixture(static_cast<FailingEngine&>(*this)) {}
  FailingEngine& engine() { return *this; }
};

}  // namespace

TEST_CASE("Encryption starts, changes its key and stops; records keep what they were written with") {
  MemoryFixture fixture(settings_with(500));
  fixture.create(stream_key, provisioned(1));
  fixture.clock.advance_ms(500);
  CHECK_FALSE(put(fixture).value().encrypted);
  CHECK(start(fixture, alias).empty());
  CHECK(describe_stream_summary(fixture.state(), stream_key, fixture.now()).value().status ==
        StreamStatus::UPDATING);
  CHECK(key_of(fixture) == alias);
  CHECK(put(fixture).value().encrypted);
  CHECK(start(fixture, alias).find("not ACTIVE, instead in state UPDATING") != std::string::npos);
  fixture.clock.advance_ms(500);
  CHECK(start(fixture, "alias/other").empty());
  CHECK(key_of(fixture) == "alias/other");
  fixture.clock.advance_ms(500);
  CHECK(stop(fixture, alias) ==
        "Stream orders under account 000000000000 is not encrypted with the key alias/orders.");
  CHECK(stop(fixture, "arn:aws:kms:us-east-1:000000000000:alias/other").empty());
  CHECK_FALSE(key_of(fixture));
  CHECK_FALSE(put(fixture).value().encrypted);
  fixture.clock.advance_ms(500);
  // Stopping what has stopped is nothing to do.
  CHECK(stop_encryption(fixture.state(), stream_key, alias, fixture.now()).value() == no_ticket);

  std::vector<bool> encrypted;
  for (const auto& record : fixture.read(fixture.iterator()).records)
    encrypted.push_back(record->encrypted());
  CHECK(encrypted == std::vector<bool>{false, true, false});
}

TEST_CASE("A key in a bad state fails what needs it, in the words of a key management service") {
  struct Row {
    KeyState state;
    ErrorType type;
    std::string start, put, read;
  };
  const std::string denied = "User: arn:aws:iam::000000000000:root is not authorized to perform: kms:";
  const auto same = [](KeyState state, ErrorType type, const std::string& text) {
    return Row{state, type, text, text, text};
  };
  const auto row = GENERATE_COPY(values<Row>({
      same(KeyState::disabled, ErrorType::KMSDisabledException, "alias/orders is disabled."),
      same(KeyState::pending_deletion, ErrorType::KMSInvalidStateException,
           "alias/orders is pending deletion."),
      {KeyState::access_denied, ErrorType::KMSAccessDeniedException,
       denied + "DescribeKey on resource: alias/orders", denied + "GenerateDataKey on resource: alias/orders",
       denied + "Decrypt on resource: alias/orders"},
      same(KeyState::not_found, ErrorType::KMSNotFoundException, "Key 'alias/orders' does not exist"),
      same(KeyState::opt_in_required, ErrorType::KMSOptInRequired,
           "The AWS access key ID needs a subscription for the service to use the key alias/orders."),
      same(KeyState::throttling, ErrorType::KMSThrottlingException,
           "Rate exceeded for requests to KMS for the key alias/orders."),
  }));
  INFO(row.put);
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const auto from = fixture.iterator();
  auto& state = fixture.state();

  set(fixture, alias, row.state);
  // A stream that is not encrypted knows nothing of keys.
  CHECK(put(fixture));
  const auto started = start_encryption(state, stream_key, alias, fixture.now());
  CHECK(error_type(started) == row.type);
  CHECK(error_text(started) == row.start);
  CHECK_FALSE(key_of(fixture));

  set(fixture, alias, KeyState::enabled);
  CHECK(start(fixture, alias).empty());
  set(fixture, alias, row.state);
  CHECK(error_type(put(fixture)) == row.type);
  CHECK(error_text(put(fixture)) == row.put);
  CHECK(error_text(put_records(state, stream_key, {}, fixture.now())) == row.put);
  CHECK(error_text(begin_read(state, from, {}, fixture.now())) == row.read);
  // An iterator needs no key, and a stop does not either.
  CHECK(shard_iterator(state, stream_key, "0", {IteratorType::LATEST, {}, {}}, fixture.now()));
  set(fixture, alias, KeyState::enabled);
  CHECK(put(fixture));
  CHECK(fixture.read(from).records.size() == 2);
  set(fixture, alias, row.state);
  CHECK(stop(fixture, alias).empty());
  CHECK(put(fixture));
  CHECK(fixture.read(from).records.size() == 3);
}

TEST_CASE("A stream that is not there comes before its key, and the key before the ration") {
  auto settings = settings_with(0);
  settings.enforce_control_limits = true;
  MemoryFixture fixture(settings);
  set(fixture, alias, KeyState::disabled);
  CHECK(error_type(start_encryption(fixture.state(), stream_key, alias, fixture.now())) ==
        ErrorType::ResourceNotFoundException);
  fixture.create(stream_key, provisioned(1));
  for (int i = 0; i < 25; ++i) {
    CHECK(start(fixture, "key").empty());
    CHECK(stop(fixture, "key").empty());
  }
  CHECK(start(fixture, alias) == "alias/orders is disabled.");
  CHECK(start(fixture, "key") ==
        "Encryption of stream orders under account 000000000000 cannot be started more than 25 times in a "
        "24-hour period.");
  fixture.clock.advance_hours(24);
  CHECK(start(fixture, "key").empty());
  CHECK(stop(fixture, "key").empty());
}

TEST_CASE("A key is the same by id, alias or ARN") {
  MemoryFixture fixture;
  auto& state = fixture.state();
  set(fixture, "arn:aws:kms:us-east-1:000000000000:key/1234", KeyState::disabled);
  set(fixture, "alias/aws/kinesis", KeyState::throttling);
  CHECK(key_state(state, "1234") == KeyState::disabled);
  CHECK(key_state(state, "key/1234") == KeyState::disabled);
  CHECK(key_state(state, "arn:aws:kms:us-east-1:000000000000:alias/aws/kinesis") == KeyState::throttling);
  CHECK(key_state(state, "aws/kinesis") == KeyState::enabled);
  CHECK(key_states(state) == std::map<std::string, KeyState>{{"1234", KeyState::disabled},
                                                             {"alias/aws/kinesis", KeyState::throttling}});
  set(fixture, "1234", KeyState::enabled);
  CHECK(key_states(state).size() == 1);
}

TEST_CASE("States of keys are bounded in number, and known ones may always change") {
  MemoryFixture fixture;
  auto& state = fixture.state();
  for (std::size_t i = 0; i < key_states_max; ++i) {
    REQUIRE(set_key_state(state, std::to_string(i), KeyState::disabled));
    if (i % 1000 == 0) fixture.settle();
  }
  fixture.settle();
  CHECK_FALSE(set_key_state(state, "one more", KeyState::disabled));
  CHECK(set_key_state(state, "one more", KeyState::enabled));
  CHECK(set_key_state(state, "7", KeyState::not_found));
  CHECK(set_key_state(state, "7", KeyState::enabled));
  CHECK(set_key_state(state, "one more", KeyState::disabled));
}

TEST_CASE("Keys and their states come back after a restart, records say what they were written with") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  {
    Opening opening(path);
    StorageFixture& storage = *opening.storage;
    storage.create(stream_key, provisioned(1));
    storage.put("k", "plain");
    CHECK(start(storage, alias).empty());
    storage.put("k", "encrypted");
    storage.settle();
    set(storage, "alias/enabled", KeyState::disabled);
    set(storage, "alias/enabled", KeyState::enabled);
    set(storage, alias, KeyState::pending_deletion);
  }
  Opening opening(path);
  StorageFixture& storage = *opening.storage;
  CHECK(key_states(storage.state()) == std::map<std::string, KeyState>{{alias, KeyState::pending_deletion}});
  CHECK(key_of(storage) == alias);
  CHECK(error_type(put(storage)) == ErrorType::KMSInvalidStateException);
  const auto from = storage.iterator();
  set(storage, alias, KeyState::enabled);
  const auto page = storage.read(from, opening.opened.reader.get());
  REQUIRE(page.records.size() == 2);
  CHECK_FALSE(page.records[0]->encrypted());
  CHECK(page.records[1]->encrypted());
}

TEST_CASE("A key's state and a start of encryption that could not be written are undone") {
  FailingFixture fixture;
  fixture.create(stream_key, provisioned(1));
  set(fixture, "b", KeyState::disabled);
  fixture.engine().fails = true;
  CHECK(start(fixture, alias).empty());
  set(fixture, "a", KeyState::disabled);
  set(fixture, "b", KeyState::enabled);
  fixture.engine().fails = false;
  CHECK_FALSE(key_of(fixture));
  CHECK(key_states(fixture.state()) == std::map<std::string, KeyState>{{"b", KeyState::disabled}});
}

}  // namespace kinesisd::tests
