#include "storage/model/sequence_number.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

namespace kinesisd::storage {

namespace {

constexpr std::int64_t created = 1700000000;

// Decimal texts without leading zeros, by value.
bool less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// hex digits as a decimal number, by long multiplication.
std::string decimal(const std::string& hex) {
  std::string digits = "0";
  for (char c : hex) {
    int carry = c <= '9' ? c - '0' : c - 'a' + 10;
    for (auto at = digits.rbegin(); at != digits.rend(); ++at) {
      carry += (*at - '0') * 16;
      *at = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits.insert(digits.begin(), static_cast<char>('0' + carry % 10));
  }
  return digits;
}

}  // namespace

TEST_CASE("Sequence numbers print as AWS prints them") {
  struct Row {
    std::string why;
    SequenceNumber number;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"shard 0 start",
       {created, 0, created, {0}},
       "49646437577108476416916876405825929425585429676275269634"},
      {"shard 1 start",
       {created, 0, created, {1}},
       "49646437577130777162115407028967465143858078037781250066"},
      {"the nibble of shard 17 is 1",
       {created, 0, created, {17}},
       "49646437577130777162115407028967465143858078037781250322"},
      {"a record",
       {created, 5, created + 100, {1}},
       "49646437577130777162115407028973509772956158055602454546"},
      {"shard 1 end",
       {created, sequence_index_max, created + 200, {1}},
       "49646437577141927534714672340537024077174801333254881298"},
      {"a child's start",
       {created + 201, 0, created + 201, {3}},
       "49646437648894575210986952298429406545240519176641052722"},
      {"AWS's documentation, 2018",
       {1542776258, 0x67648a17, 1545084650, {6}},
       "49590338271490256608559692538361571095921575989136588898"},
      {"AWS's documentation, 2014",
       {1411403981, 0x157d, 1411431220, {0}},
       "49543463076548007577105092703039560359975228518395019266"},
      {"recorded start",
       {1467099768, 0, 1467099768, {0}},
       "49563335997420305725896584603874146327194044269160562690"},
      {"recorded end",
       {1467099768, sequence_index_max, 1467099792, {0}},
       "49563335997431456098495849915443705260510755470006288386"},
  }));
  INFO(row.why);
  CHECK(row.number.to_string() == row.text);
  const auto parsed = parse_sequence_number(row.text);
  REQUIRE(parsed);
  CHECK(parsed->version == 2);
  CHECK(parsed->number == row.number);
}

TEST_CASE("Printing and parsing a sequence number returns it, and its order is that of the texts") {
  std::mt19937_64 random(42);  // NOLINT: the same numbers in every run
  const auto any = [&](std::uint64_t below) { return random() % below; };
  std::vector<SequenceNumber> numbers;
  for (int i = 0; i < 300; ++i)
    numbers.push_back({static_cast<std::int64_t>(any(i % 2 ? 3 : 16025175000)),
                       any(i % 3 ? 4 : sequence_index_max),
                       static_cast<std::int64_t>(any(std::uint64_t{1} << 36)),
                       {static_cast<std::uint32_t>(any(i % 5 ? 40 : 0x80000000))},
                       any(3) == 0});
  bool round_trips = true, ordered = true, long_enough = true;
  for (const auto& a : numbers) {
    const auto text = a.to_string();
    long_enough = long_enough && text.size() == 56;
    const auto parsed = parse_sequence_number(text);
    round_trips = round_trips && parsed && parsed->number == a;
    for (const auto& b : numbers) ordered = ordered && (a < b) == less(text, b.to_string());
  }
  CHECK(round_trips);
  CHECK(ordered);
  CHECK(long_enough);
}

TEST_CASE("A number past a record lies behind it, whenever that came, and before the next") {
  constexpr std::int64_t latest = (std::int64_t{1} << 36) - 1;
  struct Row {
    std::string why;
    SequenceNumber lower, upper;
  };
  const auto row = GENERATE(values<Row>({
      {"the record came in the same second", {created, 5, created, {1}}, {created, 5, created, {1}, true}},
      {"the record came much later", {created, 5, latest, {1}}, {created, 5, created, {1}, true}},
      {"the next came much earlier", {created, 5, latest, {1}, true}, {created, 6, created, {1}}},
      {"of two the later", {created, 5, created, {1}, true}, {created, 5, created + 1, {1}, true}},
      {"past nothing, before the first record", {created, 0, latest, {1}, true}, {created, 1, created, {1}}},
      {"behind the shard's own number", {created, 0, created, {1}}, {created, 0, created, {1}, true}},
      {"before the shard's end",
       {created, sequence_index_max - 1, latest, {1}, true},
       {created, sequence_index_max, created, {1}}},
  }));
  INFO(row.why);
  CHECK(row.lower < row.upper);
  CHECK(less(row.lower.to_string(), row.upper.to_string()));
  for (const SequenceNumber& number : {row.lower, row.upper}) {
    const auto parsed = parse_sequence_number(number.to_string());
    REQUIRE(parsed);
    CHECK(parsed->number == number);
    CHECK(number.to_string().size() == 56);
  }
}

