// Who waits for news of a shard. Knows nothing of shards.
#pragma once

#include <memory>
#include <vector>

namespace kinesisd::storage {

class Subscriber {
 public:
  virtual ~Subscriber() = default;
  // There may be news: ask for the next event soon. Any thread, without the streams' lock; returns at once.
  virtual void wake() = 0;
};

using Wakes = std::vector<std::shared_ptr<Subscriber>>;

}  // namespace kinesisd::storage
