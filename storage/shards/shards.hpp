// Shards are listed, split, merged and rescaled. Shard ids and hash keys are as the client wrote them.
#pragma once

#include <cstdint>
#include <string>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<ShardList> list_shards(State& state, const World& caller, const ListShardsQuery& query, Timestamp now);
Result<Ticket> split_shard(State& state, const StreamKey& stream, const std::string& shard_id,
                           const std::string& new_starting_hash_key, Timestamp now);
Result<Ticket> merge_shards(State& state, const StreamKey& stream, const std::string& lower_id,
                            const std::string& upper_id, Timestamp now);
Result<Rescaled> update_shard_count(State& state, const StreamKey& stream, std::int32_t target,
                                    Timestamp now);

}  // namespace kinesisd::storage
