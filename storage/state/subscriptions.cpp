#include "storage/state/subscriptions.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kinesisd::storage {

Subscriptions::Key Subscriptions::key_of(const Subscription& subscription) {
  return {subscription.shard_serial, subscription.consumer.name, subscription.consumer.created_s};
}

void Subscriptions::add(const Place& place, Wakes& wakes) {
  if (place.current != nullptr && place.current->subscriber != nullptr)
    wakes.push_back(place.current->subscriber);
}

bool Subscriptions::occupied(const Key& key, Timestamp now) const {
  const auto place = places_.find(key);
  return place != places_.end() && now < place->second.subscribed + takeover_after;
}

bool Subscriptions::count_call(const Key& key, Timestamp now) {
  forget_stale(now);
  Place& place = places_[key];
  if (!place.calls.holds(1, now)) return false;
  place.calls.take(1, now);
  return true;
}

std::shared_ptr<Subscriber> Subscriptions::open(const Key& key, std::shared_ptr<Subscription> subscription,
                                                Timestamp now) {
  forget_stale(now);
  Place& place = places_[key];
  const auto before = std::exchange(place.current, std::move(subscription));
  place.subscribed = now;
  ++live_;
  if (before == nullptr) return nullptr;
  --live_;
  before->taken_over = true;
  return before->subscriber;
}

void Subscriptions::close(const Subscription& subscription, Timestamp now) {
  const auto place = places_.find(key_of(subscription));
  if (place == places_.end() || place->second.current.get() != &subscription) return;
  place->second.current.reset();
  --live_;
  forget_stale(now);
}

void Subscriptions::end_stream(std::int64_t stream_serial, Wakes& wakes) {
  for (auto& [key, place] : places_) {
    if (place.current == nullptr || place.current->stream_serial != stream_serial) continue;
    place.current->ended = true;
    place.subscribed = {};
    add(place, wakes);
  }
}

std::vector<std::shared_ptr<const Subscription>> Subscriptions::of_stream(std::int64_t stream_serial) const {
  std::vector<std::shared_ptr<const Subscription>> open;
  for (const auto& [key, place] : places_)
    if (place.current != nullptr && place.current->stream_serial == stream_serial)
      open.push_back(place.current);
  return open;
}

void Subscriptions::wake_shard(std::int64_t shard_serial, Wakes& wakes) const {
  const Key first{shard_serial, {}, std::numeric_limits<std::int64_t>::min()};
  auto it = places_.lower_bound(first);
  for (; it != places_.end() && it->first.shard_serial == shard_serial; ++it) add(it->second, wakes);
}

void Subscriptions::wake_stream(std::int64_t stream_serial, Wakes& wakes) const {
  for (const auto& [key, place] : places_)
    if (place.current != nullptr && place.current->stream_serial == stream_serial) add(place, wakes);
}

void Subscriptions::wake_all(Wakes& wakes) const {
  for (const auto& [key, place] : places_) add(place, wakes);
}

// A place without a subscription matters until another call is welcome anyway. Looked for each time their
// number has doubled.
void Subscriptions::forget_stale(Timestamp now) {
  if (places_.size() < sweep_at_) return;
  constexpr std::size_t least = 64;
  std::erase_if(places_, [&](const auto& entry) {
    const Place& place = entry.second;
    return place.current == nullptr && now >= place.subscribed + takeover_after && place.calls.holds(1, now);
  });
  sweep_at_ = std::max(least, 2 * places_.size());
}

}  // namespace kinesisd::storage
