// The tables of the database file, plain enough to be queried by hand.
#pragma once

#include <array>
#include <cstdint>

namespace kinesisd::storage {

inline constexpr std::int32_t application_id = 0x4b44534c;  // "KDSL", in the file's header

// records.key is the shard's serial shifted by this, plus the sequence index: new records of a shard are
// appended side by side, and a range of the key is a range of the shard.
inline constexpr int index_bits = 38;
inline constexpr std::int64_t index_end = std::int64_t{1} << index_bits;
inline constexpr std::int64_t shard_serial_end = std::int64_t{1} << (63 - index_bits);

// What makes each layout from the one before it, the first from nothing. A database is made by all of them,
// and an older one is brought up to date by those it lacks.
inline constexpr const char* layout_1 = R"sql(
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

inline constexpr const char* layout_2 = R"sql(
ALTER TABLE streams ADD COLUMN
  reshard TEXT NOT NULL DEFAULT '';   -- at transition_ends_ms: split, merge, scale or halve, and what
ALTER TABLE streams ADD COLUMN key_id TEXT;                      -- of the key it is encrypted with
ALTER TABLE streams ADD COLUMN metrics TEXT NOT NULL DEFAULT ''; -- of its shards, separated by blanks
ALTER TABLE streams ADD COLUMN warm_mibps INTEGER;
ALTER TABLE streams ADD COLUMN distribution TEXT NOT NULL DEFAULT 'USER_PARTITION_KEY';
ALTER TABLE streams ADD COLUMN policy TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN deregistered_s INTEGER NOT NULL DEFAULT 0; -- new consumers are younger
ALTER TABLE records ADD COLUMN encrypted INTEGER;                -- 1: written while the stream was encrypted

CREATE TABLE consumers (
  stream_serial INTEGER NOT NULL,
  place INTEGER NOT NULL,           -- in order of registration
  name TEXT NOT NULL,
  created_s INTEGER NOT NULL,       -- as its ARN carries it
  transition TEXT NOT NULL,         -- as in streams
  transition_ends_ms INTEGER NOT NULL,
  policy TEXT NOT NULL,
  PRIMARY KEY (stream_serial, place)
) WITHOUT ROWID;

CREATE TABLE consumer_tags (
  stream_serial INTEGER NOT NULL,
  place INTEGER NOT NULL,           -- of the consumer
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (stream_serial, place, tag)
) WITHOUT ROWID;

CREATE TABLE recent_changes (       -- of which AWS allows a number in 24 hours
  stream_serial INTEGER NOT NULL,
  what TEXT NOT NULL,               -- scaling, mode_switch, encryption_start, encryption_stop
  at_ms INTEGER NOT NULL
);
CREATE INDEX recent_changes_of_stream ON recent_changes (stream_serial);

CREATE TABLE accounts (             -- their minimum throughput billing commitment
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  commitment_started_ms INTEGER,
  commitment_ends_ms INTEGER,
  PRIMARY KEY (account, region)
) WITHOUT ROWID;

CREATE TABLE keys (                 -- those that are not enabled
  key TEXT PRIMARY KEY,
  state TEXT NOT NULL
) WITHOUT ROWID;
)sql";

inline constexpr std::array layouts{layout_1, layout_2};
inline constexpr auto schema_version = static_cast<std::int32_t>(layouts.size());  // user_version

}  // namespace kinesisd::storage
