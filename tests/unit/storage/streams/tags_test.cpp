// Tags and policies of streams and consumers.
#include "storage/streams/tags.hpp"
#include "storage/consumers/consumers.hpp"
#include "storage/streams/policies.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

namespace {

const ConsumerName reader{stream_key, "reader", {}};
const std::string invalid =
    "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = "
    "+ - % @.";
const std::string not_added =
    "Failed to add tags to stream orders under account 000000000000 because some tags contained illegal "
    "characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.";

Tags numbered(int first, int count) {
  Tags tags;
  for (int i = 0; i < count; ++i) tags["key-" + std::to_string(first + i)] = "";
  return tags;
}

Tags tags_of(StorageFixture& fixture, const ResourceName& resource) {
  const auto tags = tags_of(fixture.state(), resource, fixture.now());
  REQUIRE(error_text(tags).empty());
  return tags.value();
}

std::string add(StorageFixture& fixture, const ResourceName& resource, const Tags& tags) {
  return error_text(add_tags(fixture.state(), resource, tags, fixture.now()));
}

std::string remove(StorageFixture& fixture, const ResourceName& resource,
                   const std::vector<std::string>& keys) {
  return error_text(remove_tags(fixture.state(), resource, keys, fixture.now()));
}

void begin(StorageFixture& fixture) {
  fixture.create(stream_key, provisioned(1));
  REQUIRE(register_consumer(fixture.state(), stream_key, "reader", {}, fixture.now()));
  fixture.settle();
}

struct Characters {
  const char* why;
  std::string text;
  std::string error;
};

}  // namespace

TEST_CASE("Tags consist of AWS's characters") {
  MemoryFixture fixture;
  begin(fixture);
  const auto row = GENERATE(values<Characters>({
      {"ASCII", "aZ09 ._:/=+-@", ""},
      {"the first letter beyond ASCII", "\xc3\x80", ""},
      {"the last before the gap", "\xe1\xbf\xbf", ""},
      {"the first after the gap", "\xe2\xb0\x80", ""},
      {"the last of all", "\xed\x9f\xbf", ""},
      {"a sign of Latin-1", "\xc2\xbf", invalid},
      {"a general punctuation mark", "\xe2\x80\x80", invalid},
      {"the last in the gap", "\xe2\xaf\xbf", invalid},
      {"private use", "\xee\x80\x80", invalid},
      {"an emoji", "\xf0\x9f\x98\x80", invalid},
      {"a semicolon", ";", invalid},
      {"a comma", ",", invalid},
      {"a tab", "\t", invalid},
      {"a zero", std::string(1, '\0'), invalid},
      {"delete", "\x7f", invalid},
      {"a percent sign", "%", not_added},
  }));
  INFO(row.why);
  CHECK(add(fixture, stream_key, {{"k" + row.text, "v"}}) == row.error);
  CHECK(add(fixture, stream_key, {{"k", row.text}}) == row.error);
  CHECK(add(fixture, reader, {{"k", row.text}}) == row.error);
  CHECK(error_text(register_consumer(fixture.state(), stream_key, "other", {{"k", row.text}},
                                     fixture.now())) == row.error);
  CHECK(tags_of(fixture, stream_key).empty() == !row.error.empty());
}

TEST_CASE("What is wrong with tags is said in AWS's order") {
  MemoryFixture fixture;
  begin(fixture);
  auto tags = numbered(0, 51);
  const std::string too_many =
      "Failed to add tags to stream orders under account 000000000000 because a given stream cannot have "
      "more "
      "than 10 tags associated with it.";
  CHECK(add(fixture, stream_key, tags) == too_many);
  tags["aws:x"] = "";
  CHECK(add(fixture, stream_key, tags) ==
        "Tag key aws:x is not allowed because the prefix aws: is reserved for use by AWS.");
  tags["%"] = "";
  CHECK(add(fixture, stream_key, tags) == not_added);
  tags["z"] = ";";
  CHECK(add(fixture, stream_key, tags) == invalid);
  CHECK(add(fixture, StreamKey{world, "nowhere"}, tags) ==
        "Stream nowhere under account 000000000000 not found.");
  CHECK(tags_of(fixture, stream_key).empty());
  CHECK(remove(fixture, stream_key, {"%", ";"}) == invalid);
  CHECK(remove(fixture, stream_key, {"%"}) ==
        "Failed to remove tags from stream orders under account 000000000000 because some tags contained "
        "illegal characters. The allowed characters are Unicode letters, white-spaces, "
        "'_',',','/','=','+','-','@'.");
}

TEST_CASE("A stream and each of its consumers have 50 tags of their own") {
  MemoryFixture fixture;
  begin(fixture);
  for (const ResourceName& resource : {ResourceName{stream_key}, ResourceName{reader}}) {
    CHECK(add(fixture, resource, numbered(0, 30)).empty());
    // Keys that are there already do not count twice.
    CHECK(add(fixture, resource, numbered(10, 40)).empty());
    CHECK(add(fixture, resource, {{"one more", ""}}).ends_with("more than 10 tags associated with it."));
    CHECK(add(fixture, resource, {{"key-7", "changed"}}).empty());
    CHECK(tags_of(fixture, resource).size() == 50);
    CHECK(tags_of(fixture, resource).at("key-7") == "changed");
    CHECK(remove(fixture, resource, {"key-7", "never there"}).empty());
    CHECK(tags_of(fixture, resource).size() == 49);
  }
}

