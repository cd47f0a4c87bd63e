#include "storage/model/random.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kinesisd::storage {

TEST_CASE("With a seed the same values come again, whatever kind is asked for") {
  Random one(7);
  Random two(7);
  for (int i = 0; i < 100; ++i) {
    CHECK(one.next() == two.next());
    CHECK(one.bytes(100) == two.bytes(100));
    CHECK(one.uniform() == two.uniform());
    CHECK(one.below(10) == two.below(10));
  }
}

TEST_CASE("Values of a seed are the same in every version") {
  // Whoever wrote a seed into a test expects what it gave.
  Random random(1);
  CHECK(random.next() == 14900326220836161491U);
  CHECK(random.below(1000) == 350);
  CHECK(random.fork("ids").next() == 12861916751004574319U);
}

TEST_CASE("Other seeds, other purposes and no seed give other values") {
  std::set<std::uint64_t> values;
  for (std::uint64_t seed = 0; seed < 100; ++seed) values.insert(Random(seed).next());
  values.insert(Random(0).fork("a").next());
  values.insert(Random(0).fork("b").next());
  values.insert(Random(0).fork("a").fork("a").next());
  values.insert(Random().next());
  values.insert(Random().next());
  CHECK(values.size() == 105);
}

TEST_CASE("A generator for a purpose does not depend on what else was drawn") {
  Random used(3);
  for (int i = 0; i < 10; ++i) used.next();
  CHECK(used.fork("faults").bytes(16) == Random(3).fork("faults").bytes(16));

  Random untouched(3);
  used.fork("faults").next();
  for (int i = 0; i < 10; ++i) untouched.next();
  CHECK(used.next() == untouched.next());
}

TEST_CASE("Moved, a generator goes on where it was") {
  Random whole(5);
  Random first(5);
  CHECK(first.next() == whole.next());
  Random second(std::move(first));
  CHECK(second.next() == whole.next());
}

TEST_CASE("Bytes are as many as were asked for, and none repeat") {
  Random random(1);
  for (const std::size_t count : {0U, 1U, 16U, 63U, 64U, 65U, 1000U}) {
    INFO(count);
    const std::string bytes = random.bytes(count);
    CHECK(bytes.size() == count);
    if (count >= 16) CHECK(bytes.find(bytes.substr(0, 8), 1) == std::string::npos);
  }
}

TEST_CASE("Numbers lie evenly within their bounds") {
  Random random(2);
  std::array<int, 10> hits{};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto number = random.below(hits.size());
    REQUIRE(number < hits.size());
    ++hits[number];
    const double part = random.uniform();
    REQUIRE((part >= 0 && part < 1));
    sum += part;
  }
  CHECK(*std::min_element(hits.begin(), hits.end()) > 850);
  CHECK(*std::max_element(hits.begin(), hits.end()) < 1150);
  CHECK(sum == Approx(5000).epsilon(0.03));
  CHECK(random.below(1) == 0);
}

TEST_CASE("Threads share a generator without drawing a value twice") {
  constexpr std::size_t each = 2000;
  Random random(1);
  std::vector<std::vector<std::uint64_t>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& values : drawn)
    threads.emplace_back([&random, &values] {
      for (std::size_t i = 0; i < each; ++i) values.push_back(random.next());
    });
  for (auto& thread : threads) thread.join();
  std::set<std::uint64_t> values;
  for (const auto& some : drawn) values.insert(some.begin(), some.end());
  CHECK(values.size() == 4 * each);
}

}  // namespace kinesisd::storage
