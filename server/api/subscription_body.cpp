#include "server/api/subscription_body.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/event_stream.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"
#include "server/faults/texts.hpp"
#include "server/net/io_threads.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/state/subscriptions.hpp"

namespace kinesisd::server {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Before a disk read is tried again for which there was no room.
constexpr milliseconds disk_pause{50};

}  // namespace

SubscriptionBody::SubscriptionBody(const Parts& parts, EventFeed feed, std::optional<faults::Drop> drop)
    : parts_(parts), feed_(std::move(feed)), drop_(drop), last_sent_(steady_clock::now()) {
  // Only the lock is wanted: the journal reads whom a subscription wakes.
  parts_.streams.with([&](storage::State&) { storage::listen(*feed_.subscription, alarm_.bell()); });
}

SubscriptionBody::~SubscriptionBody() {
  parts_.streams.with(
      [&](storage::State& state) { storage::unsubscribe(state, *feed_.subscription, parts_.clock.now()); });
}

void SubscriptionBody::stop() {
  ended_ = true;
  alarm_.ring();
}

boost::asio::awaitable<std::string> SubscriptionBody::next() {
  std::string failure;
  try {
    if (ended_) co_return std::string();
    if (!std::exchange(opened_, true)) co_return protocol::event_stream::initial_response();
    if (drop_ && sent_ >= drop_->events) co_return this->drop();
    std::string frame = co_await next_frame();
    if (parts_.counts != nullptr) parts_.counts->event_bytes.add(frame.size());
    co_return frame;
  } catch (const std::exception& bug) {
    failure = bug.what();
  }
  parts_.log.error("A subscription to {} failed: {}", feed_.consumer.stream.name, failure);
  co_return end_with(protocol::errors::internal_failure());
}

boost::asio::awaitable<std::string> SubscriptionBody::next_frame() {
  while (!ended_) {
    const storage::Timestamp now = parts_.clock.now();
    if (now >= feed_.expires) break;
    bool over = false;
    auto news = parts_.streams.with([&](storage::State& state) {
      over = feed_.subscription->ended;
      return storage::begin_event(state, *feed_.subscription, now);
    });
    parts_.journal.wake();  // looking may have ended a transition
    if (!news) co_return end_with(news.error());
    if (over) break;
    std::optional<storage::Timestamp> look_again = news.value().look_again;
    if (news.value().read) {
      auto page = co_await read(std::move(*news.value().read));
      if (ended_) break;
      if (page && !(page->records.empty() && page->children.empty())) co_return send(std::move(*page));
      // All of it had expired, or cannot be seen yet.
      if (page && feed_.subscription->visible_after.count() == 0) continue;
      look_again = now + disk_pause;
    }
    if (steady_clock::now() >= last_sent_ + parts_.idle_event) {
      co_return send(parts_.streams.with(
          [&](storage::State& state) { return storage::idle_event(state, *feed_.subscription, now); }));
    }
    co_await alarm_.wait_until(wake_up(look_again, now));
  }
  ended_ = true;
  co_return std::string();
}

// nullopt: too much is being read already.
boost::asio::awaitable<std::optional<storage::EventPage>> SubscriptionBody::read(storage::PendingRead read) {
  if (read.disk) {
    auto records = co_await IoThread::current().all().on_disk(
        [this, range = *read.disk] { return parts_.read_records(range); });
    if (!records) co_return std::nullopt;
    read.records = std::move(*records);
  }
  co_return parts_.streams.with([&](storage::State& state) {
    return storage::finish_event(state, *feed_.subscription, std::move(read), parts_.clock.now());
  });
}

std::string SubscriptionBody::send(storage::EventPage page) {
  ++sent_;
  ended_ = !page.continuation;
  last_sent_ = steady_clock::now();
  return feed_.frame(std::move(page));
}

std::string SubscriptionBody::drop() {
  using Types = protocol::ErrorType;
  ended_ = true;
  broken_off_ = !drop_->error;
  if (broken_off_) return {};
  const storage::StreamKey& stream = feed_.consumer.stream;
  const storage::ShardIndex shard = feed_.subscription->shard;
  return end_with(faults::usual_error(drop_->error.value_or(Types::InternalFailure),
                                      {.operation = protocol::SubscribeToShard::name,
                                       .caller = stream.world,
                                       .stream = stream.name,
                                       .consumer = feed_.consumer.name,
                                       .shards = {&shard, 1},
                                       .now = parts_.clock.now()},
                                      shard));
}

std::string SubscriptionBody::end_with(const protocol::Error& error) {
  ended_ = true;
  const storage::ConsumerKey& consumer = feed_.consumer;
  parts_.log.info("SubscribeToShard {}: the subscription of {} ends: {}", consumer.stream.name, consumer.name,
                  protocol::sentence(error));
  return protocol::event_stream::exception(error);
}

steady_clock::time_point SubscriptionBody::wake_up(std::optional<storage::Timestamp> look_again,
                                                   storage::Timestamp now) const {
  const storage::Timestamp next = std::min(feed_.expires, look_again.value_or(feed_.expires));
  const steady_clock::time_point then = steady_clock::now() + std::max(next - now, milliseconds(1));
  return std::min(then, last_sent_ + parts_.idle_event);
}

}  // namespace kinesisd::server
