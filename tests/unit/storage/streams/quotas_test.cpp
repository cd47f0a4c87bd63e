// How many streams may change at a time, and what an account may have at most.
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

namespace {

// Two spaces, as recorded.
constexpr const char* too_many =
    "This request would have exceed the limit on the number  of streams that can simultaneously be in "
    "CREATING or DELETING for the account 000000000000. Limit: 5.";

StreamSettings changing(bool enforced) {
  auto settings = settings_with(1000);
  settings.enforce_control_limits = enforced;
  return settings;
}

StreamKey numbered(int i, const World& of = world) {
  return {of, "s" + std::to_string(i)};
}

std::string create_error(MemoryFixture& fixture, const StreamKey& key) {
  return error_text(create_stream(fixture.state(), key, provisioned(1), fixture.now()));
}

std::string delete_error(MemoryFixture& fixture, const StreamKey& key) {
  return error_text(delete_stream(fixture.state(), key, false, fixture.now()));
}

}  // namespace

TEST_CASE("Five streams of an account may be CREATING or DELETING, to the millisecond") {
  MemoryFixture fixture(changing(true));
  for (int i = 0; i < 5; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  const auto sixth = create_stream(fixture.state(), numbered(5), provisioned(1), fixture.now());
  CHECK(error_type(sixth) == protocol::ErrorType::LimitExceededException);
  CHECK(error_text(sixth) == too_many);
  CHECK(error_type(describe_stream_summary(fixture.state(), numbered(5), fixture.now())) ==
        protocol::ErrorType::ResourceNotFoundException);
  fixture.clock.advance_ms(999);
  CHECK(create_error(fixture, numbered(5)) == too_many);
  fixture.clock.advance_ms(1);
  CHECK(create_error(fixture, numbered(5)).empty());
}

TEST_CASE("Streams that are DELETING count with those that are CREATING") {
  MemoryFixture fixture(changing(true));
  for (int i = 0; i < 5; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  fixture.clock.advance_ms(1000);
  CHECK(create_error(fixture, numbered(5)).empty());
  for (int i = 0; i < 4; ++i) CHECK(delete_error(fixture, numbered(i)).empty());
  CHECK(delete_error(fixture, numbered(4)) == too_many);
  CHECK(create_error(fixture, numbered(6)) == too_many);
  fixture.clock.advance_ms(1000);
  CHECK(delete_error(fixture, numbered(4)).empty());
  CHECK(create_error(fixture, numbered(6)).empty());
}

TEST_CASE("A stream that is CREATING can be deleted whatever else is under way: it counts already") {
  MemoryFixture fixture(changing(true));
  for (int i = 0; i < 5; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  CHECK(delete_error(fixture, numbered(0)).empty());
  CHECK(create_error(fixture, numbered(5)) == too_many);
}

TEST_CASE("Streams that change are counted per account and region") {
  MemoryFixture fixture(changing(true));
  for (int i = 0; i < 5; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  CHECK(create_error(fixture, numbered(5, {"000000000000", "eu-west-1"})).empty());
  CHECK(create_error(fixture, numbered(5, {"111111111111", "us-east-1"})).empty());
}

TEST_CASE("A name in use and the quota of shards are told of before too many changes") {
  auto settings = changing(true);
  settings.shard_limit = 5;
  MemoryFixture fixture(settings);
  for (int i = 0; i < 5; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  CHECK(create_error(fixture, numbered(0)) == "Stream s0 under account 000000000000 already exists.");
  CHECK(create_error(fixture, numbered(5)).starts_with("This request would exceed the shard limit"));
}

TEST_CASE("Where the control plane is not limited any number of streams may change") {
  MemoryFixture fixture(changing(false));
  for (int i = 0; i < 50; ++i) CHECK(create_error(fixture, numbered(i)).empty());
  for (int i = 0; i < 50; ++i) CHECK(delete_error(fixture, numbered(i)).empty());
}

TEST_CASE("The last shard of the quota can be had, and is free again when its stream is deleted") {
  auto settings = settings_with(0);
  settings.shard_limit = 3;
  MemoryFixture fixture(settings);
  auto& state = fixture.state();
  fixture.create(numbered(0), provisioned(2));
  CHECK(error_type(create_stream(state, numbered(1), provisioned(2), fixture.now())) ==
        protocol::ErrorType::LimitExceededException);
  fixture.create(numbered(1), provisioned(1));
  CHECK(error_type(create_stream(state, numbered(2), provisioned(1), fixture.now())) ==
        protocol::ErrorType::LimitExceededException);
  REQUIRE(delete_stream(state, numbered(1), false, fixture.now()));
  fixture.settle();
  fixture.create(numbered(2), provisioned(1));
}

}  // namespace kinesisd::tests
