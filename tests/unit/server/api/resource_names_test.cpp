// The names of streams and consumers in requests, and how ARNs are taken apart.
#include "server/api/resource_names.hpp"

#include <catch2/catch.hpp>

#include "server/api/arn.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::server {

namespace {

using OptionalText = std::optional<std::string>;

const std::string stream_arn = "arn:aws:kinesis:us-east-1:123456789012:stream/s";
const std::string consumer_arn = stream_arn + "/consumer/c:1700000000";

struct Fixture {
  storage::MemoryEngine engine;
  storage::GroupCommit journal{engine};
  GuardedState streams{storage::StreamSettings{}, journal, std::string(32, 'k')};
  Context context{.streams = streams,
                  .now = {},
                  .caller = {.account = "123456789012", .region = "us-east-1"},
                  .operation = "TheOperation",
                  .encoding = protocol::Encoding::json,
                  .stream_name = {},
                  .note = {}};
};

// `stream`, or `stream consumer created_s`, or the error.
std::string text_of(const storage::ConsumerName& name) {
  return name.stream.name + " " + name.name + (name.created_s ? " " + std::to_string(*name.created_s) : "");
}
std::string text_of(const storage::ResourceName& name) {
  const auto* stream = std::get_if<storage::StreamKey>(&name);
  return stream != nullptr ? stream->name : text_of(std::get<storage::ConsumerName>(name));
}
template <class T>
std::string text_of(const Result<T>& result) {
  return result ? text_of(result.value()) : protocol::sentence(result.error());
}

struct ArnRow {
  const char* why;
  std::string arn;
  std::string stream;
  std::string consumer;  // `stream name created_s`
};

struct ConsumerRow {
  const char* why;
  OptionalText stream_arn, name, arn;
  std::string expected;
};

const std::string differ =
    "InvalidArgumentException: ConsumerARN, StreamARN and ConsumerName do not name the same consumer.";
const std::string missing =
    "InvalidArgumentException: Both streamARN and consumer name must be provided if consumerARN is not "
    "provied.";

}  // namespace

TEST_CASE("an ARN is a stream's, a consumer's, or neither") {
  const auto row = GENERATE(values<ArnRow>({
      {"a stream", stream_arn, "s", ""},
      {"a consumer", consumer_arn, "s/consumer/c:1700000000", "s c 1700000000"},
      {"of another kind", "arn:aws:kinesis:us-east-1:123456789012:channel/s", "", ""},
      {"too few colons", "arn:aws:kinesis:stream/s", "", ""},
      {"empty", "", "", ""},
      {"a consumer without a time", stream_arn + "/consumer/c", "s/consumer/c", ""},
      {"a time that is none", stream_arn + "/consumer/c:1x", "s/consumer/c:1x", ""},
      {"an empty time", stream_arn + "/consumer/c:", "s/consumer/c:", ""},
      {"a time before time", stream_arn + "/consumer/c:-1", "s/consumer/c:-1", ""},
      {"a time beyond all", stream_arn + "/consumer/c:9223372036854775808",
       "s/consumer/c:9223372036854775808", ""},
      {"a consumer without a name", stream_arn + "/consumer/:1", "s/consumer/:1", ""},
      {"a colon in the name of the stream", stream_arn + ":7/consumer/c", "s:7/consumer/c", ""},
  }));
  INFO(row.why);
  const ParsedArn parsed = parse_arn(row.arn);
  CHECK(parsed.stream == row.stream);
  const auto& consumer = parsed.consumer;
  CHECK((consumer ? std::string(consumer->stream) + " " + std::string(consumer->name) + " " +
                        std::to_string(consumer->created_s)
                  : "") == row.consumer);
}

TEST_CASE("an ARN says whose its stream is, and where") {
  const ParsedArn parsed = parse_arn("arn:aws-cn:kinesis:cn-north-1:111122223333:stream/s");
  CHECK(parsed.region == "cn-north-1");
  CHECK(parsed.account == "111122223333");
  CHECK(stream_name_of_arn(stream_arn) == "s");
  CHECK(stream_name_of_arn(consumer_arn) == "s");
  CHECK(stream_name_of_arn("nothing").empty());
}

