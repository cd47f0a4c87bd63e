// One stream without its records: in memory and on the disk. The streams' lock is held, and all that was
// submitted has been settled. Knows no thread.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/journal/rewrite.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

class Emptying {
 public:
  // Works out what is to be written, and changes nothing but serials given out. The shards get serials under
  // which there are no records; what is stored under the old ones is swept in the background, unless a
  // snapshot names it.
  Emptying(State& state, Stream& stream);

  const Rewrite& rewrite() const { return rewrite_; }
  // Does it in memory, once it is written. Adds the subscribers whose subscriptions have ended.
  void apply(Wakes& wakes, Garbage& garbage);

 private:
  State& state_;
  Stream& stream_;
  Rewrite rewrite_;
};

}  // namespace kinesisd::storage
