// SubscribeToShard. What begins with `subscribe` goes on until `unsubscribe`: `begin_event` whenever there
// may be news, then, with the records of its DiskRange, `finish_event`. An error of begin_event is the last
// that is told.
#pragma once

#include <memory>
#include <string>

#include "storage/state/requests.hpp"
#include "storage/state/subscriptions.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<Subscribed> subscribe(State& state, const ConsumerName& consumer, const std::string& shard_id,
                             const IteratorStart& start, Timestamp now, Effect effect = Effect::full,
                             const Restraint& restraint = {});
// From now on `subscriber` is woken when there is news. To be followed by a begin_event.
void listen(Subscription& subscription, std::shared_ptr<Subscriber> subscriber);
void unsubscribe(State& state, Subscription& subscription, Timestamp now);
Result<NextEvent> begin_event(State& state, Subscription& subscription, Timestamp now);
// Nothing to tell if it has neither records nor children.
EventPage finish_event(State& state, Subscription& subscription, PendingRead read, Timestamp now);
// What is told when there has been no news for a while.
EventPage idle_event(State& state, const Subscription& subscription, Timestamp now);

}  // namespace kinesisd::storage
