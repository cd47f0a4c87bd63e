#include "protocol/base64.hpp"

#include <catch2/catch.hpp>
#include <random>

namespace kinesisd::protocol {

namespace {

std::string encoded(std::string_view bytes) {
  std::string out = "before ";
  base64::encode(bytes, out);
  return out;
}

}  // namespace

TEST_CASE("Base64 is appended with its padding") {
  CHECK(encoded("") == "before ");
  CHECK(encoded("f") == "before Zg==");
  CHECK(encoded("fo") == "before Zm8=");
  CHECK(encoded("foo") == "before Zm9v");
  CHECK(encoded("foobar") == "before Zm9vYmFy");
  CHECK(encoded("\xFB\xFF\xBF") == "before +/+/");
}

TEST_CASE("Whatever is encoded decodes to itself") {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string text, decoded = "old";
    base64::encode(bytes, text);
    REQUIRE(base64::decode(text, decoded));
    REQUIRE(decoded == bytes);
  }
}

TEST_CASE("What is not base64 is refused in AWS's words") {
  struct Row {
    const char* why;
    const char* text;
    const char* problem;
  };
  const auto row = GENERATE(values<Row>({
      {"one character", "A", "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
      {"no padding", "Zg", "Base64 encoded length is expected a multiple of 4 bytes but found: 2"},
      {"length in characters, not bytes", "é",
       "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
      {"a blank", "Zm9v Zm9", "Invalid Base64 character: ' '"},
      {"the URL alphabet", "Zm-v", "Invalid Base64 character: '-'"},
      {"a character in the last group", "Zm9vZm?v", "Invalid Base64 character: '?'"},
      {"a character of several bytes", "Zm9é", "Invalid Base64 character: 'é'"},
      {"an illegal character among the last four", "Zm9vZm9*", "Invalid Base64 character: '*'"},
      {"an illegal character before padding", "*g==", "Invalid Base64 character: '*'"},
      {"padding at the start", "=+/=", "Invalid Base64 character: '='"},
      {"padding between groups", "Zg==Zg==", "Invalid Base64 character: '='"},
      {"the first problem counts", "Z=-v", "Invalid Base64 character: '='"},
      {"two bits left over", "+/+=", "Invalid last non-pad Base64 character dectected"},
      {"four bits left over", "Zh==", "Invalid last non-pad Base64 character dectected"},
      {"nothing but padding", "====", "Invalid last non-pad Base64 character dectected"},
      {"three of padding", "A===", "Invalid last non-pad Base64 character dectected"},
  }));
  INFO(row.why);
  std::string out;
  CHECK_FALSE(base64::decode(row.text, out));
  CHECK(base64::problem(row.text) == row.problem);
}

}  // namespace kinesisd::protocol
