// Well-formed and malformed CBOR, byte by byte: vectors of RFC 8949 (appendices A and F) where they apply.
#include "protocol/cbor.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <limits>

#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

using wire::Kind;

// The bytes that pairs of hexadecimal digits stand for; blanks are for the reader.
std::string hex(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    while (i < digits.size() && digits[i] == ' ') ++i;
    if (i < digits.size()) bytes += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  }
  return bytes;
}

// A tree as text, with each kind told apart.
std::string shown(const wire::Node& node) {
  switch (node.kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return node.boolean ? "true" : "false";
    case Kind::integer:
      return fmt::format("{}", node.integer);
    case Kind::real:
      return fmt::format("real {}", node.real);
    case Kind::text:
      return fmt::format("'{}'", node.text());
    case Kind::bytes:
      return fmt::format("bytes '{}'", node.text());
    case Kind::list:
    case Kind::map:
      break;
  }
  std::string parts;
  const wire::Node* part = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, part = part->next()) {
    if (i != 0) parts += ", ";
    if (node.kind == Kind::map) {
      parts += shown(*part) + ": ";
      part = part->next();
    }
    parts += shown(*part);
  }
  return node.kind == Kind::map ? "{" + parts + "}" : "[" + parts + "]";
}

std::string read(std::string body) {
  auto tree = cbor::parse(body);
  if (tree) return shown(tree.value().root());
  CHECK(tree.error() == Error{ErrorType::SerializationException, ""});
  return "does not parse";
}

bool parses(std::string body) {
  return read(std::move(body)) != "does not parse";
}

std::string nested(std::size_t lists) {
  return "\xA1\x61" + std::string("a") + std::string(lists, '\x81') + "\x01";
}

// What the calls of `write` produce.
template <class Write>
std::string written(Write&& write) {
  std::string out;
  cbor::Writer writer(out);
  write(writer);
  return out;
}

}  // namespace

