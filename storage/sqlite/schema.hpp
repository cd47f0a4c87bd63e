// The tables of the database file, plain enough to be queried by hand.
#pragma once

#include <cstdint>

namespace kinesisd::storage {

inline constexpr std::int32_t application_id = 0x4b44534c;  // "KDSL", in the file's header
inline constexpr std::int32_t schema_version = 1;           // user_version

// records.key is the shard's serial shifted by this, plus the sequence index: new records of a shard are
// appended side by side, and a range of the key is a range of the shard.
inline constexpr int index_bits = 38;
inline constexpr std::int64_t index_end = std::int64_t{1} << index_bits;
inline constexpr std::int64_t shard_serial_end = std::int64_t{1} << (63 - index_bits);

inline constexpr const char* schema = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;

CREATE TABLE streams (
  serial INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,               -- PROVISIONED, ON_DEMAND
  created_ms INTEGER NOT NULL,
  retention_hours INTEGER NOT NULL,
  max_record_kib INTEGER NOT NULL,
  transition TEXT NOT NULL,         -- until transition_ends_ms: creating, updating, deleting
  transition_ends_ms INTEGER NOT NULL,
  readable_from_ms INTEGER NOT NULL -- what arrived earlier stays unreadable
);

CREATE TABLE shards (
  serial INTEGER PRIMARY KEY,
  stream_serial INTEGER NOT NULL,
  shard_index INTEGER NOT NULL,
  starting_hash_key TEXT NOT NULL,
  ending_hash_key TEXT NOT NULL,
  parent INTEGER,                   -- a shard_index
  adjacent_parent INTEGER,
  created_s INTEGER NOT NULL,       -- as sequence numbers carry it
  closed_s INTEGER,
  opened_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  next_index INTEGER NOT NULL       -- a lower bound: newer records count too
);
CREATE INDEX shards_of_stream ON shards (stream_serial);

CREATE TABLE tags (
  stream_serial INTEGER NOT NULL,
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (stream_serial, tag)
) WITHOUT ROWID;

CREATE TABLE records (
  key INTEGER PRIMARY KEY,          -- shard serial << 38 | sequence index
  arrived_ms INTEGER NOT NULL,
  partition_key TEXT NOT NULL,
  data BLOB NOT NULL
);

CREATE VIEW record_list AS
  SELECT streams.account, streams.region, streams.name AS stream,
         printf('shardId-%012d', shards.shard_index) AS shard_id,
         records.key & ((1 << 38) - 1) AS sequence_index,
         records.partition_key, records.arrived_ms, records.data
  FROM records
  JOIN shards ON shards.serial = records.key >> 38
  JOIN streams ON streams.serial = shards.stream_serial;
)sql";

}  // namespace kinesisd::storage
