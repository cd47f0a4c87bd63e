// What one shard gives its readers, measured against what AWS lets them take. Knows no stream and no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/model/clock.hpp"
#include "storage/model/token_bucket.hpp"

namespace kinesisd::storage {

inline constexpr std::int64_t shard_get_records_per_second = 5;
inline constexpr std::int64_t shard_iterators_per_second = 5;
inline constexpr std::int64_t shard_read_bytes_per_second = 2'000'000;

enum class ReadLimit { get_records, bytes, iterators };

// A limit that a call went over, and the rate that went over it: calls, or bytes, in a second.
struct ReadExcess {
  ReadLimit limit;
  std::int64_t per_second;
};

// A token bucket and how fast it is emptied.
class Meter {
 public:
  explicit Meter(std::int64_t per_second) : limit_(per_second), bucket_(per_second) {}

  const TokenBucket& bucket() const { return bucket_; }
  void take(std::int64_t amount, Timestamp now) { bucket_.take(amount, now); }

  // Counts what is wanted, admitted or not.
  void want(std::int64_t amount, Timestamp now);
  // What was wanted in a second, on the average of the time since the bucket was last full, but of no less
  // than a second. Of use only when the limit is exceeded, and then more than the limit.
  std::int64_t wanted_per_second(Timestamp now) const;

 private:
  std::int64_t limit_;
  TokenBucket bucket_;
  Timestamp since_{};
  std::int64_t wanted_ = 0;
};

class ReadMeters {
 public:
  // A call. nullopt: AWS would serve it, and it is counted as served.
  std::optional<ReadExcess> get_records(Timestamp now);
  std::optional<ReadExcess> get_shard_iterator(Timestamp now);
  // The data that a served GetRecords came to. It is paid for afterwards: who overdraws a second's worth
  // waits until all of it is there again. So ten megabytes close the shard for five seconds, as documented.
  void charge(std::int64_t bytes, Timestamp now);

  // Whether this limit is gone over for the first time; yes once.
  bool is_news(ReadLimit limit);

 private:
  Meter calls_{shard_get_records_per_second};
  Meter bytes_{shard_read_bytes_per_second};
  Meter iterators_{shard_iterators_per_second};
  Timestamp closed_until_{};
  std::array<bool, 3> told_{};
};

}  // namespace kinesisd::storage