TEST_CASE("Each item of CBOR becomes its value") {
  struct Row {
    const char* why;
    const char* bytes;
    const char* value;
  };
  const auto row = GENERATE(values<Row>({
      {"the smallest integer", "00", "0"},
      {"the largest in one byte", "17", "23"},
      {"the next", "18 18", "24"},
      {"one byte after the head", "18 64", "100"},
      {"two", "19 03e8", "1000"},
      {"four", "1a 000f4240", "1000000"},
      {"eight", "1b 000000e8d4a51000", "1000000000000"},
      {"longer than needed", "1b 0000000000000001", "1"},
      {"the largest that fits", "1b 7fffffffffffffff", "9223372036854775807"},
      {"one more is saturated", "1b 8000000000000000", "9223372036854775807"},
      {"the largest there is", "1b ffffffffffffffff", "9223372036854775807"},
      {"minus one", "20", "-1"},
      {"minus a thousand", "39 03e7", "-1000"},
      {"the smallest that fits", "3b 7fffffffffffffff", "-9223372036854775808"},
      {"one less is saturated", "3b 8000000000000000", "-9223372036854775808"},
      {"the smallest there is", "3b ffffffffffffffff", "-9223372036854775808"},
      {"half: zero", "f9 0000", "real 0"},
      {"half: minus zero", "f9 8000", "real -0"},
      {"half: one", "f9 3c00", "real 1"},
      {"half: one and a half", "f9 3e00", "real 1.5"},
      {"half: the largest", "f9 7bff", "real 65504"},
      {"half: the smallest", "f9 0001", "real 5.960464477539063e-08"},
      {"half: the smallest that is normal", "f9 0400", "real 6.103515625e-05"},
      {"half: minus four", "f9 c400", "real -4"},
      {"half: infinity", "f9 7c00", "real inf"},
      {"half: no number", "f9 7e00", "real nan"},
      {"half: minus infinity", "f9 fc00", "real -inf"},
      {"single", "fa 47c35000", "real 100000"},
      {"single: the largest", "fa 7f7fffff", "real 3.4028234663852886e+38"},
      {"double", "fb 3ff199999999999a", "real 1.1"},
      {"double: large", "fb 7e37e43c8800759c", "real 1e+300"},
      {"double: negative", "fb c010666666666666", "real -4.1"},
      {"false", "f4", "false"},
      {"true", "f5", "true"},
      {"null", "f6", "null"},
      {"undefined", "f7", "null"},
      {"no bytes", "40", "bytes ''"},
      {"bytes", "44 61626364", "bytes 'abcd'"},
      {"a length longer than needed", "5b 0000000000000001 61", "bytes 'a'"},
      {"no text", "60", "''"},
      {"a text", "64 49455446", "'IETF'"},
      {"characters of two bytes", "62 c3bc", "'ü'"},
      {"of three", "63 e6b0b4", "'水'"},
      {"of four", "64 f0908591", "'𐅑'"},
      {"pieces of bytes", "5f 42 0102 43 030405 ff", "bytes '\x01\x02\x03\x04\x05'"},
      {"pieces of a text", "7f 65 7374726561 64 6d696e67 ff", "'streaming'"},
      {"no piece at all", "7f ff", "''"},
      {"empty pieces", "7f 60 61 61 60 ff", "'a'"},
      {"a character in two pieces", "7f 61 c3 61 bc ff", "'ü'"},
      {"an empty list", "80", "[]"},
      {"a list", "83 01 02 03", "[1, 2, 3]"},
      {"lists in a list", "83 01 82 02 03 82 04 05", "[1, [2, 3], [4, 5]]"},
      {"an empty list without length", "9f ff", "[]"},
      {"lists with and without length", "9f 01 82 02 03 9f 04 05 ff ff", "[1, [2, 3], [4, 5]]"},
      {"an empty map", "a0", "{}"},
      {"a map", "a2 61 61 01 61 62 82 02 03", "{'a': 1, 'b': [2, 3]}"},
      {"a map without length", "bf 61 61 01 61 62 9f 02 03 ff ff", "{'a': 1, 'b': [2, 3]}"},
      {"a map in a list", "82 61 61 bf 61 62 61 63 ff", "['a', {'b': 'c'}]"},
      {"a key in pieces", "a1 7f 61 61 61 62 ff 01", "{'ab': 1}"},
      {"a key twice", "a2 61 61 01 61 61 02", "{'a': 1, 'a': 2}"},
      {"a time", "c1 1a 514b67b0", "1363896240"},
      {"a time as a float", "c1 fb 41d452d9ec200000", "real 1363896240.5"},
      {"a tag of no meaning here", "d8 20 63 616263", "'abc'"},
      {"tags before a tag", "d9 d9f7 c1 c1 01", "1"},
      {"the longest tag", "db ffffffffffffffff 01", "1"},
      {"a request as tools write it", "a1 6a 53747265616d4e616d65 61 73", "{'StreamName': 's'}"},
      {"a request as the Java SDK writes it", "bf 6a 53747265616d4e616d65 61 73 ff", "{'StreamName': 's'}"},
  }));
  INFO(row.why);
  CHECK(read(hex(row.bytes)) == row.value);
}

TEST_CASE("What is not one item of CBOR does not parse") {
  struct Row {
    const char* why;
    const char* bytes;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", ""},
      {"an integer cut short", "18"},
      {"an integer of four bytes cut short", "1a 0102"},
      {"an integer of eight bytes cut short", "1b 01020304050607"},
      {"a float cut short", "f9 00"},
      {"a double cut short", "fb 00000000000000"},
      {"a tag without a value", "c1"},
      {"a tag cut short", "d8"},
      {"bytes cut short", "41"},
      {"a text cut short", "62 61"},
      {"bytes as long as memory", "5b ffffffffffffffff 010203"},
      {"a text one longer than the body", "7b 0000000000000002 61"},
      {"a list cut short", "81"},
      {"a list of fewer items than told", "82 00"},
      {"a list as long as memory", "9b ffffffffffffffff"},
      {"a list as long as memory with an item", "9b ffffffffffffffff 00"},
      {"a map cut short", "a1"},
      {"a map without its last value", "a1 61 61"},
      {"a map of fewer entries than told", "a2 61 61 02"},
      {"a map as long as memory", "bb ffffffffffffffff"},
      {"bytes that do not end", "5f 41 00"},
      {"a text that does not end", "7f"},
      {"a list that does not end", "9f 01"},
      {"a map that does not end", "bf 61 61 01"},
      {"lists that do not end", "9f 9f 9f ff ff"},
      {"a map that ends before a value", "bf 61 61 ff"},
      {"an end of nothing", "ff"},
      {"an end in a list with length", "81 ff"},
      {"an end in a map with length", "a1 ff"},
      {"an end for a value", "a1 61 61 ff"},
      {"an end behind a tag", "c1 ff"},
      {"a text among pieces of bytes", "5f 61 61 ff"},
      {"bytes among pieces of a text", "7f 41 61 ff"},
      {"an integer among pieces", "5f 00 ff"},
      {"a tag among pieces", "5f c1 41 00 ff"},
      {"pieces inside pieces", "5f 5f 41 00 ff ff"},
      {"a piece cut short", "5f 42 00 ff"},
      {"a piece as long as memory", "7f 7b ffffffffffffffff ff"},
      {"an integer without length", "1f"},
      {"a negative integer without length", "3f"},
      {"a tag without length", "df 00"},
      {"a reserved length", "1c"},
      {"another", "5d"},
      {"another, of a list", "9e"},
      {"another, of a simple value", "fe"},
      {"a simple value that means nothing", "e0"},
      {"the one before false", "f3"},
      {"a simple value of two bytes", "f8 ff"},
      {"true in two bytes", "f8 15"},
      {"something after it", "00 00"},
      {"an end after it", "80 ff"},
      {"a second one", "a0 a0"},
      {"an integer as a key", "a1 01 02"},
      {"bytes as a key", "a1 41 61 02"},
      {"null as a key", "a1 f6 02"},
      {"a key with a tag", "a1 c1 61 61 02"},
      {"a key that is not UTF-8", "a1 61 80 02"},
      {"a byte that starts no character", "61 80"},
      {"a character cut short", "62 e8aa"},
      {"an overlong form", "62 c0af"},
      {"a surrogate", "63 eda080"},
      {"beyond U+10FFFF", "64 f4908080"},
      {"a character cut short by the end of the pieces", "7f 61 c3 ff"},
      {"JSON", "7b 7d"},
  }));
  INFO(row.why);
  CHECK(read(hex(row.bytes)) == "does not parse");
}

