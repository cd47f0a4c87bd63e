// Writes what is kept of accounts, streams, shards, consumers and keys: everything but records. Works within
// the transaction of whoever calls.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "storage/journal/rewrite.hpp"
#include "storage/state/change.hpp"

namespace kinesisd::storage {

class MetadataWriter {
 public:
  // `database` outlives the writer. All throw SQLite::Exception.
  explicit MetadataWriter(SQLite::Database& database);
  ~MetadataWriter();

  void write(const StreamCreated& created);
  // Only what differs from before.
  void write(const StreamChanged& changed);
  void write(const StreamDeleted& deleted);
  // Shards of these serials must not stand in the database.
  void write(const StreamPutBack& back);
  void write(const AccountChanged& changed);
  void write(const KeyChanged& changed);
  void write(const ClockState& clock);

  // Removes all rows of a deleted stream but its shards'.
  void forget_stream(std::int64_t stream_serial);

 private:
  struct Statements;

  void put_stream(const StreamRow& row);
  void put_shard(std::int64_t stream_serial, const ShardRow& row);
  void put_tags(const StreamRow& row);
  void put_consumers(const StreamRow& row);
  void put_recent(const StreamRow& row);
  void put_meta(const char* name, std::optional<std::int64_t> value);

  std::unique_ptr<Statements> statements_;
};

}  // namespace kinesisd::storage
