#include "storage/sqlite/rewriter.hpp"

#include <SQLiteCpp/Statement.h>

#include "storage/sqlite/record_key.hpp"

namespace kinesisd::storage {

namespace {

// Shards that nobody finds any more belong to this stream, which is DELETING for ever, until they are swept.
constexpr std::int64_t swept_stream = 0;

// A statement with its numbers.
template <class... Numbers>
void run(SQLite::Statement& statement, Numbers... numbers) {
  int place = 0;
  (statement.bind(++place, static_cast<std::int64_t>(numbers)), ...);
  statement.exec();
  statement.reset();
}

void lay_out_swept_stream(MetadataWriter& metadata) {
  StreamRow row;
  row.serial = swept_stream;
  row.transition = Transition::deleting;
  metadata.write(StreamDeleted{row, nullptr});
}

void copy(SQLite::Statement& statement, const CopiedRecords& copied) {
  require_numberable(copied.to_shard, copied.below_index - 1);
  run(statement, record_key(copied.to_shard, 0) - record_key(copied.from_shard, 0),
      record_key(copied.from_shard, copied.from_index), record_key(copied.from_shard, copied.below_index));
}

}  // namespace

void rewrite_streams(SQLite::Database& database, MetadataWriter& metadata, const Rewrite& rewrite) {
  SQLite::Statement remove_stream(
      database, "UPDATE streams SET transition = 'deleting', transition_ends_ms = 0 WHERE serial = ?");
  SQLite::Statement copy_records(database,
                                 "REPLACE INTO records SELECT key + ?, arrived_ms, partition_key, data, "
                                 "encrypted FROM records WHERE key >= ? AND key < ?");
  SQLite::Statement put_swept_shard(
      database, "REPLACE INTO shards VALUES (?, ?, 0, '0', '0', NULL, NULL, 0, NULL, 0, NULL, 1)");
  SQLite::Statement drop_records(database, "DELETE FROM records WHERE key >= ? AND key < ?");
  SQLite::Statement release_shards(database, "UPDATE shards SET stream_serial = ? WHERE stream_serial = ?");
  SQLite::Statement remove_shard(database, "DELETE FROM shards WHERE serial = ?");
  SQLite::Statement next_serial(database, "REPLACE INTO meta VALUES ('next_shard_serial', ?)");

  lay_out_swept_stream(metadata);
  for (const auto serial : rewrite.gone) run(remove_stream, serial);
  for (const auto& parked : rewrite.parked) {
    run(put_swept_shard, parked.to_shard, swept_stream);
    copy(copy_records, parked);
  }
  for (const auto& dropped : rewrite.dropped)
    run(drop_records, record_key(dropped.shard, dropped.from_index),
        record_key(dropped.shard, sequence_index_max));
  for (const auto& returned : rewrite.returned) copy(copy_records, returned);
  for (const auto& back : rewrite.put_back) {
    run(release_shards, swept_stream, back.stream.serial);
    for (const auto& shard : back.shards) {
      require_numberable(shard.serial, 0);
      run(remove_shard, shard.serial);
    }
    metadata.write(back);
  }
  for (const auto& changed : rewrite.accounts) metadata.write(changed);
  for (const auto& changed : rewrite.keys) metadata.write(changed);
  run(next_serial, rewrite.next_shard_serial);
}

}  // namespace kinesisd::storage
