// Registered consumers of streams.
#pragma once

#include <string>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<Registered> register_consumer(State& state, const StreamKey& stream, const std::string& name,
                                     Tags tags, Timestamp now);
Result<Ticket> deregister_consumer(State& state, const ConsumerName& consumer, Timestamp now);
Result<ConsumerSummary> describe_consumer(State& state, const ConsumerName& consumer, Timestamp now);
Result<ConsumerList> list_consumers(State& state, const StreamKey& stream, const ListConsumersQuery& query,
                                    Timestamp now);

}  // namespace kinesisd::storage
