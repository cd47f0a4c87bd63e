// Registered consumers of streams.
#include "storage/consumers/consumers.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "protocol/errors.hpp"
#include "storage/state/resources.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::int64_t consumers_max = 20;            // per stream
constexpr std::int64_t consumers_max_committed = 50;  // in accounts with the commitment
constexpr std::int64_t consumers_creating_max = 5;
constexpr std::int32_t consumers_page_max = 100;

ConsumerSummary summarize(const Stream& stream, const ConsumerRow& row, ConsumerStatus is) {
  return {{stream.row.key, row.name, row.created_s}, is};
}

// As a message names it: by its ARN if the caller gave that.
std::string as_given(const ConsumerName& consumer) {
  if (!consumer.created_s) return consumer.name;
  return arn(ConsumerKey{consumer.stream, consumer.name, *consumer.created_s});
}

protocol::Error not_found(const ConsumerName& consumer) {
  return errors::consumer_not_found(as_given(consumer), consumer.stream.world.account);
}

// Ends a consumer's transition, if observing ends it; its status then, nullopt when it is gone.
std::optional<ConsumerStatus> observe(State& state, Stream& stream, std::size_t place, Timestamp now) {
  const ConsumerRow& row = stream.row.consumers[place];
  if (state.ends_by_observing(row, now))
    state.edit(stream, [&](StreamRow& changed) { changed.consumers[place].transition_ends = now; });
  return status(stream.row.consumers[place], now);
}

// Drops those whose deletion is over, and remembers how young they were.
void forget_deleted(StreamRow& row, Timestamp now) {
  for (const auto& consumer : row.consumers)
    if (!status(consumer, now)) row.deregistered_s = std::max(row.deregistered_s, consumer.created_s);
  std::erase_if(row.consumers, [&](const ConsumerRow& consumer) { return !status(consumer, now); });
}

Result<void> check_consumer_quotas(const State& state, const Stream& stream, Timestamp now) {
  std::int64_t registered = 0;
  std::int64_t creating = 0;
  for (const auto& consumer : stream.row.consumers) {
    const auto is = status(consumer, now);
    if (is) ++registered;
    if (is == ConsumerStatus::CREATING) ++creating;
  }
  const StreamKey& key = stream.row.key;
  const auto max = state.committed(key.world, now) ? consumers_max_committed : consumers_max;
  if (registered >= max) return errors::consumer_limit(key.name, key.world.account, max);
  if (state.settings.enforce_control_limits && creating >= consumers_creating_max)
    return errors::too_many_consumers_creating(key.name, key.world.account, consumers_creating_max);
  return fine();
}

}  // namespace

Result<std::size_t> require_consumer(const Stream& stream, const ConsumerName& name, Timestamp now) {
  const auto& consumers = stream.row.consumers;
  const auto found = std::find_if(consumers.begin(), consumers.end(), [&](const ConsumerRow& row) {
    const bool same = row.name == name.name && (!name.created_s || *name.created_s == row.created_s);
    return same && status(row, now);
  });
  if (found == consumers.end()) return not_found(name);
  return static_cast<std::size_t>(found - consumers.begin());
}

Result<Resource> require_resource(State& state, const ResourceName& name, Timestamp now) {
  if (const auto* key = std::get_if<StreamKey>(&name)) {
    BOOST_OUTCOME_TRY(Stream * stream, state.require(*key, now));
    return Resource{stream, std::nullopt};
  }
  const auto& consumer = std::get<ConsumerName>(name);
  Stream* stream = state.find(consumer.stream, now);
  if (stream == nullptr) return not_found(consumer);
  BOOST_OUTCOME_TRY(const auto place, require_consumer(*stream, consumer, now));
  return Resource{stream, place};
}