TEST_CASE("Whatever stands in the byte that a record's number leaves empty, the number is past the record") {
  const std::string record = "206553f100100000000000000050006553f164000000012";
  CHECK_FALSE(parse_sequence_number(decimal(record))->number.past_record);
  for (const char* byte : {"01", "10", "7f", "ff"}) {
    INFO(byte);
    const auto parsed = parse_sequence_number(decimal(std::string(record).replace(27, 2, byte)));
    REQUIRE(parsed);
    CHECK(parsed->number == SequenceNumber{created, 5, created + 100, {1}, true});
  }
}

TEST_CASE("Older sequence numbers are recognised, and what is none is refused") {
  struct Row {
    std::string why, hex;
    int version;  // -1: not a sequence number
    std::int64_t created_s;
    std::uint32_t shard;
  };
  const auto row = GENERATE(values<Row>({
      {"0 is a version 0 number of shard 0", "0", 0, 0, 0},
      {"version 0",
       "1"
       "06553f100"
       "00"
       "1234567812345678"
       "0003",
       0, 0x06553f100, 3},
      {"version 0 without its first digit",
       "06553f100"
       "00"
       "1234567812345678"
       "0003",
       0, 0x06553f100, 3},
      {"just above version 0's range", "200000000000000000000000000000000", -1, 0, 0},
      {"version 1",
       "2"
       "06553f100"
       "0"
       "00"
       "06553f101"
       "00000000000000"
       "05"
       "00000002"
       "1",
       1, 0x06553f100, 2},
      {"version 3", "206553f100000000000000000000006553f100000000003", -1, 0, 0},
      {"a first digit of 1", "106553f100000000000000000000006553f100000000002", -1, 0, 0},
      {"a first digit of 3", "306553f100000000000000000000006553f100000000002", -1, 0, 0},
      {"creation in the far future", "23bb2cc3d8000000000000000000006553f100000000002", -1, 0, 0},
      {"the last creation second allowed", "23bb2cc3d7000000000000000000006553f100000000002", 2, 16025174999,
       0},
      {"an index with its top bit set", "206553f10008000000000000000006553f1000000000002", -1, 0, 0},
      {"a negative shard", "206553f100000000000000000000006553f100800000002", 2, 0x06553f100, 0x80000000},
      {"more than 192 bits", "1000000000000000000000000000000000000000000000000", -1, 0, 0},
  }));
  INFO(row.why);
  const auto parsed = parse_sequence_number(decimal(row.hex));
  REQUIRE(parsed.has_value() == (row.version >= 0));
  if (!parsed) return;
  CHECK(parsed->version == row.version);
  CHECK(parsed->number.shard_created_s == row.created_s);
  CHECK(parsed->number.shard.value == row.shard);
}

TEST_CASE("Text that is not decimal is no sequence number") {
  const auto text = GENERATE(as<std::string>{}, "", "abc", "-1", "1.5", " 1", std::string(129, '9'));
  INFO(text);
  CHECK_FALSE(parse_sequence_number(text));
}

TEST_CASE("Shard ids are read as leniently as AWS reads them") {
  struct Row {
    std::string text;
    std::int64_t index;  // -1: not a shard id
  };
  const auto row = GENERATE(values<Row>({
      {"shardId-000000000000", 0},
      {"shardId-0", 0},
      {"0", 0},
      {"-00000000000", 0},
      {"whatever-000", 0},
      {"shardId-5-7", 5},
      {"shardId-2147483647", 2147483647},
      {"shardId-2147483648", -1},
      {"shardId-99999999999999999999999", -1},
      {"shardId-", -1},
      {"shardId-a", -1},
      {"ABKLFD8", -1},
      {"", -1},
  }));
  INFO(row.text);
  const auto index = parse_shard_id(row.text);
  CHECK((index ? std::int64_t{index->value} : -1) == row.index);
}

TEST_CASE("Shard ids print with twelve digits, negative ones with a sign") {
  CHECK(ShardIndex{7}.shard_id() == "shardId-000000000007");
  CHECK(ShardIndex{2147483647}.shard_id() == "shardId-002147483647");
  CHECK(ShardIndex{0x80000000}.shard_id() == "shardId--02147483648");
}

}  // namespace kinesisd::storage
