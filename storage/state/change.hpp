// What happened to the streams, as the journal carries it: enough to write it down, and enough to undo it
// when writing fails. Knows no database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "storage/model/clock.hpp"
#include "storage/model/record.hpp"
#include "storage/state/rows.hpp"

namespace kinesisd::storage {

struct Stream;  // storage/state/state.hpp

struct AppendedRecord {
  std::int64_t shard_serial;
  ShardIndex shard;
  RecordPtr record;
};

struct RecordsAppended {
  std::int64_t stream_serial;
  std::vector<AppendedRecord> records;  // of one shard in ascending order
  bool by_put_records = false;          // and not by a PutRecord
};

struct StreamCreated {
  StreamRow stream;
  std::vector<ShardRow> shards;
};

struct StreamChanged {
  StreamRow before;
  StreamRow after;
  std::vector<ShardRow> closed = {};  // that were open before, as they are now
  std::vector<ShardRow> opened = {};  // all new ones, those that were closed again at once included
};

struct StreamDeleted {
  StreamRow after;
  std::shared_ptr<Stream> removed;  // with its records, until the deletion is durable
};

struct AccountChanged {
  World world;
  AccountRow before;
  AccountRow after;
};

struct KeyChanged {
  std::string key;
  KeyState before;
  KeyState after;
};

struct Change {
  std::variant<RecordsAppended, std::unique_ptr<StreamCreated>, std::unique_ptr<StreamChanged>,
               std::unique_ptr<StreamDeleted>, std::unique_ptr<AccountChanged>, std::unique_ptr<KeyChanged>,
               std::unique_ptr<ClockChanged>>
      what;
  std::size_t bytes = 0;  // of data and keys
};

// What an opened database knew of a shard.
struct RestoredShard {
  ShardRow row;
  std::uint64_t first_index = 0;  // of the records stored; meaningless without `oldest`
  std::optional<Timestamp> oldest;
  Timestamp newest{};
};

struct RestoredStream {
  StreamRow row;
  std::vector<RestoredShard> shards;
};

struct Restored {
  std::vector<RestoredStream> streams;
  std::map<World, AccountRow> accounts;
  std::map<std::string, KeyState> keys;
  ClockState clock;
  std::int64_t next_stream_serial = 1;
  std::int64_t next_shard_serial = 1;
};

}  // namespace kinesisd::storage
