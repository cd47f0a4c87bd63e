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

#include "storage/clock.hpp"
#include "storage/streams.hpp"

namespace kinesisd::storage {

struct Stream;  // storage/streams_state.hpp

// What a stream is becoming. `none` once and for all after CREATING or UPDATING has ended.
enum class Transition { none, creating, updating, deleting };

// What is kept of a stream besides its shards and tags.
struct StreamRow {
  std::int64_t serial = 0;  // never given twice
  StreamKey key;
  StreamMode mode = StreamMode::PROVISIONED;
  Timestamp created{};
  std::int32_t retention_hours = 24;
  std::int32_t max_record_kib = 1024;
  Transition transition = Transition::none;
  Timestamp transition_ends{};
  Timestamp readable_from{};  // what arrived earlier stays unreadable whatever the retention becomes
};

struct ShardRow {
  std::int64_t serial = 0;  // over all streams
  ShardIndex index;
  HashKeyRange range;
  std::optional<ShardIndex> parent;
  std::optional<ShardIndex> adjacent_parent;
  std::int64_t created_s = 0;  // logical, as sequence numbers carry it
  std::optional<std::int64_t> closed_s;
  Timestamp opened{};
  std::optional<Timestamp> closed;
  std::uint64_t next_index = 1;
};

struct AppendedRecord {
  std::int64_t shard_serial;
  ShardIndex shard;
  RecordPtr record;
};

struct RecordsAppended {
  std::int64_t stream_serial;
  std::vector<AppendedRecord> records;  // of one shard in ascending order
};

struct StreamCreated {
  StreamRow stream;
  std::vector<ShardRow> shards;
  std::map<std::string, std::string> tags;
};

struct StreamChanged {
  StreamRow before;
  StreamRow after;
};

struct StreamDeleted {
  StreamRow after;
  std::shared_ptr<Stream> removed;  // with its records, until the deletion is durable
};

struct Change {
  std::variant<RecordsAppended, std::unique_ptr<StreamCreated>, std::unique_ptr<StreamChanged>,
               std::unique_ptr<StreamDeleted>>
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
  std::map<std::string, std::string> tags;
};

struct Restored {
  std::vector<RestoredStream> streams;
  std::int64_t next_stream_serial = 1;
  std::int64_t next_shard_serial = 1;
};

}  // namespace kinesisd::storage
