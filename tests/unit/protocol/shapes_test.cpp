#include "protocol/shapes.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <regex>

namespace kinesisd::protocol {

namespace {

struct Row {
  const Pattern* pattern;
  std::vector<std::string> seeds;  // what the others are made from by small changes
};

// A text near `seed`: a few characters dropped, doubled or replaced.
std::string changed(std::string seed, std::mt19937& random) {
  static constexpr std::string_view replacements = "a0:Z-_./ \n\t1kinesis:stream/arn:aws9";
  for (std::size_t changes = random() % 4; changes != 0 && !seed.empty(); --changes) {
    const std::size_t at = random() % seed.size();
    switch (random() % 3) {
      case 0:
        seed.erase(at, 1 + random() % 3);
        break;
      case 1:
        seed.insert(at, seed.substr(random() % seed.size(), random() % 12));
        break;
      default:
        seed[at] = replacements[random() % replacements.size()];
    }
  }
  return seed;
}

}  // namespace

TEST_CASE("Each pattern's function agrees with its text") {
  const auto row = GENERATE(values<Row>({
      {&shapes::name_pattern, {"", "stream", "A_b.c-9", "with space", "shardId-000000000000"}},
      {&shapes::hash_key_pattern, {"0", "1", "340282366920938463463374607431768211455", "00", "9x"}},
      {&shapes::sequence_number_pattern,
       {"0", std::string(129, '7'), "49590338271490256608559692538361571095921575989136588898"}},
      {&shapes::stream_id_pattern, {"abcdefghij0123456789-abc", "abcdefghij0123456789-ab"}},
      {&shapes::stream_arn_pattern,
       {"arn:aws:kinesis:us-east-1:000000000000:stream/s", "arn:aws-cn:kinesis::123456789012:stream/a:b/c",
        "arn:aws:kinesis:x:123456789012:stream/:kinesis:y:123456789012:stream/z",
        "arn:aws:kinesis:us-east-1:1234567890123:stream/s"}},
      {&shapes::resource_arn_pattern,
       {"arn:aws:kinesis:us-east-1:000000000000:stream/s",
        "arn:aws:kinesis::000000000000:mystream/a stream/b",
        "arn:aws:kinesis:x:123456789012:stream/s/consumer/c:1700000000",
        "arn:aws:kinesis:000000000000:000000000000:stream/:000000000000:stream/"}},
      {&shapes::consumer_arn_pattern,
       {"arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1700000000",
        "arn:aws-cn:kinesis::123456789012:stream/stream/a_b.c-d/consumer/consumer:0",
        "arn:aws:kinesis:x:123456789012:y:123456789012:stream/stream/consumer/consumer/consumer/c:1:2"}},
  }));
  const std::regex regex{std::string(row.pattern->text)};
  std::mt19937 random(7);
  int matching = 0, other = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = changed(row.seeds[random() % row.seeds.size()], random);
    const bool expected = std::regex_match(text, regex);
    INFO(text);
    REQUIRE(row.pattern->matches(text) == expected);
    ++(expected ? matching : other);
  }
  CHECK(matching > 100);
  CHECK(other > 100);
}

TEST_CASE("An ARN of many parts is looked through once") {
  std::string text = "arn:aws:kinesis:";
  for (int i = 0; i < 100'000; ++i) text += ":000000000000:stream/";
  CHECK(shapes::is_stream_arn(text + "s"));
  CHECK_FALSE(shapes::is_stream_arn(text + "s "));
  CHECK(shapes::is_resource_arn(text + "s"));
  CHECK_FALSE(shapes::is_resource_arn(text + "s "));
  CHECK(shapes::is_consumer_arn(text + "s/consumer/c:1"));
  CHECK_FALSE(shapes::is_consumer_arn(text + "s/consumer/c:"));
}

TEST_CASE("A line break beyond ASCII ends what a dot matches") {
  for (const std::string line_break : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    const std::string before = "arn:aws:kinesis:" + line_break + ":000000000000:stream/s";
    const std::string inside = "arn:aws:kinesis::000000000000:" + line_break + "stream/s";
    CHECK_FALSE(shapes::is_stream_arn(before));
    CHECK_FALSE(shapes::is_resource_arn(before));
    CHECK_FALSE(shapes::is_resource_arn(inside));
    CHECK_FALSE(shapes::is_consumer_arn(before + "/consumer/c:1"));
    CHECK_FALSE(shapes::is_consumer_arn(inside + "/consumer/c:1"));
    // A name has no blanks, which these are not.
    CHECK(shapes::is_stream_arn("arn:aws:kinesis::000000000000:stream/" + line_break));
    CHECK(shapes::is_resource_arn("arn:aws:kinesis::000000000000:stream/" + line_break));
    CHECK_FALSE(
        shapes::is_consumer_arn("arn:aws:kinesis::000000000000:stream/" + line_break + "/consumer/c:1"));
  }
}

}  // namespace kinesisd::protocol