Result<Resource> require_changeable(State& state, const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, name, now));
  if (!state.journal.has_room()) return errors::service_unavailable();
  const StreamKey& key = resource.stream->row.key;
  if (resource.consumer) {
    const ConsumerRow& row = resource.stream->row.consumers[*resource.consumer];
    if (status(row, now) != ConsumerStatus::ACTIVE)
      return errors::consumer_not_active(row.name, row.created_s, key.name, key.world.account);
    return resource;
  }
  const auto is = *status(resource.stream->row, now);
  if (!shows_shards(is)) return errors::stream_not_active(key.name, key.world.account, storage::name(is));
  return resource;
}

Result<Registered> register_consumer(State& state, const StreamKey& key, const std::string& name, Tags tags,
                                     Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_for_change(key, now));
  const auto is = *status(stream->row, now);
  if (!shows_shards(is)) return errors::stream_not_active(key.name, key.world.account, storage::name(is));
  if (require_consumer(*stream, {key, name, {}}, now))
    return errors::consumer_exists(name, key.name, key.world.account);
  BOOST_OUTCOME_TRY(check_consumer_quotas(state, *stream, now));
  BOOST_OUTCOME_TRY(check_added_tags(key, {}, tags));
  const auto ticket = state.edit(*stream, [&](StreamRow& row) {
    forget_deleted(row, now);
    ConsumerRow& added = row.consumers.emplace_back();
    added.name = name;
    // Registered anew it is another consumer, also within the second.
    added.created_s = std::max(epoch_s(now), row.deregistered_s + 1);
    added.tags = std::move(tags);
    state.begin_transition(added, Transition::creating, Lasting::register_consumer, now);
  });
  // AWS's answer always says CREATING.
  return Registered{summarize(*stream, stream->row.consumers.back(), ConsumerStatus::CREATING), ticket};
}

Result<Ticket> deregister_consumer(State& state, const ConsumerName& consumer, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, consumer, now));
  if (!state.journal.has_room()) return errors::service_unavailable();
  const auto& row = resource.stream->row.consumers[*resource.consumer];
  if (row.transition == Transition::deleting) return no_ticket;
  return resource.edit(state, [&](auto& changed) {
    changed.policy.clear();
    state.begin_transition(changed, Transition::deleting, Lasting::deregister_consumer, now);
  });
}

Result<ConsumerSummary> describe_consumer(State& state, const ConsumerName& consumer, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, consumer, now));
  const auto is = observe(state, *resource.stream, *resource.consumer, now);
  if (!is) return not_found(consumer);
  return summarize(*resource.stream, resource.stream->row.consumers[*resource.consumer], *is);
}

Result<ConsumerList> list_consumers(State& state, const StreamKey& key, const ListConsumersQuery& query,
                                    Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require(key, now));
  if (query.stream_created && epoch_s(*query.stream_created) != epoch_s(stream->row.created))
    return errors::stream_not_found(key.name, key.world.account);
  std::string after;
  if (query.next_token) {
    const auto token = open_list_consumers_token(state.seal, *query.next_token);
    if (!token || token->stream_serial != stream->row.serial) return errors::next_token_invalid();
    BOOST_OUTCOME_TRY(check_token_age(token->issued, now));
    after = token->after_name;
  }
  // By name, so that a page goes on where the last one ended whatever was deregistered in between.
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < stream->row.consumers.size(); ++i)
    if (status(stream->row.consumers[i], now)) places[stream->row.consumers[i].name] = i;
  const auto page_max = static_cast<std::size_t>(
      std::clamp(query.max_results.value_or(consumers_page_max), 1, consumers_page_max));
  ConsumerList list;
  for (auto it = after.empty() ? places.begin() : places.upper_bound(after); it != places.end(); ++it) {
    if (list.consumers.size() == page_max) {
      list.next_token =
          seal(state.seal, ListConsumersToken{stream->row.serial, list.consumers.back().key.name, now});
      break;
    }
    if (const auto is = observe(state, *stream, it->second, now))
      list.consumers.push_back(summarize(*stream, stream->row.consumers[it->second], *is));
  }
  if (state.settings.strict != nullptr) state.settings.strict->shuffle(list.consumers);
  return list;
}

}  // namespace kinesisd::storage
