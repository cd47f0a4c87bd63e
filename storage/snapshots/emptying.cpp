#include "storage/snapshots/emptying.hpp"

#include <iterator>
#include <utility>

namespace kinesisd::storage {

Emptying::Emptying(State& state, Stream& stream) : state_(state), stream_(stream) {
  StreamPutBack emptied{stream_.row, {}};
  for (const auto& shard : stream_.shards) {
    ShardRow& row = emptied.shards.emplace_back(shard->row);
    row.serial = state_.next_shard_serial++;
  }
  rewrite_.put_back.push_back(std::move(emptied));
  rewrite_.next_shard_serial = state_.next_shard_serial;
}

void Emptying::apply(Wakes& wakes, Garbage& garbage) {
  state_.subscriptions.end_stream(stream_.row.serial, wakes);
  state_.delist(stream_);
  const std::vector<ShardRow>& rows = rewrite_.put_back.front().shards;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Shard& shard = *stream_.shards[i];
    shard.row = rows[i];
    std::move(shard.log.begin(), shard.log.end(), std::back_inserter(garbage));
    shard.log.clear();
    shard.readable = 0;
    shard.memory_bytes = 0;
    shard.stored_from = shard.row.next_index;
    shard.memory_from = shard.row.next_index;
    shard.oldest_stored.reset();
  }
  state_.enlist(stream_);
}

}  // namespace kinesisd::storage