TEST_CASE("A body of CBOR is a map, or a list for the types to refuse") {
  const auto accepted = [](std::string body) { return parse(body, Encoding::cbor).has_value(); };
  CHECK(accepted(hex("a0")));
  CHECK(accepted(hex("d9 d9f7 bf ff")));
  CHECK(accepted(hex("80")));
  for (const char* body : {"00", "f5", "f6", "60", "40", "f9 3c00"}) {
    INFO(body);
    CHECK_FALSE(accepted(hex(body)));
  }
}

TEST_CASE("CBOR has the bounds that JSON has") {
  CHECK(parses(nested(wire::depth_max - 1)));
  CHECK_FALSE(parses(nested(wire::depth_max)));
  CHECK_FALSE(parses(nested(1'000'000)));
  CHECK_FALSE(parses(std::string(1'000'000, '\x9F')));
  CHECK_FALSE(parses(std::string(1'000'000, '\xBF')));
  CHECK_FALSE(parses(std::string(1'000'000, '\xC1')));
  CHECK(parses(std::string(1'000'000, '\xC1') + "\x01"));
  const auto list_of = [](std::size_t values) { return "\x9F" + std::string(values, '\x01') + "\xFF"; };
  CHECK(parses(list_of(wire::nodes_max - 1)));
  CHECK_FALSE(parses(list_of(wire::nodes_max)));
}

TEST_CASE("A tree of CBOR points into its body, which may be moved") {
  for (const char* bytes : {"a1 61 61 61 62", "bf 7f 61 61 ff 7f 60 61 62 ff ff"}) {
    std::string body = hex(bytes);
    auto tree = cbor::parse(body);
    REQUIRE(tree.has_value());
    const std::string moved = std::move(body);
    CHECK(tree.value().encoding == Encoding::cbor);
    const wire::Node* key = tree.value().root().first();
    CHECK(key->text() == "a");
    CHECK(key->next()->text() == "b");
    CHECK((key->text().data() > moved.data() && key->text().data() < moved.data() + moved.size()));
  }
}

TEST_CASE("CBOR is written with the shortest heads") {
  struct Row {
    std::int64_t value;
    const char* bytes;
  };
  const auto row = GENERATE(values<Row>({
      {0, "00"},
      {23, "17"},
      {24, "18 18"},
      {255, "18 ff"},
      {256, "19 0100"},
      {65535, "19 ffff"},
      {65536, "1a 00010000"},
      {4294967295, "1a ffffffff"},
      {4294967296, "1b 0000000100000000"},
      {std::numeric_limits<std::int64_t>::max(), "1b 7fffffffffffffff"},
      {-1, "20"},
      {-24, "37"},
      {-25, "38 18"},
      {-1000, "39 03e7"},
      {std::numeric_limits<std::int64_t>::min(), "3b 7fffffffffffffff"},
  }));
  CHECK(written([&](cbor::Writer& writer) { writer.integer(row.value); }) == hex(row.bytes));
}

