#include "storage/model/token_bucket.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::storage {

namespace {

// How many single tokens are admitted at once.
int admitted(TokenBucket& bucket, Timestamp at) {
  int count = 0;
  for (; count < 5000 && bucket.admits(at); ++count) bucket.take(1, at);
  return count;
}

}  // namespace

TEST_CASE("A bucket holds one second's worth and fills with time") {
  const Timestamp start = from_epoch_ms(1'700'000'000'000);
  const auto ms = [](int count) { return std::chrono::milliseconds{count}; };
  TokenBucket bucket(1000);
  CHECK(admitted(bucket, start) == 1000);
  CHECK(admitted(bucket, start) == 0);
  CHECK(admitted(bucket, start + ms(1)) == 1);
  CHECK(admitted(bucket, start + ms(251)) == 250);
  CHECK(admitted(bucket, start + std::chrono::hours{24}) == 1000);
}

TEST_CASE("A bucket admits while its balance is positive and may go negative by one helping") {
  const Timestamp start = from_epoch_ms(1'700'000'000'000);
  TokenBucket bucket(1 << 20);
  REQUIRE(bucket.admits(start));
  bucket.take(10 << 20, start);  // ten seconds' worth
  CHECK_FALSE(bucket.admits(start + std::chrono::milliseconds{9000}));
  CHECK(bucket.admits(start + std::chrono::milliseconds{9001}));
}

TEST_CASE("A bucket is not filled by a time that lies in its past") {
  const Timestamp start = from_epoch_ms(1'700'000'000'000);
  TokenBucket bucket(10);
  CHECK(admitted(bucket, start) == 10);
  CHECK(admitted(bucket, start - std::chrono::seconds{5}) == 0);
  CHECK(admitted(bucket, start) == 0);
}

}  // namespace kinesisd::storage
