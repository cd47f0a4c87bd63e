// Reading one shard from a position on: what GetRecords and subscriptions share. The streams' lock is held.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

// Of one page; the first record is always in it.
struct PageBounds {
  std::size_t records;
  std::size_t bytes;  // of data
};

// What a client's starting position means for the shard, or AWS's error.
Result<Position> position(const Shard& shard, const IteratorStart& start, const StreamKey& key,
                          Timestamp now);

// What arrived later is not to be seen yet by whom records reach so long after their arrival.
Timestamp visible_until(std::chrono::milliseconds after, Timestamp now);
// How many of the records in memory can be read and are to be seen.
std::size_t visible_count(const Shard& shard, Timestamp visible_until);
// The index behind the first `count` records in memory, or behind what was there before them. No higher than
// what a restart would give to the next record if those are all that is durable: a reader may wait there.
std::uint64_t index_behind(const Shard& shard, std::size_t count);

// Fills in what the shard has from there on: records in memory, or the part of the disk to be read first, and
// the children of a shard that has ended. `read.stream`, `visible_until`, `withheld` and what is said of
// limits are the caller's.
void read_shard(const State& state, const Shard& shard, Position from, PageBounds bounds, Timestamp now,
                PendingRead& read);

// Drops of what has been read what is not to be seen yet: its reader goes on there.
void hold_back(PendingRead& read);

// How far a reader is that has got these records of what was read.
struct Reached {
  std::uint64_t next = 0;  // index
  bool tip = false;        // nothing was left when the reading began
  std::int64_t millis_behind = 0;
};
Reached reached_by(const PendingRead& read, const std::vector<RecordPtr>& records, Timestamp now);

}  // namespace kinesisd::storage
