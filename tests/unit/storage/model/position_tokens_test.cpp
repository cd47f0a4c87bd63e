#include "storage/model/position_tokens.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace kinesisd::storage {

namespace {

const TokenSeal ours(std::string(32, 'a'));

ShardIterator iterator_of(const std::string& stream) {
  ShardIterator iterator{stream,           "123456789012",  7, {3}, 0x7fff'ffff'ffff'ffff,
                         from_epoch_ms(1), from_epoch_ms(2)};
  iterator.region = "ap-southeast-1";
  return iterator;
}

std::size_t decoded_size(const std::string& base64) {
  const auto padding = base64.size() - base64.find_last_not_of('=') - 1;
  return base64.size() / 4 * 3 - padding;
}

}  // namespace

TEST_CASE("A shard iterator carries its position and has the length of AWS's") {
  for (std::size_t length = 1; length <= 128; ++length) {
    const auto iterator = iterator_of(std::string(length, 's'));
    const auto text = seal(ours, iterator);
    INFO(length);
    REQUIRE(open_shard_iterator(ours, text) == iterator);
    REQUIRE(decoded_size(text) == 152 + (length + 2) / 16 * 16);
    REQUIRE(text.size() <= 512);
    REQUIRE(text.starts_with("AAAAAAAAAA"));
  }
}

TEST_CASE("Sealing the same position twice gives different texts") {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.insert(seal(ours, iterator_of("orders")));
  CHECK(texts.size() == 100);
}

TEST_CASE("A shard iterator may be wrapped in double quotes") {
  const auto text = seal(ours, iterator_of("orders"));
  CHECK(open_shard_iterator(ours, '"' + text + '"'));
  CHECK_FALSE(open_shard_iterator(ours, '"' + text));
  CHECK_FALSE(open_shard_iterator(ours, text + '"'));
  CHECK_FALSE(open_shard_iterator(ours, "\"\"" + text + "\"\""));
}

TEST_CASE("No altered iterator is accepted") {
  const auto text = seal(ours, iterator_of("orders"));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto altered = text;
    altered[i] = altered[i] == 'B' ? 'C' : 'B';
    INFO(altered);
    REQUIRE_FALSE(open_shard_iterator(ours, altered));
    REQUIRE_FALSE(open_shard_iterator(ours, text.substr(0, i)));
  }
}

TEST_CASE("Text that is not a token of ours is refused") {
  struct Row {
    std::string why, text;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing", ""},
      {"a quote", "\""},
      {"two quotes", "\"\""},
      {"not base64", "!!!!"},
      {"whitespace in front", " " + seal(ours, iterator_of("orders"))},
      {"a line end behind", seal(ours, iterator_of("orders")) + "\n"},
      {"too short for the frame", "AAAAAAAAAAE="},
      {"very long", std::string(100'000, 'A')},
      {"another key", seal(TokenSeal(std::string(32, 'b')), iterator_of("orders"))},
      {"another kind of token", seal(ours, ListStreamsToken{"orders", {}})},
  }));
  INFO(row.why);
  CHECK_FALSE(open_shard_iterator(ours, row.text));
}

TEST_CASE("NextTokens carry their position, each kind its own") {
  const ListShardsToken shards{"orders", "123456789012",    9,          4, from_epoch_ms(77),
                               1000,     from_epoch_ms(88), "eu-west-1"};
  const ListStreamsToken streams{std::string(128, 'z'), from_epoch_ms(99), "123456789012", "eu-west-1"};
  CHECK(open_list_shards_token(ours, seal(ours, shards)) == shards);
  CHECK(open_list_streams_token(ours, seal(ours, streams)) == streams);
  CHECK_FALSE(open_list_shards_token(ours, seal(ours, streams)));
  CHECK_FALSE(open_list_streams_token(ours, seal(ours, shards)));
  CHECK_FALSE(open_list_streams_token(ours, seal(ours, iterator_of("orders"))));
}

}  // namespace kinesisd::storage
