// One step back: how the streams become what they were, in memory and on the disk. The streams' lock is held,
// and all that was submitted has been settled. Knows no thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "storage/journal/rewrite.hpp"
#include "storage/snapshots/snapshots.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

class Rewinding {
 public:
  // Works out what is to be done within the scope, and changes nothing but serials given out. `target`: what
  // there is to be then, one of the state's snapshots; nullptr: nothing.
  Rewinding(State& state, const Scope& scope, Snapshot* target);

  const Rewrite& rewrite() const { return rewrite_; }
  // Does it in memory, once it is written. Adds the subscribers whose subscriptions have ended.
  void apply(Wakes& wakes);
  // What is not there any more, to be freed without the lock.
  std::vector<std::shared_ptr<Stream>> take_removed() { return std::move(leaving_); }

 private:
  // Where the records of a saved shard are from now on.
  struct Mark {
    SavedShard* shard;
    std::uint64_t shared_below;
    std::int64_t parked_serial;
  };

  void compare_streams();
  void put_back(SavedStream& saved);
  void return_records(std::int64_t stream_serial, SavedShard& saved);
  void park_for_others(std::int64_t stream_serial, const SavedShard& saved);
  void rewind_accounts_and_keys();

  State& state_;
  const Scope& scope_;
  Snapshot* target_;
  Rewrite rewrite_;
  std::vector<std::shared_ptr<Stream>> leaving_;
  std::vector<std::shared_ptr<Stream>> coming_;
  std::set<std::int64_t> unchanged_;  // serials of streams
  std::vector<Mark> marks_;
  std::int64_t history_ = 0;  // of the shards put back; 0: there are none
};

}  // namespace kinesisd::storage