TEST_CASE("CBOR is written with definite lengths") {
  CHECK(written([](cbor::Writer& writer) {
          writer.begin_map(4);
          writer.key("a");
          writer.begin_list(3);
          writer.boolean(true);
          writer.boolean(false);
          writer.begin_list(0);
          writer.end_list();
          writer.end_list();
          writer.key("b");
          writer.bytes("hi");
          writer.key("c");
          writer.text("é");
          writer.key("d");
          writer.timestamp(Timestamp{std::chrono::milliseconds{1'700'000'000'000}});
          writer.end_map();
        }) == hex("a4 6161 83 f5 f4 80 6162 42 6869 6163 62 c3a9 6164 c1 1b 0000018bcfe56800"));
  const std::string long_text(70'000, 'x');
  CHECK(written([&](cbor::Writer& writer) { writer.text(long_text); }) == hex("7a 00011170") + long_text);
  CHECK(written([&](cbor::Writer& writer) { writer.begin_list(500); }) == hex("99 01f4"));
}

TEST_CASE("Times before 1970 are negative milliseconds") {
  const auto time = [](std::int64_t ms) {
    return written([&](cbor::Writer& writer) { writer.timestamp(Timestamp{std::chrono::milliseconds{ms}}); });
  };
  CHECK(time(-1) == hex("c1 20"));
  CHECK(time(0) == hex("c1 00"));
  CHECK(time(1'500) == hex("c1 19 05dc"));
}

TEST_CASE("A time in a request is a number of milliseconds, in tag 1 or bare") {
  struct Row {
    const char* why;
    const char* value;
    std::int64_t ms;
  };
  const auto row = GENERATE(values<Row>({
      {"an integer in the tag", "c1 1b 0000018bcfe56800", 1'700'000'000'000},
      {"a float in the tag", "c1 fb 4278bcfe56800000", 1'700'000'000'000},
      {"an integer", "1b 0000018bcfe56800", 1'700'000'000'000},
      {"a float", "fb 4278bcfe56800000", 1'700'000'000'000},
      {"a fraction, rounded down", "c1 f9 3e00", 1},
      {"a negative fraction, rounded down", "c1 f9 be00", -2},
      {"a single float", "fa 47c35000", 100'000},
      {"another tag", "d8 64 01", 1},
      {"no number", "f9 7e00", 0},
      {"endless", "f9 7c00", 8'640'000'000'000'000},
      {"beyond 64 bits", "3b ffffffffffffffff", -8'640'000'000'000'000},
  }));
  INFO(row.why);
  std::string body = "\xA1\x77" + std::string("StreamCreationTimestamp") + hex(row.value);
  const auto tree = parse(body, Encoding::cbor);
  REQUIRE(tree.has_value());
  const auto request = decode<ListShards::Request>(tree.value());
  REQUIRE(request.has_value());
  CHECK(request.value().stream_creation_timestamp->time_since_epoch().count() == row.ms);
}

TEST_CASE("A text where a blob is wanted is base64 as in JSON, and bytes are no text") {
  struct Row {
    const char* why;
    const char* data;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"base64", "64 61476b3d", nullptr},
      {"bytes", "42 6869", nullptr},
      {"bytes in pieces", "5f 41 68 41 69 ff", nullptr},
      {"no base64", "62 6869",
       "'hi' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but "
       "found: 2"},
      {"an integer", "01",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to a Blob"},
  }));
  INFO(row.why);
  const std::string tail = "\x6C" + std::string("PartitionKey") + "\x61k";
  std::string body = "\xA2\x64" + std::string("Data") + hex(row.data) + tail;
  const auto tree = parse(body, Encoding::cbor);
  REQUIRE(tree.has_value());
  const auto request = decode<PutRecord::Request>(tree.value());
  if (row.message == nullptr) {
    REQUIRE(request.has_value());
    CHECK(request.value().data.bytes == "hi");
  } else {
    CHECK(request.error() == mistyped(row.message));
  }

  std::string bytes_for_text = "\xA1\x6A" + std::string("StreamName") + hex("41 73");
  const auto named = parse(bytes_for_text, Encoding::cbor);
  REQUIRE(named.has_value());
  CHECK(decode<DescribeStream::Request>(named.value()).error() ==
        mistyped("class java.nio.HeapByteBuffer can not be converted to an String"));
}

}  // namespace kinesisd::protocol
