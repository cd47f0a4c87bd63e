// Tags and policies of streams and consumers.
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
  const auto tags = fixture.streams().tags_of(resource, fixture.now());
  REQUIRE(error_text(tags).empty());
  return tags.value();
}

std::string add(StorageFixture& fixture, const ResourceName& resource, const Tags& tags) {
  return error_text(fixture.streams().add_tags(resource, tags, fixture.now()));
}

std::string remove(StorageFixture& fixture, const ResourceName& resource,
                   const std::vector<std::string>& keys) {
  return error_text(fixture.streams().remove_tags(resource, keys, fixture.now()));
}

void begin(StorageFixture& fixture) {
  fixture.create(stream_key, provisioned(1));
  REQUIRE(fixture.streams().register_consumer(stream_key, "reader", {}, fixture.now()));
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
  CHECK(error_text(fixture.streams().register_consumer(stream_key, "other", {{"k", row.text}},
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
  auto& streams = fixture.streams();
  const auto put = [&](const ResourceName& resource) {
    return error_text(streams.put_policy(resource, "{}", fixture.now()));
  };
  const std::string creating =
      "Stream orders under account 000000000000 not ACTIVE, instead in state CREATING";
  REQUIRE(streams.create_stream(stream_key, provisioned(1), fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}) == creating);
  CHECK(remove(fixture, stream_key, {"a"}) == creating);
  CHECK(put(stream_key) == creating);
  fixture.clock.advance_ms(10'000);
  REQUIRE(streams.increase_retention(stream_key, 48, fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}).empty());
  CHECK(put(stream_key).empty());

  const std::string inactive =
      "Consumer reader with creation timestamp 1700000010 under stream orders and account 000000000000 is "
      "not "
      "in ACTIVE status.";
  REQUIRE(streams.register_consumer(stream_key, "reader", {}, fixture.now()));
  CHECK(add(fixture, reader, {{"a", ""}}) == inactive);
  CHECK(put(reader) == inactive);
  fixture.clock.advance_ms(10'000);
  CHECK(add(fixture, reader, {{"a", ""}}).empty());
  CHECK(put(reader).empty());
  REQUIRE(streams.deregister_consumer(reader, fixture.now()));
  CHECK(remove(fixture, reader, {"a"}) == inactive);
  CHECK(put(reader) == inactive);
  fixture.clock.advance_ms(10'000);
  CHECK(add(fixture, reader, {{"a", ""}}) == "Consumer reader, account 000000000000 not found.");

  REQUIRE(streams.delete_stream(stream_key, false, fixture.now()));
  CHECK(add(fixture, stream_key, {{"a", ""}}) ==
        "Stream orders under account 000000000000 not ACTIVE, instead in state DELETING");
  CHECK(tags_of(fixture, stream_key).empty());
}

TEST_CASE("A policy is kept, replaced and deleted, and goes with what it is of") {
  MemoryFixture fixture;
  begin(fixture);
  auto& streams = fixture.streams();
  const auto policy = [&](const ResourceName& resource) {
    return streams.policy_of(resource, fixture.now()).value();
  };
  const std::string arn_of_stream = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
  const std::vector<std::pair<ResourceName, std::string>> resources{
      {stream_key, arn_of_stream}, {reader, arn_of_stream + "/consumer/reader:1700000000"}};
  for (const auto& [resource, arn_given] : resources) {
    CHECK(policy(resource).empty());
    CHECK(error_text(streams.delete_policy(resource, fixture.now())) ==
          "No resource policy found for resource ARN " + arn_given + ".");
    REQUIRE(streams.put_policy(resource, "first", fixture.now()));
    REQUIRE(streams.put_policy(resource, "second", fixture.now()));
    CHECK(policy(resource) == "second");
  }
  REQUIRE(streams.delete_policy(stream_key, fixture.now()));
  CHECK(policy(stream_key).empty());
  CHECK(policy(reader) == "second");
  REQUIRE(streams.deregister_consumer(reader, fixture.now()));
  REQUIRE(streams.register_consumer(stream_key, "reader", {}, fixture.now()));
  CHECK(policy(reader).empty());
}

TEST_CASE("Tags and policies that could not be written are the old ones again") {
  FailingEngine engine;
  StorageFixture fixture(engine);
  begin(fixture);
  for (const ResourceName& resource : {ResourceName{stream_key}, ResourceName{reader}}) {
    engine.fails = false;
    CHECK(add(fixture, resource, {{"a", "1"}, {"b", "2"}}).empty());
    REQUIRE(fixture.streams().put_policy(resource, "kept", fixture.now()));
    fixture.settle();
    engine.fails = true;
    CHECK(add(fixture, resource, {{"a", "lost"}}).empty());
    CHECK(remove(fixture, resource, {"b"}).empty());
    REQUIRE(fixture.streams().delete_policy(resource, fixture.now()));
    fixture.settle();
    CHECK(tags_of(fixture, resource) == Tags{{"a", "1"}, {"b", "2"}});
    CHECK(fixture.streams().policy_of(resource, fixture.now()).value() == "kept");
  }
}

TEST_CASE("Whether there are policies is known, also after a restart") {
  TemporaryDirectory directory;
  const auto path = OnDisk::path(directory);
  const ResourceName resource = GENERATE(as<ResourceName>{}, stream_key, reader);
  {
    Opening opening(path);
    begin(*opening.storage);
    CHECK_FALSE(opening.storage->streams().has_policies());
    CHECK(error_text(opening.storage->streams().check_changeable(resource, opening.storage->now())).empty());
    REQUIRE(opening.storage->streams().put_policy(resource, "{}", opening.storage->now()));
    CHECK(opening.storage->streams().has_policies());
    opening.storage->settle();
  }
  {
    Opening opening(path);
    CHECK(opening.storage->streams().has_policies());
    REQUIRE(opening.storage->streams().delete_policy(resource, opening.storage->now()));
    opening.storage->settle();
  }
  Opening opening(path);
  CHECK_FALSE(opening.storage->streams().has_policies());
}

}  // namespace kinesisd::tests
