// Splits and merges of one stream's shards: what happens when UPDATING ends. Which reshards are allowed has
// been decided before. The streams' lock is held.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

class Resharding {
 public:
  // All of it happens at the instant at which the stream's transition ends.
  Resharding(State& state, Stream& stream);

  // Does what the stream's row plans, and says so in `change`.
  void run(StreamChanged& change);

 private:
  void perform(const NoReshard& nothing);
  void perform(const SplitOne& split);
  void perform(const MergeTwo& merge);
  void perform(const Rescale& rescale);
  void perform(const SplitBusy& busy);

  std::pair<Shard*, Shard*> split(Shard& parent, HashKey upper_starts);
  Shard* merge(Shard& lower, Shard& upper);
  void close(Shard& shard);
  Shard* open(HashKeyRange range, const Shard& parent, const Shard* adjacent_parent);
  HashKey end_of(std::int32_t index, std::int32_t count) const;

  State& state_;
  Stream& stream_;
  Timestamp at_;
  std::size_t old_shards_;  // how many there were before
  std::vector<ShardIndex> closed_;
};

}  // namespace kinesisd::storage
