#include "protocol/json.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "protocol/wire.hpp"

namespace kinesisd::protocol {

namespace {

bool parses(std::string body) {
  auto tree = parse(body, Encoding::json);
  if (!tree) CHECK(tree.error() == Error{ErrorType::SerializationException, ""});
  return tree.has_value();
}

std::string nested(std::size_t lists) {
  return R"({"a":)" + std::string(lists, '[') + std::string(lists, ']') + "}";
}

// The text of the only member of a body.
std::string text_in(std::string body) {
  auto tree = parse(body, Encoding::json);
  REQUIRE(tree.has_value());
  const wire::Node& value = *tree.value().root().first()->next();
  REQUIRE(value.kind == wire::Kind::text);
  return std::string(value.text());
}

std::string written(std::string_view text) {
  std::string out;
  json::Writer writer(out);
  writer.begin_map(1);
  writer.key("a");
  writer.text(text);
  writer.end_map();
  return out;
}

std::string written(std::int64_t ms_since_epoch) {
  std::string out;
  json::Writer(out).timestamp(Timestamp{std::chrono::milliseconds{ms_since_epoch}});
  return out;
}

}  // namespace

TEST_CASE("A body parses or it does not") {
  struct Row {
    const char* why;
    std::string body;
    bool parses;
  };
  const auto row = GENERATE(values<Row>({
      {"an empty map", "{}", true},
      {"blanks around it", " \r\n\t{} \r\n\t", true},
      {"a list, which is for the types to refuse", "[1]", true},
      {"nothing", "", false},
      {"blanks only", "  ", false},
      {"a string", R"("a")", false},
      {"a number", "3", false},
      {"true", "true", false},
      {"null", "null", false},
      {"something after it", "{} x", false},
      {"a second one", "{}{}", false},
      {"a zero byte after it", std::string("{}\0", 3), false},
      {"a zero byte and more after it", std::string("{}\0{}", 5), false},
      {"a zero byte inside", std::string("{\0}", 3), false},
      {"a zero byte in a string", std::string("{\"a\0\":1}", 8), false},
      {"an escaped zero byte", R"({"a\u0000":1})", true},
      {"a comma too many", R"({"a":1,})", false},
      {"a name without quotes", "{a:1}", false},
      {"quotes of the other kind", "{'a':1}", false},
      {"cut short", R"({"a":"b)", false},
      {"cut short inside an escape", R"({"a":"\u00)", false},
      {"a line end in a string", "{\"a\":\"b\n\"}", false},
      {"not a number", R"({"a":NaN})", false},
      {"a leading zero", R"({"a":01})", false},
      {"characters of 2, 3 and 4 bytes", R"({"é":"語😀"})", true},
      {"a byte order mark", "\xEF\xBB\xBF{}", false},
      {"a byte that starts no character", "{\"a\":\"\x80\"}", false},
      {"a character cut short at the end", "{\"a\":\"\xE8\xAA", false},
      {"a character cut short by a quote", "{\"a\":\"\xE8\xAA\"}", false},
      {"an overlong form", "{\"a\":\"\xC0\xAF\"}", false},
      {"an overlong form of 3 bytes", "{\"a\":\"\xE0\x80\xAF\"}", false},
      {"a surrogate in bytes", "{\"a\":\"\xED\xA0\x80\"}", false},
      {"beyond U+10FFFF", "{\"a\":\"\xF4\x90\x80\x80\"}", false},
      {"a pair of escaped surrogates", R"({"a":"\ud83d\ude00"})", true},
      {"the first of an escaped pair alone", R"({"a":"\ud83d"})", false},
      {"the second of an escaped pair alone", R"({"a":"\ude00"})", false},
      {"the second of an escaped pair alone, in a name", R"({"\ude00":1})", false},
      {"as deep as allowed", nested(wire::depth_max - 1), true},
      {"deeper than allowed", nested(wire::depth_max), false},
      {"very deep", nested(400'000), false},
      {"very deep and never closed", std::string(1'000'000, '['), false},
  }));
  INFO(row.why);
  CHECK(parses(row.body) == row.parses);
}

TEST_CASE("A body has a bound on its values") {
  const auto of = [](std::size_t values) {
    std::string body = "[1";
    for (std::size_t i = 1; i < values; ++i) body += ",1";
    return body + "]";
  };
  CHECK(parses(of(wire::nodes_max - 1)));
  CHECK_FALSE(parses(of(wire::nodes_max)));
}

TEST_CASE("A tree's views survive its body being moved") {
  std::string body = R"({"a":"b"})";
  auto tree = parse(body, Encoding::json);
  REQUIRE(tree.has_value());
  const std::string moved = std::move(body);
  CHECK(tree.value().root().first()->text() == "a");
  CHECK(tree.value().root().first()->next()->text() == "b");
}

TEST_CASE("A tree keeps kinds, counts and spans") {
  std::string body = R"({"a":[1,-2.5,null,{"b":true}],"c":18446744073709551615})";
  auto parsed = parse(body, Encoding::json);
  REQUIRE(parsed.has_value());
  const wire::Node& root = parsed.value().root();
  CHECK(root.kind == wire::Kind::map);
  CHECK(root.count == 2);
  CHECK(root.span == parsed.value().nodes.size());
  const wire::Node* list = root.first()->next();
  CHECK(list->count == 4);
  const wire::Node* item = list->first();
  CHECK(item->integer == 1);
  item = item->next();
  CHECK(item->real == -2.5);
  item = item->next();
  CHECK(item->kind == wire::Kind::null);
  item = item->next();
  CHECK(item->first()->next()->boolean);
  CHECK(list->next()->text() == "c");
  CHECK(list->next()->next()->integer == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("Texts are escaped where JSON asks for it") {
  CHECK(written("plain é") == R"({"a":"plain é"})");
  CHECK(written("\"\\/\b\f\n\r\t") == R"({"a":"\"\\/\b\f\n\r\t"})");
  CHECK(written(std::string_view("\0\x1f\x7f", 3)) == "{\"a\":\"\\u0000\\u001f\x7f\"}");
}

TEST_CASE("Whatever text is written is read back") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "é語😀";
  CHECK(text_in(written(all)) == all);
  const std::vector<std::string> parts = {"\"",  "\\", "\n", "é", "語", "😀", "a", "bcdefghijklmnopqrstu",
                                          "\x01"};
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (std::size_t count = random() % 20; count != 0; --count) text += parts[random() % parts.size()];
    REQUIRE(text_in(written(text)) == text);
  }
}

TEST_CASE("Escapes are read") {
  CHECK(text_in(R"({"a":"\u0041\u00e9\ud83d\ude00\/\"\\\b\f\n\r\t"})") == "Aé😀/\"\\\b\f\n\r\t");
}

TEST_CASE("Timestamps are written as seconds with up to three decimals") {
  CHECK(written(1759850000000) == "1759850000");
  CHECK(written(1759850000123) == "1759850000.123");
  CHECK(written(1759850000120) == "1759850000.12");
  CHECK(written(1759850000007) == "1759850000.007");
  CHECK(written(1759850000500) == "1759850000.5");
  CHECK(written(std::int64_t{0}) == "0");
  CHECK(written(-500) == "-0.5");
  CHECK(written(-1000) == "-1");
  CHECK(written(-1500) == "-1.5");
}

TEST_CASE("Commas stand between values and nowhere else") {
  std::string out;
  json::Writer writer(out);
  writer.begin_map(3);
  writer.key("a");
  writer.begin_list(3);
  writer.integer(std::numeric_limits<std::int64_t>::min());
  writer.boolean(true);
  writer.begin_list(0);
  writer.end_list();
  writer.end_list();
  writer.key("b");
  writer.begin_map(0);
  writer.end_map();
  writer.key("c");
  writer.bytes("hi");
  writer.end_map();
  CHECK(out == R"({"a":[-9223372036854775808,true,[]],"b":{},"c":"aGk="})");
}

TEST_CASE("Numbers are saturated to what an integer holds") {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto min = std::numeric_limits<std::int64_t>::min();
  CHECK(wire::saturate(1.9) == 1);
  CHECK(wire::saturate(-1.1) == -2);
  CHECK(wire::saturate(9223372036854775807.0) == max);
  CHECK(wire::saturate(-9223372036854775808.0) == min);
  CHECK(wire::saturate(HUGE_VAL) == max);
  CHECK(wire::saturate(-HUGE_VAL) == min);
  CHECK(wire::saturate(std::nan("")) == 0);
}

}  // namespace kinesisd::protocol
