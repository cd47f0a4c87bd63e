#include "server/auth/policy/wildcard.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace kinesisd::server::policy {

namespace {

struct Row {
  const char* why;
  const char* pattern;
  const char* text;
  bool expected;
};

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  while (count-- != 0) out += text;
  return out;
}

}  // namespace

TEST_CASE("a star is any characters and a question mark is one") {
  const Row row = GENERATE(values<Row>({
      {"no wildcard, the same", "PutRecord", "PutRecord", true},
      {"no wildcard, more text", "PutRecord", "PutRecords", false},
      {"no wildcard, less text", "PutRecords", "PutRecord", false},
      {"case matters", "putrecord", "PutRecord", false},
      {"a star for nothing", "PutRecord*", "PutRecord", true},
      {"a star at the end", "Put*", "PutRecords", true},
      {"a star at the start", "*Records", "PutRecords", true},
      {"a star in the middle", "Get*Iterator", "GetShardIterator", true},
      {"a star does not replace what follows it", "Get*Iterator", "GetShardIterators", false},
      {"the end may come more than once", "*ab", "abcab", true},
      {"two stars", "*a*b", "xxaxxb", true},
      {"two stars in the wrong order", "*a*b", "xxbxxa", false},
      {"a star among stars", "**a**", "a", true},
      {"only a star, and no text", "*", "", true},
      {"no pattern, no text", "", "", true},
      {"no pattern, some text", "", "a", false},
      {"a question mark is exactly one", "stream/a?", "stream/ab", true},
      {"a question mark is not nothing", "stream/a?", "stream/a", false},
      {"a question mark is not two", "stream/a?", "stream/abc", false},
      {"a question mark after a star", "*?c", "abc", true},
      {"a star and a question mark need one", "*?", "", false},
      {"a star in the text is a character like any other", "a", "*", false},
      {"a dot is a dot", "a.c", "abc", false},
  }));
  INFO(row.why);
  CHECK(matches(row.pattern, row.text) == row.expected);
}

TEST_CASE("matching without regard to case is for ASCII letters") {
  CHECK(matches_ignoring_case("KINESIS:put*", "kinesis:PutRecord"));
  CHECK(matches_ignoring_case("kinesis:?ET*", "Kinesis:GetRecords"));
  CHECK_FALSE(matches_ignoring_case("kinesis:put[", "kinesis:put{"));
  CHECK_FALSE(matches_ignoring_case("\xC3\x84", "\xC3\xA4"));
  CHECK(lower("aws:SourceArn [\xC3\x84]") == "aws:sourcearn [\xC3\x84]");
}

TEST_CASE("a pattern of many stars takes no longer than its length times the text's") {
  // With all stars tried again, this would take longer than anyone has.
  const std::string text = times(2000, "a");
  CHECK_FALSE(matches(times(500, "a*") + "b", text));
  CHECK_FALSE(matches(times(500, "*a?") + "b", text));
  CHECK(matches(times(500, "a*") + "*", text));
  CHECK_FALSE(matches_ignoring_case(times(500, "A*") + "b", text));
}

TEST_CASE("an ARN is matched part by part") {
  const Row row = GENERATE(values<Row>({
      {"itself", "arn:aws:kinesis:us-east-1:111111111111:stream/a",
       "arn:aws:kinesis:us-east-1:111111111111:stream/a", true},
      {"any region and account", "arn:aws:kinesis:*:*:stream/a",
       "arn:aws:kinesis:us-east-1:111111111111:stream/a", true},
      {"a wildcard within a part", "arn:aws*:kinesis:us-?ast-*:111111111111:stream/a",
       "arn:aws-cn:kinesis:us-east-1:111111111111:stream/a", true},
      {"a star does not reach across colons", "arn:aws:kinesis:*:stream/a:b",
       "arn:aws:kinesis:us-east-1:111111111111:stream/a:b", false},
      {"not even with as many colons", "arn:aws:kinesis:*:x:stream/a",
       "arn:aws:kinesis:us-east-1:111111111111:x:stream/a", false},
      {"the resource goes to the end, colons and slashes too",
       "arn:aws:kinesis:us-east-1:111111111111:stream/*",
       "arn:aws:kinesis:us-east-1:111111111111:stream/a/consumer/c:1700000000", true},
      {"another stream", "arn:aws:kinesis:us-east-1:111111111111:stream/a",
       "arn:aws:kinesis:us-east-1:111111111111:stream/b", false},
      {"empty parts are parts", "arn:aws:iam::111111111111:role/*", "arn:aws:iam::111111111111:role/x", true},
      {"case matters", "arn:aws:kinesis:us-east-1:111111111111:stream/A",
       "arn:aws:kinesis:us-east-1:111111111111:stream/a", false},
      {"too few parts in the pattern", "arn:aws:kinesis:*", "arn:aws:kinesis:us-east-1:1:stream/a", false},
      {"too few parts in the ARN", "arn:*:*:*:*:*", "arn:aws:kinesis", false},
      {"a star alone is any ARN", "*", "arn:aws:kinesis:us-east-1:111111111111:stream/a", true},
  }));
  INFO(row.why);
  CHECK(arn_matches(row.pattern, row.text) == row.expected);
}

TEST_CASE("the parts of an ARN are counted from 0 and the last is the resource") {
  constexpr std::string_view arn = "arn:aws:kinesis:us-east-1:111111111111:stream/a/consumer/c:17";
  CHECK(arn_part(arn, 0) == "arn");
  CHECK(arn_part(arn, 4) == "111111111111");
  CHECK(arn_part(arn, 5) == "stream/a/consumer/c:17");
  CHECK(arn_part("arn:aws", 1) == "aws");
  CHECK(arn_part("arn:aws", 2).empty());
}

}  // namespace kinesisd::server::policy
