#include "storage/model/hash_key.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace kinesisd::storage {

TEST_CASE("Partition keys are placed by MD5 the way AWS places them") {
  struct Row {
    std::string key, hash;
    std::uint32_t shard_of_three;
  };
  const auto row = GENERATE(values<Row>({
      {"a", "16955237001963240173058271559858726497", 0},
      {"b", "195289424170611159128911017612795795343", 1},
      {"e", "299611584147932843547128611849858313266", 2},
      {"f", "190917122200326810055233066464581373159", 1},
      {"1", "261578874264819908609102035485573088411", 2},
  }));
  INFO(row.key);
  const HashKey hash = hash_of(row.key);
  CHECK(to_string(hash) == row.hash);
  CHECK(even_range(row.shard_of_three, 3).contains(hash));
}

TEST_CASE("Even ranges have AWS's bounds and tile all hash keys") {
  CHECK(to_string(even_range(0, 3).ending) == "113427455640312821154458202477256070484");
  CHECK(to_string(even_range(1, 3).starting) == "113427455640312821154458202477256070485");
  CHECK(to_string(even_range(1, 3).ending) == "226854911280625642308916404954512140969");
  CHECK(to_string(even_range(2, 3).starting) == "226854911280625642308916404954512140970");
  const std::uint32_t count = GENERATE(1U, 2U, 3U, 4U, 7U, 16U, 17U, 1000U, 20000U);
  INFO(count);
  CHECK(even_range(0, count).starting == 0);
  CHECK(to_string(even_range(count - 1, count).ending) == "340282366920938463463374607431768211455");
  bool tiles = true;
  for (std::uint32_t i = 1; i < count; ++i)
    tiles = tiles && even_range(i, count).starting == even_range(i - 1, count).ending + 1;
  CHECK(tiles);
}

TEST_CASE("Hash keys are read as decimal numbers below 2^128") {
  struct Row {
    std::string why, text;
    bool valid;
  };
  const auto row = GENERATE(values<Row>({
      {"zero", "0", true},
      {"the largest", "340282366920938463463374607431768211455", true},
      {"one more", "340282366920938463463374607431768211456", false},
      {"ten times as large", "3402823669209384634633746074317682114550", false},
      {"39 nines", "999999999999999999999999999999999999999", false},
      {"nothing", "", false},
      {"a sign", "-1", false},
      {"hexadecimal", "ff", false},
  }));
  INFO(row.why);
  const auto key = parse_hash_key(row.text);
  CHECK(key.has_value() == row.valid);
  if (row.valid) CHECK(to_string(*key) == row.text);
}

TEST_CASE("Threads hash at the same time without disturbing each other") {
  std::vector<std::thread> threads;
  std::vector<HashKey> hashes(4);
  for (auto& hash : hashes)
    threads.emplace_back([&hash] {
      for (int i = 0; i < 1000; ++i) hash = hash_of(i == 999 ? "a" : "other");
    });
  for (auto& thread : threads) thread.join();
  for (const auto& hash : hashes) CHECK(to_string(hash) == "16955237001963240173058271559858726497");
}

}  // namespace kinesisd::storage