TEST_CASE("a consumer is named by its ARN, by stream and name, or by all if they agree") {
  Fixture fixture;
  const std::string other = "arn:aws:kinesis:us-east-1:123456789012:stream/ss";
  const std::string elsewhere = "arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1";
  const auto row = GENERATE_COPY(values<ConsumerRow>({
      {"its ARN", {}, {}, consumer_arn, "s c 1700000000"},
      {"stream and name", stream_arn, "c", {}, "s c"},
      {"all", stream_arn, "c", consumer_arn, "s c 1700000000"},
      {"its ARN and its name", {}, "c", consumer_arn, "s c 1700000000"},
      {"its ARN and its stream", stream_arn, {}, consumer_arn, "s c 1700000000"},
      {"another name", {}, "d", consumer_arn, differ},
      {"another stream", other, {}, consumer_arn, differ},
      {"another stream, another name", other, "d", consumer_arn, differ},
      {"a name alone", {}, "c", {}, missing},
      {"a stream alone", stream_arn, {}, {}, missing},
      {"nothing", {}, {}, {}, missing},
      {"the ARN of a stream",
       {},
       {},
       stream_arn,
       "ResourceNotFoundException: Consumer " + stream_arn + ", account 123456789012 not found."},
      {"another region",
       {},
       {},
       elsewhere,
       "ResourceNotFoundException: Consumer " + elsewhere + ", account 123456789012 not found."},
  }));
  INFO(row.why);
  CHECK(text_of(consumer_name(fixture.context,
                              {.stream_arn = row.stream_arn, .name = row.name, .arn = row.arn})) ==
        row.expected);
}

TEST_CASE("a resource is a stream or a consumer") {
  Fixture fixture;
  CHECK(text_of(resource_name(fixture.context, stream_arn)) == "s");
  CHECK(text_of(resource_name(fixture.context, consumer_arn)) == "s c 1700000000");
  CHECK(text_of(resource_name(fixture.context, "arn:aws:kinesis:eu-west-1:123456789012:stream/s")) ==
        "ResourceNotFoundException: Stream s under account 123456789012 not found.");
}

TEST_CASE("what is another account's may be named for operations that can be shared, where the caller is") {
  Fixture fixture;
  const auto denied = [](const std::string& arn) {
    return "AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: "
           "kinesis:TheOperation on resource: " +
           arn + " because no resource-based policy allows the kinesis:TheOperation action";
  };
  for (const std::string suffix : {"", "/consumer/c:1"}) {
    const std::string here = "arn:aws:kinesis:us-east-1:111122223333:stream/s" + suffix;
    const std::string elsewhere = "arn:aws:kinesis:eu-west-1:111122223333:stream/s" + suffix;
    fixture.context.cross_account = false;
    CHECK(text_of(resource_name(fixture.context, here)) == denied(here));
    CHECK(text_of(resource_name(fixture.context, elsewhere)) == denied(elsewhere));
    fixture.context.cross_account = true;
    const auto named = resource_name(fixture.context, here);
    REQUIRE(named);
    CHECK(arn_of(named.value()) == here);
    CHECK(text_of(resource_name(fixture.context, elsewhere)) == denied(elsewhere));
  }
}

TEST_CASE("In the one world every ARN names what is the caller's own") {
  Fixture fixture;
  fixture.context.one_world = true;
  const std::string elsewhere = "arn:aws:kinesis:eu-west-1:999999999999:stream/s";
  const auto stream = stream_key(fixture.context, std::nullopt, OptionalText(elsewhere));
  REQUIRE(stream);
  CHECK(stream.value() == storage::StreamKey{fixture.context.caller, "s"});
  const auto consumer = resource_name(fixture.context, elsewhere + "/consumer/c:1700000000");
  REQUIRE(consumer);
  CHECK(arn_of(consumer.value()) == consumer_arn);
}

}  // namespace kinesisd::server
