#include "server/api/rate_limits.hpp"

#include <utility>

#include "protocol/errors.hpp"

namespace kinesisd::server {

protocol::Result<void> RateLimits::count(const Call& call, storage::Timestamp now) {
  {
    const std::lock_guard lock(mutex_);
    storage::TokenBucket& bucket = bucket_of(call);
    if (bucket.holds(1, now)) {
      bucket.take(1, now);
      return boost::outcome_v2::success();
    }
  }
  // AWS's text names the stream whenever the request does, also where the rate is the account's.
  if (call.stream.empty()) return protocol::errors::account_rate_exceeded(call.caller.account);
  return protocol::errors::stream_rate_exceeded(call.stream, call.caller.account);
}

std::size_t RateLimits::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

storage::TokenBucket& RateLimits::bucket_of(const Call& call) {
  const bool each_stream = call.rate.scope == protocol::RateScope::stream;
  Key key{call.caller, call.operation, each_stream ? call.stream : std::string()};
  if (const auto found = counts_.find(key); found != counts_.end()) {
    by_use_.splice(by_use_.end(), by_use_, found->second.place);
    return found->second.bucket;
  }
  if (counts_.size() >= buckets_max_) {
    counts_.erase(*by_use_.front());
    by_use_.pop_front();
  }
  const auto added =
      counts_.emplace(std::move(key), Count{storage::TokenBucket(call.rate.per_second), {}}).first;
  added->second.place = by_use_.insert(by_use_.end(), &added->first);
  return added->second.bucket;
}

}  // namespace kinesisd::server
