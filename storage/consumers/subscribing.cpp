// SubscribeToShard: who may subscribe, and what a subscription gets.
#include "storage/consumers/subscribing.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/records/shard_reading.hpp"
#include "storage/state/resources.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

// Smaller than AWS's events may be: it bounds what is held for a client that does not read.
constexpr PageBounds event_bounds{.records = 10'000, .bytes = 256U << 10};

protocol::Error another_subscription(const Subscription& subscription) {
  const StreamKey& stream = subscription.consumer.stream;
  return errors::another_subscription(stream.world.account, stream.name, subscription.shard.shard_id(),
                                      subscription.consumer.name);
}

Result<const Shard*> subscribed_shard(const Stream& stream, const std::string& shard_id, Timestamp now) {
  const StreamKey& key = stream.row.key;
  const auto index = parse_shard_id(shard_id);
  if (!index) return errors::shard_id_unknown(shard_id, key.name, key.world.account);
  const bool usable = shows_shards(*status(stream.row, now));
  const Shard* shard = usable ? stream.shard(*index, now) : nullptr;
  if (shard == nullptr) return errors::shard_not_found(index->shard_id(), key.name, key.world.account);
  return shard;
}

// Whether the subscription still has a stream and a consumer, or what ends it.
Result<const Stream*> require_subscribed(State& state, const Subscription& subscription, Timestamp now) {
  if (subscription.taken_over) return another_subscription(subscription);
  const ConsumerKey& consumer = subscription.consumer;
  const std::string& account = consumer.stream.world.account;
  const Stream* stream = state.find(subscription.stream_serial, now);
  if (stream == nullptr) return errors::stream_not_found(consumer.stream.name, account);
  const auto place = require_consumer(*stream, {consumer.stream, consumer.name, consumer.created_s}, now);
  if (!place || status(stream->row.consumers[place.value()], now) == ConsumerStatus::DELETING)
    return errors::consumer_not_found(arn(consumer), account);
  if (stream->row.key_id) {
    BOOST_OUTCOME_TRY(state.check_key(*stream->row.key_id, stream->row.key.world, KeyUse::decrypt));
  }
  return stream;
}

std::shared_ptr<ConsumerCounts> counts_of(Stream& stream, const ConsumerRow& consumer) {
  auto& counts = stream.consumer_counts[{consumer.name, consumer.created_s}];
  if (counts != nullptr) return counts;
  counts = std::make_shared<ConsumerCounts>();
  auto made = counts;
  // Consumers come and go; who has gone is forgotten when another comes.
  const auto& rows = stream.row.consumers;
  std::erase_if(stream.consumer_counts, [&](const auto& entry) {
    return std::none_of(rows.begin(), rows.end(), [&](const ConsumerRow& row) {
      return row.name == entry.first.first && row.created_s == entry.first.second;
    });
  });
  return made;
}

void count_event(State& state, const Subscription& subscription, const EventPage& page, std::uint64_t bytes) {
  ConsumerCounts& counts = *subscription.counts;
  ++counts.events;
  counts.event_records += page.records.size();
  counts.event_bytes += bytes;
  counts.millis_behind = page.millis_behind_latest;
  const auto shard = state.shards.find(subscription.shard_serial);
  if (shard == state.shards.end()) return;
  shard->second->counts.outgoing_records += page.records.size();
  shard->second->counts.outgoing_bytes += bytes;
}

SequenceNumber continuation(const Subscription& subscription, Timestamp now) {
  const auto next = std::max<std::uint64_t>(subscription.at.from_index, 1);
  return {.shard_created_s = subscription.shard_created_s,
          .index = next - 1,
          .recorded_s = logical_s(subscription.shard_created_s, next - 1, now),
          .shard = subscription.shard,
          .past_record = true};
}

EventPage page_of(const Subscription& subscription) {
  EventPage page;
  page.shard = subscription.shard;
  page.shard_created_s = subscription.shard_created_s;
  return page;
}

}  // namespace

Result<Subscribed> subscribe(State& state, const ConsumerName& name, const std::string& shard_id,
                             const IteratorStart& start, Timestamp now, Effect effect,
                             const Restraint& restraint) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, name, now));
  Stream& stream = *resource.stream;
  const StreamKey& key = stream.row.key;
  const ConsumerRow& consumer = stream.row.consumers[*resource.consumer];
  if (status(consumer, now) != ConsumerStatus::ACTIVE)
    return errors::subscriber_not_active(consumer.name, consumer.created_s, key.name, key.world.account);
  BOOST_OUTCOME_TRY(const Shard* shard, subscribed_shard(stream, shard_id, now));
  BOOST_OUTCOME_TRY(const Position at, position(*shard, start, key, now));
  if (effect == Effect::none) return Subscribed{};

  Subscriptions& all = state.subscriptions;
  const Subscriptions::Key place{shard->row.serial, consumer.name, consumer.created_s};
  const auto counts = counts_of(stream, consumer);
  ++counts->calls;
  if (state.settings.enforce_read_limits && !all.count_call(place, now)) {
    ++counts->rate_exceeded;
    return errors::subscription_rate_exceeded(shard->row.index.shard_id(), key.name, key.world.account);
  }
  auto made = std::make_shared<Subscription>(
      Subscription{.consumer = {key, consumer.name, consumer.created_s},
                   .stream_serial = stream.row.serial,
                   .shard_serial = shard->row.serial,
                   .shard = shard->row.index,
                   .shard_created_s = shard->row.created_s,
                   .expires = now + subscription_life,
                   .visible_after = restraint.visible_after,
                   .at = {std::max(at.from_index, shard->stored_from), at.arrived_from},
                   .subscriber = {},
                   .counts = counts});
  if (all.occupied(place, now)) {
    ++counts->rate_exceeded;
    return another_subscription(*made);
  }
  if (all.full()) return errors::service_unavailable();
  ++counts->subscriptions;
  auto before = all.open(place, made, now);
  return Subscribed{made, made->consumer, made->expires, std::move(before)};
}

