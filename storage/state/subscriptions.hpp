// Who is subscribed to which shard: one subscription for each consumer and shard, and whom to wake when there
// is news. Known while the process runs only. The streams' lock is held, but for Subscriber::wake.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/model/clock.hpp"
#include "storage/model/token_bucket.hpp"
#include "storage/state/counts.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/subscriber.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

inline constexpr std::int64_t subscription_bytes_per_second = 2'000'000;
inline constexpr std::int64_t subscription_calls_per_second = 1;
inline constexpr std::chrono::minutes subscription_life{5};
inline constexpr std::chrono::seconds takeover_after{5};
inline constexpr std::size_t subscriptions_max = 20'000;  // further ones are answered ServiceUnavailable

// What a successful SubscribeToShard leaves behind, until it is closed.
struct Subscription {
  const ConsumerKey consumer;
  const std::int64_t stream_serial;
  const std::int64_t shard_serial;
  const ShardIndex shard;
  const std::int64_t shard_created_s;
  const Timestamp expires;
  const std::chrono::milliseconds visible_after{0};  // how long after its arrival a record comes to be seen

  Position at;
  TokenBucket bytes{subscription_bytes_per_second};
  std::shared_ptr<Subscriber> subscriber;       // unset until someone listens
  std::shared_ptr<ConsumerCounts> counts = {};  // of its consumer
  bool taken_over = false;                      // by a newer call for the same consumer and shard
  bool ended = false;                           // its stream is not the one any more that it began with
};

class Subscriptions {
 public:
  struct Key {
    std::int64_t shard_serial;
    std::string consumer;
    std::int64_t consumer_created_s;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  bool full() const { return live_ >= subscriptions_max; }
  // Whether a call came less than takeover_after ago and was successful, whatever became of it.
  bool occupied(const Key& key, Timestamp now) const;
  // Counts a call; false: AWS serves no more of them for now.
  bool count_call(const Key& key, Timestamp now);

  // Takes the place of the one that is there, whose subscriber, if any, is to be woken.
  std::shared_ptr<Subscriber> open(const Key& key, std::shared_ptr<Subscription> subscription, Timestamp now);
  void close(const Subscription& subscription, Timestamp now);

  // The stream's subscriptions have nothing more to tell, and new ones need not wait for them.
  void end_stream(std::int64_t stream_serial, Wakes& wakes);

  // Those that are open.
  std::vector<std::shared_ptr<const Subscription>> of_stream(std::int64_t stream_serial) const;

  // Add those to be woken: of one shard, of all shards of a stream, of everything.
  void wake_shard(std::int64_t shard_serial, Wakes& wakes) const;
  void wake_stream(std::int64_t stream_serial, Wakes& wakes) const;
  void wake_all(Wakes& wakes) const;
  bool empty() const { return live_ == 0; }
  std::size_t live() const { return live_; }

 private:
  struct Place {
    Timestamp subscribed{};
    TokenBucket calls{subscription_calls_per_second};
    std::shared_ptr<Subscription> current;  // unset: closed
  };
  static void add(const Place& place, Wakes& wakes);
  static Key key_of(const Subscription& subscription);
  void forget_stale(Timestamp now);

  std::map<Key, Place> places_;
  std::size_t live_ = 0;
  std::size_t sweep_at_ = 64;  // how many places make it worth looking for those that have no use
};

}  // namespace kinesisd::storage