TEST_CASE("Tags and policies change while a stream has shards, and while a consumer is ACTIVE") {
  MemoryFixture fixture(settings_with(10'000));
  auto& state = fixture.state();
  const auto put = [&](const ResourceName& resource) {
    return error_text(put_policy(state, resource, "{}", fixture.now()));
  };
  const std::string creating =
      "Stream orders under account 000000000000 not ACTIVE, instead in state CREATING";
  REQUIRE(create_stream(state, stream_key, provisioned(1), fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}) == creating);
  CHECK(remove(fixture, stream_key, {"a"}) == creating);
  CHECK(put(stream_key) == creating);
  fixture.clock.advance_ms(10'000);
  REQUIRE(increase_retention(state, stream_key, 48, fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}).empty());
  CHECK(put(stream_key).empty());

  const std::string inactive =
      "Consumer reader with creation timestamp 1700000010 under stream orders and account 000000000000 is "
      "not "
      "in ACTIVE status.";
  REQUIRE(register_consumer(state, stream_key, "reader", {}, fixture.now()));
  CHECK(add(fixture, reader, {{"a", ""}}) == inactive);
  CHECK(put(reader) == inactive);
  fixture.clock.advance_ms(10'000);
  CHECK(add(fixture, reader, {{"a", ""}}).empty());
  CHECK(put(reader).empty());
  REQUIRE(deregister_consumer(state, reader, fixture.now()));
  CHECK(remove(fixture, reader, {"a"}) == inactive);
  CHECK(put(reader) == inactive);
  fixture.clock.advance_ms(10'000);
  CHECK(add(fixture, reader, {{"a", ""}}) == "Consumer reader, account 000000000000 not found.");

  REQUIRE(delete_stream(state, stream_key, false, fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}) ==
        "Stream orders under account 000000000000 not ACTIVE, instead in state DELETING");
  CHECK(tags_of(fixture, stream_key).empty());
}

TEST_CASE("A policy is kept, replaced and deleted, and goes with what it is of") {
  MemoryFixture fixture;
  begin(fixture);
  auto& state = fixture.state();
  const auto policy = [&](const ResourceName& resource) {
    return policy_of(state, resource, fixture.now()).value();
  };
  const std::string arn_of_stream = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
  const std::vector<std::pair<ResourceName, std::string>> resources{
      {stream_key, arn_of_stream}, {reader, arn_of_stream + "/consumer/reader:1700000000"}};
  for (const auto& [resource, arn_given] : resources) {
    CHECK(policy(resource).empty());
    CHECK(error_text(delete_policy(state, resource, fixture.now())) ==
          "No resource policy found for resource ARN " + arn_given + ".");
    REQUIRE(put_policy(state, resource, "first", fixture.now()));
    REQUIRE(put_policy(state, resource, "second", fixture.now()));
    CHECK(policy(resource) == "second");
  }
  REQUIRE(delete_policy(state, stream_key, fixture.now()));
  CHECK(policy(stream_key).empty());
  CHECK(policy(reader) == "second");
  REQUIRE(deregister_consumer(state, reader, fixture.now()));
  REQUIRE(register_consumer(state, stream_key, "reader", {}, fixture.now()));
  CHECK(policy(reader).empty());
}

TEST_CASE("Tags and policies that could not be written are the old ones again") {
  FailingEngine engine;
  StorageFixture fixture(engine);
  begin(fixture);
  for (const ResourceName& resource : {ResourceName{stream_key}, ResourceName{reader}}) {
    engine.fails = false;
    CHECK(add(fixture, resource, {{"a", "1"}, {"b", "2"}}).empty());
    REQUIRE(put_policy(fixture.state(), resource, "kept", fixture.now()));
    fixture.settle();
    engine.fails = true;
    CHECK(add(fixture, resource, {{"a", "lost"}}).empty());
    CHECK(remove(fixture, resource, {"b"}).empty());
    REQUIRE(delete_policy(fixture.state(), resource, fixture.now()));
    fixture.settle();
    CHECK(tags_of(fixture, resource) == Tags{{"a", "1"}, {"b", "2"}});
    CHECK(policy_of(fixture.state(), resource, fixture.now()).value() == "kept");
  }
}

TEST_CASE("Whether there are policies is known, also after a restart") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const ResourceName resource = GENERATE(as<ResourceName>{}, stream_key, reader);
  {
    Opening opening(path);
    begin(*opening.storage);
    CHECK_FALSE(has_policies(opening.storage->state()));
    CHECK(error_text(check_changeable(opening.storage->state(), resource, opening.storage->now())).empty());
    REQUIRE(put_policy(opening.storage->state(), resource, "{}", opening.storage->now()));
    CHECK(has_policies(opening.storage->state()));
    opening.storage->settle();
  }
  {
    Opening opening(path);
    CHECK(has_policies(opening.storage->state()));
    REQUIRE(delete_policy(opening.storage->state(), resource, opening.storage->now()));
    opening.storage->settle();
  }
  Opening opening(path);
  CHECK_FALSE(has_policies(opening.storage->state()));
}

}  // namespace kinesisd::tests
