// What is written when streams are taken away or put back all at once: one transaction, in the order of the
// members. Values only; knows no snapshot and no database.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/state/change.hpp"
#include "storage/state/rows.hpp"

namespace kinesisd::storage {

// Records of one shard are stored a second time, under another serial. Shards and streams are named by
// serial.
struct CopiedRecords {
  std::int64_t from_shard;
  std::int64_t to_shard;
  std::uint64_t from_index;
  std::uint64_t below_index;
};

struct DroppedRecords {
  std::int64_t shard;
  std::uint64_t from_index;
};

// A stream as it is from now on. Shards it had and that are not among these are left to be swept.
struct StreamPutBack {
  StreamRow stream;
  std::vector<ShardRow> shards;
};

struct Rewrite {
  std::vector<std::int64_t> gone;  // streams nobody will find again, left to be swept
  std::vector<CopiedRecords>
      parked;  // into serials never used before; left to be swept unless they are pinned
  std::vector<DroppedRecords> dropped;
  std::vector<CopiedRecords> returned;
  std::vector<StreamPutBack> put_back;
  std::vector<AccountChanged> accounts;
  std::vector<KeyChanged> keys;
  std::int64_t next_shard_serial = 1;
};

}  // namespace kinesisd::storage
