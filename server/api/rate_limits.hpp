// Counts the calls of the control plane against the rates that operations declare. Knows no operation, no
// stream that exists, and no clock.
#pragma once

#include <compare>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/rate.hpp"
#include "server/support/limits.hpp"
#include "storage/model/clock.hpp"
#include "storage/model/token_bucket.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server {

// Any thread may ask.
class RateLimits {
 public:
  // `buckets_max`: how many counts are kept. One that was not asked for in a second is as good as new; where
  // there are too many, the one asked for least recently is forgotten.
  explicit RateLimits(std::size_t buckets_max = limits.rate_buckets) : buckets_max_(buckets_max) {}

  struct Call {
    const storage::World& caller;
    std::string_view operation;  // outlives the limits
    const std::string& stream;   // as the request names it; empty: none
    protocol::Rate rate;
  };
  // Counts the call, or says that it is one too many.
  protocol::Result<void> count(const Call& call, storage::Timestamp now);

  std::size_t size() const;

 private:
  struct Key {
    storage::World world;
    std::string_view operation;
    std::string stream;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using ByUse = std::list<const Key*>;
  struct Count {
    storage::TokenBucket bucket;
    ByUse::iterator place;
  };

  storage::TokenBucket& bucket_of(const Call& call);

  const std::size_t buckets_max_;
  mutable std::mutex mutex_;
  std::map<Key, Count> counts_;
  ByUse by_use_;  // least recent first
};

}  // namespace kinesisd::server