void listen(Subscription& subscription, std::shared_ptr<Subscriber> subscriber) {
  subscription.subscriber = std::move(subscriber);
}

void unsubscribe(State& state, Subscription& subscription, Timestamp now) {
  subscription.subscriber.reset();
  state.subscriptions.close(subscription, now);
}

Result<NextEvent> begin_event(State& state, Subscription& subscription, Timestamp now) {
  const bool stream_left = state.find(subscription.stream_serial, now) != nullptr;
  if (subscription.ended && stream_left) return NextEvent{};
  BOOST_OUTCOME_TRY(const Stream* stream, require_subscribed(state, subscription, now));
  const Shard* shard = stream->shard(subscription.shard, now);
  // When the reshard that made it could not be written, another may have got its place.
  if (shard == nullptr || shard->row.serial != subscription.shard_serial) {
    const StreamKey& key = stream->row.key;
    return errors::shard_not_found(subscription.shard.shard_id(), key.name, key.world.account);
  }
  NextEvent next;
  // Whoever waits for the end of a shard looks again when it comes, because nobody else may.
  if (!std::holds_alternative<NoReshard>(stream->row.reshard)) next.look_again = stream->row.transition_ends;
  if (state.settings.enforce_read_limits && !subscription.bytes.admits(now)) {
    next.look_again = subscription.bytes.full_at(now);
    return next;
  }
  PendingRead read;
  read.stream = stream->row.key;
  read.visible_until = visible_until(subscription.visible_after, now);
  PageBounds bounds = event_bounds;
  if (Strict* strict = state.settings.strict.get()) bounds.records = strict->cut(bounds.records);
  read_shard(state, *shard, subscription.at, bounds, now, read);
  const std::size_t visible = visible_count(*shard, read.visible_until);
  if (visible < shard->readable) {
    // Nobody is woken when a record comes to be seen.
    const Timestamp seen = shard->log[visible]->arrived() + subscription.visible_after;
    next.look_again = std::min(next.look_again.value_or(seen), seen);
  }
  if (read.disk || !read.records.empty() || !read.children.empty()) {
    next.read = std::move(read);
  } else {
    // All there is has expired, or came before the time to begin with: whoever goes on from here, by a number
    // that knows no time, must not get it either.
    subscription.at.from_index = std::max(subscription.at.from_index, index_behind(*shard, visible));
  }
  return next;
}

EventPage finish_event(State& state, Subscription& subscription, PendingRead read, Timestamp now) {
  hold_back(read);
  // Whatever was read and is not given has expired.
  std::uint64_t seen = read.readable_index;
  if (!read.records.empty())
    seen = read.records.back()->index() + 1;
  else if (read.disk)
    seen = read.disk->below_index;
  EventPage page = page_of(subscription);
  page.records = std::move(read.records);
  std::erase_if(page.records, [&](const RecordPtr& record) { return record->arrived() < read.arrived_from; });
  const Reached reached = reached_by(read, page.records, now);
  page.millis_behind_latest = reached.millis_behind;
  std::int64_t bytes = 0;
  for (const auto& record : page.records) bytes += static_cast<std::int64_t>(record->data().size());
  subscription.bytes.take(bytes, now);
  subscription.at.from_index = std::max(reached.next, seen);
  // The end of a closed shard is told in an event of its own, never together with records.
  if (page.records.empty() && seen >= read.readable_index) page.children = std::move(read.children);
  if (page.children.empty()) page.continuation = continuation(subscription, now);
  const bool tells = !page.records.empty() || !page.children.empty();
  if (tells) count_event(state, subscription, page, static_cast<std::uint64_t>(bytes));
  return page;
}

EventPage idle_event(State& state, const Subscription& subscription, Timestamp now) {
  EventPage page = page_of(subscription);
  page.continuation = continuation(subscription, now);
  count_event(state, subscription, page, 0);
  return page;
}

void State::wake(std::span<const Run> readable, std::span<const Change> changes, Wakes& wakes) const {
  if (subscriptions.empty()) return;
  for (const Run& run : readable) subscriptions.wake_shard(run.shard_serial, wakes);
  for (const Change& change : changes) {
    if (const auto* changed = std::get_if<std::unique_ptr<StreamChanged>>(&change.what))
      subscriptions.wake_stream((*changed)->after.serial, wakes);
    else if (const auto* deleted = std::get_if<std::unique_ptr<StreamDeleted>>(&change.what))
      subscriptions.wake_stream((*deleted)->removed->row.serial, wakes);
    else if (std::holds_alternative<std::unique_ptr<KeyChanged>>(change.what) ||
             std::holds_alternative<std::unique_ptr<ClockChanged>>(change.what))
      subscriptions.wake_all(wakes);
  }
}

}  // namespace kinesisd::storage
