// Aggregates of the Kinesis Producer Library: taken apart, or not taken for one.
#include "protocol/aggregated_record.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace kinesisd::protocol {

namespace {

using std::string_literals::operator""s;

// Stands for MD5, which belongs to another layer.
Md5 sum(std::string_view text) {
  Md5 digest{};
  for (std::size_t i = 0; i < text.size(); ++i)
    digest[i % digest.size()] = static_cast<unsigned char>(digest[i % digest.size()] * 31 + text[i]);
  return digest;
}

std::string aggregate(const std::string& message) {
  const Md5 digest = sum(message);
  return "\xF3\x89\x9A\xC2" + message + std::string(digest.begin(), digest.end());
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes + static_cast<char>(value);
}

std::string field(std::uint64_t number, const std::string& bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + bytes;
}
std::string field(std::uint64_t number, std::uint64_t value) {
  return varint(number << 3U) + varint(value);
}

std::string record(std::uint64_t key, const std::string& data) {
  return field(3, field(1, key) + field(3, data));
}

}  // namespace

TEST_CASE("An aggregate is taken apart in order, with keys, hash keys and tags") {
  const std::string large(300, 'd');
  const std::string whole =
      aggregate(field(1, "a"s) + field(1, "b"s) + field(2, "123"s) + record(1, "first") +
                field(3, field(1, 0) + field(2, 0) + field(3, large) + field(4, field(1, "t"s)) +
                             field(4, field(1, "u"s) + field(2, "v"s))) +
                record(1, ""));
  const auto records = read_aggregate(whole, sum);
  REQUIRE(records);
  REQUIRE(records->size() == 3);
  CHECK((*records)[0].partition_key == "b");
  CHECK((*records)[0].data == "first");
  CHECK_FALSE((*records)[0].explicit_hash_key);
  CHECK((*records)[0].tags.empty());
  CHECK((*records)[1].partition_key == "a");
  CHECK((*records)[1].explicit_hash_key == "123");
  CHECK((*records)[1].data == large);
  REQUIRE((*records)[1].tags.size() == 2);
  CHECK((*records)[1].tags[0].key == "t");
  CHECK_FALSE((*records)[1].tags[0].value);
  CHECK((*records)[1].tags[1].value == "v");
  CHECK((*records)[2].data.empty());
}

TEST_CASE("Tables may stand behind the records, and fields nobody knows are left out") {
  const std::string whole =
      aggregate(record(0, "x") + field(9, "new"s) + field(8, 7) + varint(7U << 3U | 1U) + "12345678" +
                varint(7U << 3U | 5U) + "1234" + field(1, "k"s));
  const auto records = read_aggregate(whole, sum);
  REQUIRE(records);
  REQUIRE(records->size() == 1);
  CHECK((*records)[0].partition_key == "k");
}

TEST_CASE("What is not quite an aggregate is none") {
  struct Row {
    const char* why;
    std::string data;
  };
  const std::string good = aggregate(field(1, "k"s) + record(0, "x"));
  REQUIRE(read_aggregate(good, sum));
  std::string other_digest = good;
  other_digest.back() = static_cast<char>(other_digest.back() + 1);
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing", ""},
      {"the magic number alone", good.substr(0, 4)},
      {"no room for a digest", good.substr(0, 19)},
      {"another magic number", "x" + good.substr(1)},
      {"another digest", other_digest},
      {"cut short", good.substr(0, good.size() - 1)},
      {"a key that is not in the table", aggregate(field(1, "k"s) + record(1, "x"))},
      {"a hash key that is not in the table",
       aggregate(field(1, "k"s) + field(3, field(1, 0) + field(2, 0) + field(3, "x"s)))},
      {"a record without a key", aggregate(field(1, "k"s) + field(3, field(3, "x"s)))},
      {"a record without data", aggregate(field(1, "k"s) + field(3, field(1, 0)))},
      {"a tag without a key",
       aggregate(field(1, "k"s) + field(3, field(1, 0) + field(3, "x"s) + field(4, ""s)))},
      {"a key that is a number", aggregate(field(1, 1))},
      {"an index that is a text", aggregate(field(1, "k"s) + field(3, field(1, "0"s) + field(3, "x"s)))},
      {"a length beyond the end", aggregate(varint(1U << 3U | 2U) + varint(5) + "abcd")},
      {"a length beyond everything", aggregate(varint(1U << 3U | 2U) + varint(UINT64_MAX))},
      {"a number without an end", aggregate(std::string(11, '\xFF'))},
      {"a number cut short", aggregate("\x08\x80")},
      {"field 0", aggregate(std::string(2, '\0'))},
      {"a group", aggregate("\x0B\x0C")},
      {"a type there is not", aggregate("\x0F")},
  }));
  INFO(row.why);
  CHECK_FALSE(read_aggregate(row.data, sum));
}

TEST_CASE("An aggregate of nothing has no records") {
  const std::string whole = aggregate("");
  const auto records = read_aggregate(whole, sum);
  REQUIRE(records);
  CHECK(records->empty());
}

TEST_CASE("Aggregates are bounded") {
  std::string message = field(1, "k"s);
  for (std::size_t i = 0; i < aggregated_records_max; ++i) message += record(0, "");
  CHECK(read_aggregate(aggregate(message), sum));
  CHECK_FALSE(read_aggregate(aggregate(message + record(0, "")), sum));
}

}  // namespace kinesisd::protocol
