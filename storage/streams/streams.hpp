// Streams come, are described and go. Here and in the other rooms of operations: every function works on the
// state with its lock held, takes `now`, does no I/O, and gives AWS's errors word for word. A Ticket is of
// the change handed to the journal: it holds once that is durable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;  // storage/state/state.hpp

Result<Ticket> create_stream(State& state, const StreamKey& stream, NewStream request, Timestamp now);
Result<Ticket> delete_stream(State& state, const StreamKey& stream, bool enforce_consumer_deletion,
                             Timestamp now);
Result<StreamSummary> describe_stream_summary(State& state, const StreamKey& stream, Timestamp now);
Result<StreamDescription> describe_stream(State& state, const StreamKey& stream,
                                          const std::optional<std::string>& exclusive_start_shard_id,
                                          std::optional<std::int32_t> limit, Timestamp now);
Result<StreamList> list_streams(State& state, const World& world, const ListStreamsQuery& query,
                                Timestamp now);

// Worlds in which a live stream of this name exists, for the log line of a failed look-up.
std::vector<World> worlds_with(const State& state, std::string_view stream_name, Timestamp now);

}  // namespace kinesisd::storage
