// Records are read by iterators, in two steps: what is found in memory at once, then what comes from the
// disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<NewIterator> shard_iterator(State& state, const StreamKey& stream, const std::string& shard_id,
                                   const IteratorStart& start, Timestamp now, Effect effect = Effect::full);
// `iterator` as the client wrote it. Records come from memory, or the result names a DiskRange.
Result<PendingRead> begin_read(State& state, std::string_view iterator, std::optional<std::int32_t> limit,
                               Timestamp now, Effect effect = Effect::full, const Restraint& restraint = {});
// What an iterator reads; nullopt: begin_read has an error for it.
std::optional<ShardKey> shard_of(State& state, std::string_view iterator, Timestamp now);
// Drops what has expired, seals the next iterator, and charges the shard for the bytes.
Result<RecordPage> finish_read(State& state, PendingRead read, Timestamp now);

}  // namespace kinesisd::storage
