// What the operator of a server decides about its streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "storage/state/transitions.hpp"

namespace kinesisd::storage {

class Strict;  // storage/state/strict.hpp

struct StreamSettings {
  Transitions transitions;
  bool enforce_write_limits = true;                 // --limits writes and up
  bool enforce_read_limits = false;                 // --limits data and up
  bool observe_read_limits = true;                  // --limits writes: reads over the limits are counted
  bool enforce_control_limits = false;              // --limits all: 24-hour quotas, 5 CREATING or DELETING
  std::optional<std::int64_t> shard_limit = 20000;  // per account and region; nullopt: unlimited
  std::optional<std::int64_t> on_demand_limit = 50;
  std::size_t memory_bytes_max = 256U << 20;  // records held in memory; older ones are read from the disk
  bool records_on_disk = true;          // false (--db :memory:): nothing can be evicted, full means refused
  bool counted_numbers = false;         // whether new streams' sequence numbers count instead of telling time
  std::shared_ptr<Strict> strict = {};  // set (--strict): every nuisance that AWS is allowed
};

}  // namespace kinesisd::storage
