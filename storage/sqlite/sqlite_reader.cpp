#include "storage/sqlite/sqlite_reader.hpp"

#include <SQLiteCpp/Statement.h>

#include <stdexcept>

#include "storage/model/utf8.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/record_key.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

std::string_view bytes(const SQLite::Column& column) {
  const auto* data = static_cast<const char*>(column.getBlob());
  return {data, data == nullptr ? 0 : static_cast<std::size_t>(column.getBytes())};
}

}  // namespace

struct SqliteReader::Connection {
  explicit Connection(const std::string& path)
      : database(open_reader(path)),
        records(*database,
                "SELECT key, arrived_ms, partition_key, data, encrypted FROM records WHERE key >= ? AND key "
                "< ? ORDER BY "
                "key"),
        next(*database,
             "SELECT key, arrived_ms FROM records WHERE key >= ? AND key < ? ORDER BY key LIMIT 1"),
        owner(
            *database,
            "SELECT shards.shard_index, shards.created_s, streams.name, streams.account, streams.region FROM "
            "shards JOIN streams ON streams.serial = shards.stream_serial WHERE shards.serial = ?") {}

  // The key of the first record that arrived at or after `arrived_from`, or `below`. Arrivals never fall
  // within a shard, so this halves the range instead of walking it.
  std::int64_t first_arrived(std::int64_t from, std::int64_t below, std::int64_t arrived_from_ms) {
    while (from < below) {
      const auto middle = from + (below - from) / 2;
      next.bind(1, middle);
      next.bind(2, below);
      const bool found = next.executeStep();
      const auto key = found ? next.getColumn(0).getInt64() : below;
      const bool early = found && next.getColumn(1).getInt64() < arrived_from_ms;
      next.reset();
      if (early)
        from = key + 1;
      else
        below = middle;
    }
    return from;
  }

  // Says whose key it is that a disk or a hand has altered: as it stands, no client could read the answer.
  [[noreturn]] void refuse_key(std::int64_t shard_serial, const Record& record) {
    std::string whose = "a stream that is gone";
    ShardRow shard;
    owner.bind(1, shard_serial);
    if (owner.executeStep()) {
      shard.index = {static_cast<std::uint32_t>(owner.getColumn(0).getInt64())};
      shard.created_s = owner.getColumn(1).getInt64();
      whose = "stream " + owner.getColumn(2).getString() + " (account " + owner.getColumn(3).getString() +
              " in " + owner.getColumn(4).getString() + ")";
    }
    owner.reset();
    throw std::runtime_error(
        "the partition key of record " +
        sequence_number(shard, record.index(), record.arrived()).to_string() + " in " +
        shard.index.shard_id() + " of " + whose +
        " is damaged in the database: it is no UTF-8; restore a copy of the database, or "
        "read on behind it with AFTER_SEQUENCE_NUMBER and its number");
  }

  std::unique_ptr<SQLite::Database> database;
  SQLite::Statement records;
  SQLite::Statement next;
  SQLite::Statement owner;
};

std::vector<RecordPtr> SqliteReader::read(const DiskRange& range) {
  std::lock_guard lock(mutex_);
  try {
    return read_locked(range);
  } catch (...) {
    connection_.reset();  // the next read begins with a new one
    throw;
  }
}

std::vector<RecordPtr> SqliteReader::read_locked(const DiskRange& range) {
  if (!connection_) connection_ = std::make_shared<Connection>(path_);
  const auto below = record_key(range.shard_serial, range.below_index);
  const auto from = connection_->first_arrived(record_key(range.shard_serial, range.from_index), below,
                                               epoch_ms(range.arrived_from));
  std::vector<RecordPtr> records;
  std::size_t bytes_read = 0;
  auto& row = connection_->records;
  row.bind(1, from);
  row.bind(2, below);
  while (records.size() < range.records_max && row.executeStep()) {
    const SQLite::Column data = row.getColumn(3);
    bytes_read += static_cast<std::size_t>(data.getBytes());
    if (bytes_read > range.bytes_max && !records.empty()) break;
    auto record = make_record(bytes(row.getColumn(2)), bytes(data));
    record->place(index_of_key(row.getColumn(0).getInt64()), from_epoch_ms(row.getColumn(1).getInt64()),
                  !row.getColumn(4).isNull());
    if (!is_utf8(record->partition_key())) connection_->refuse_key(range.shard_serial, *record);
    records.push_back(std::move(record));
  }
  row.reset();
  return records;
}

}  // namespace kinesisd::storage
