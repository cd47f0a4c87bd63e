#include "protocol/operations/subscribe_to_shard.hpp"

#include <memory>
#include <utility>

#include "server/api/run_operation.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/record_shapes.hpp"
#include "server/operations/same_word.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/records/puts.hpp"

namespace kinesisd::server {

Result<storage::Subscribed> handle(Context& context, protocol::SubscribeToShard::Request& request) {
  const std::optional<std::string> arn = std::move(request.consumer_arn);
  BOOST_OUTCOME_TRY(const auto consumer,
                    consumer_name(context, {.stream_arn = std::nullopt, .name = std::nullopt, .arn = arn}));
  protocol::StartingPosition& position = request.starting_position;
  const storage::IteratorStart start{.type = same_word<storage::IteratorType>(position.type),
                                     .sequence_number = std::move(position.sequence_number),
                                     .timestamp = position.timestamp};
  const storage::Effect effect = effect_of(request);
  BOOST_OUTCOME_TRY(auto subscribed, with_access(context, consumer, [&](storage::State& state) {
                      return storage::subscribe(state, consumer, request.shard_id, start, context.now, effect,
                                                faults::restraint_of(context));
                    }));
  if (effect == storage::Effect::none) return end_dry_run(context, consumer.stream);
  return subscribed;
}

template <>
protocol::SubscribeToShard::Event event_of<protocol::SubscribeToShard>(storage::EventPage page) {
  const auto kept = std::make_shared<storage::EventPage>(std::move(page));
  protocol::SubscribeToShard::Event event;
  event.records = to_wire(*kept);
  if (kept->continuation) event.continuation_sequence_number = kept->continuation->to_string();
  event.millis_behind_latest = kept->millis_behind_latest;
  if (!kept->children.empty()) event.child_shards = to_wire(kept->children);
  event.keeps = kept;
  return event;
}

template Outcome run<protocol::SubscribeToShard>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
