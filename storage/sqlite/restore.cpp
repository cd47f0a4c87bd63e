#include "storage/sqlite/restore.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include "storage/model/utf8.hpp"
#include "storage/sqlite/metadata_text.hpp"
#include "storage/sqlite/record_key.hpp"

namespace kinesisd::storage {

namespace {

HashKey hash_key(const std::string& decimal) {
  const auto key = parse_hash_key(decimal);
  if (!key) damaged("hash key " + decimal);
  return *key;
}

// A text that clients have given and will see again. One that a disk or a hand has altered so that it is no
// UTF-8 could not be told to anybody; it is named so that sqlite3 can find and mend it.
std::string text_in(SQLite::Statement& row, const char* table, int column) {
  std::string text = row.getColumn(column).getString();
  if (is_utf8(text)) return text;
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {digits[byte >> 4U], digits[byte & 0xFU]};
  }
  throw std::runtime_error(std::string(table) + "." + row.getColumn(column).getName() + " has the text x'" +
                           hex + "', which is no UTF-8");
}

std::optional<std::int64_t> optional_number(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional{column.getInt64()};
}

std::optional<ShardIndex> optional_index(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return ShardIndex{static_cast<std::uint32_t>(column.getInt64())};
}

ShardRow shard_row(SQLite::Statement& row) {
  ShardRow shard;
  shard.serial = row.getColumn(0).getInt64();
  shard.index = {static_cast<std::uint32_t>(row.getColumn(2).getInt64())};
  shard.range = {hash_key(row.getColumn(3).getString()), hash_key(row.getColumn(4).getString())};
  shard.parent = optional_index(row.getColumn(5));
  shard.adjacent_parent = optional_index(row.getColumn(6));
  shard.created_s = row.getColumn(7).getInt64();
  shard.closed_s = optional_number(row.getColumn(8));
  shard.opened = from_epoch_ms(row.getColumn(9).getInt64());
  if (const auto closed_ms = optional_number(row.getColumn(10))) shard.closed = from_epoch_ms(*closed_ms);
  shard.next_index = static_cast<std::uint64_t>(row.getColumn(11).getInt64());
  return shard;
}

// Finds the oldest and the newest record of shards.
class Ends {
 public:
  explicit Ends(SQLite::Database& database) : oldest_(database, sql("ASC")), newest_(database, sql("DESC")) {}

  RestoredShard restore(const ShardRow& row) {
    RestoredShard shard{row, 0, std::nullopt, {}};
    shard.newest = shard.row.opened;
    if (find(oldest_, shard.row.serial)) {
      shard.first_index = index_of_key(oldest_.getColumn(0).getInt64());
      shard.oldest = from_epoch_ms(oldest_.getColumn(1).getInt64());
    }
    if (find(newest_, shard.row.serial)) {
      shard.row.next_index =
          std::max(shard.row.next_index, index_of_key(newest_.getColumn(0).getInt64()) + 1);
      shard.newest = std::max(shard.newest, from_epoch_ms(newest_.getColumn(1).getInt64()));
    }
    oldest_.reset();
    newest_.reset();
    return shard;
  }

 private:
  static std::string sql(const std::string& order) {
    return "SELECT key, arrived_ms FROM records WHERE key >= ? AND key < ? ORDER BY key " + order +
           " LIMIT 1";
  }
  static bool find(SQLite::Statement& statement, std::int64_t serial) {
    statement.bind(1, record_key(serial, 0));
    statement.bind(2, record_key(serial, sequence_index_max));
    return statement.executeStep();
  }

  SQLite::Statement oldest_;
  SQLite::Statement newest_;
};

void read_meta(SQLite::Database& database, Contents& contents) {
  SQLite::Statement row(database, "SELECT name, value FROM meta");
  while (row.executeStep()) {
    const auto name = row.getColumn(0).getString();
    const auto value = row.getColumn(1);
    if (name == "seal_key")
      contents.seal_key = value.getString();
    else if (name == "newest_ms")
      contents.newest = from_epoch_ms(value.getInt64());
    else if (name == "next_stream_serial")
      contents.restored.next_stream_serial = value.getInt64();
    else if (name == "next_shard_serial")
      contents.restored.next_shard_serial = value.getInt64();
    else if (name == "clock_offset_ms")
      contents.restored.clock.offset = std::chrono::milliseconds{value.getInt64()};
    else if (name == "clock_frozen_ms" && !value.isNull())
      contents.restored.clock.frozen = from_epoch_ms(value.getInt64());
  }
}

std::optional<Timestamp> optional_time(const SQLite::Column& column) {
  const auto ms = optional_number(column);
  return ms ? std::optional{from_epoch_ms(*ms)} : std::nullopt;
}

void read_streams(SQLite::Database& database, Restored& restored) {
  SQLite::Statement row(
      database,
      "SELECT serial, account, region, name, mode, created_ms, retention_hours, max_record_kib, "
      "transition, transition_ends_ms, readable_from_ms, reshard, key_id, metrics, warm_mibps, "
      "distribution, policy, deregistered_s FROM streams ORDER BY serial");
  while (row.executeStep()) {
    RestoredStream stream;
    StreamRow& to = stream.row;
    to.serial = row.getColumn(0).getInt64();
    to.key = {{text_in(row, "streams", 1), text_in(row, "streams", 2)}, text_in(row, "streams", 3)};
    to.mode = enum_of<StreamMode>(row.getColumn(4).getString());
    to.created = from_epoch_ms(row.getColumn(5).getInt64());
    to.retention_hours = row.getColumn(6).getInt();
    to.max_record_kib = row.getColumn(7).getInt();
    to.transition = transition_of(row.getColumn(8).getString());
    to.transition_ends = from_epoch_ms(row.getColumn(9).getInt64());
    to.readable_from = from_epoch_ms(row.getColumn(10).getInt64());
    to.reshard = reshard_of(row.getColumn(11).getString());
    if (!row.getColumn(12).isNull()) to.key_id = text_in(row, "streams", 12);
    to.metrics = metrics_of(row.getColumn(13).getString());
    if (const auto mibps = optional_number(row.getColumn(14)))
      to.warm_mibps = static_cast<std::int32_t>(*mibps);
    to.distribution = enum_of<RecordDistributionStrategy>(row.getColumn(15).getString());
    to.policy = text_in(row, "streams", 16);
    to.deregistered_s = row.getColumn(17).getInt64();
    restored.streams.push_back(std::move(stream));
  }
}

using StreamsBySerial = std::unordered_map<std::int64_t, RestoredStream*>;

// Calls `visit(StreamRow&, statement)` for each row whose first column is the serial of a stream.
template <class Visit>
void for_each_of_stream(SQLite::Database& database, const char* sql, const StreamsBySerial& by_serial,
                        Visit&& visit) {
  SQLite::Statement row(database, sql);
  while (row.executeStep())
    if (const auto found = by_serial.find(row.getColumn(0).getInt64()); found != by_serial.end())
      visit(found->second->row, row);
}

void read_what_streams_have(SQLite::Database& database, const StreamsBySerial& by_serial) {
  for_each_of_stream(database, "SELECT stream_serial, tag, value FROM tags", by_serial,
                     [](StreamRow& stream, SQLite::Statement& row) {
                       stream.tags.emplace(text_in(row, "tags", 1), text_in(row, "tags", 2));
                     });
  for_each_of_stream(database,
                     "SELECT stream_serial, name, created_s, transition, transition_ends_ms, policy FROM "
                     "consumers ORDER BY stream_serial, place",
                     by_serial, [](StreamRow& stream, SQLite::Statement& row) {
                       ConsumerRow& consumer = stream.consumers.emplace_back();
                       consumer.name = text_in(row, "consumers", 1);
                       consumer.created_s = row.getColumn(2).getInt64();
                       consumer.transition = transition_of(row.getColumn(3).getString());
                       consumer.transition_ends = from_epoch_ms(row.getColumn(4).getInt64());
                       consumer.policy = text_in(row, "consumers", 5);
                     });
  for_each_of_stream(database, "SELECT stream_serial, place, tag, value FROM consumer_tags", by_serial,
                     [](StreamRow& stream, SQLite::Statement& row) {
                       const auto place = static_cast<std::size_t>(row.getColumn(1).getInt64());
                       if (place >= stream.consumers.size()) damaged("tag of a consumer");
                       stream.consumers[place].tags.emplace(text_in(row, "consumer_tags", 2),
                                                            text_in(row, "consumer_tags", 3));
                     });
  for_each_of_stream(database, "SELECT stream_serial, what, at_ms FROM recent_changes ORDER BY at_ms",
                     by_serial, [](StreamRow& stream, SQLite::Statement& row) {
                       stream.recent[enum_of<Rationed>(row.getColumn(1).getString())].push_back(
                           from_epoch_ms(row.getColumn(2).getInt64()));
                     });
}

void read_accounts_and_keys(SQLite::Database& database, Restored& restored) {
  SQLite::Statement account(
      database, "SELECT account, region, commitment_started_ms, commitment_ends_ms FROM accounts");
  while (account.executeStep())
    restored.accounts[{text_in(account, "accounts", 0), text_in(account, "accounts", 1)}] = {
        optional_time(account.getColumn(2)), optional_time(account.getColumn(3))};
  SQLite::Statement key(database, "SELECT key, state FROM keys");
  while (key.executeStep())
    restored.keys[text_in(key, "keys", 0)] = enum_of<KeyState>(key.getColumn(1).getString());
}

}  // namespace

Contents read_contents(SQLite::Database& database) {
  Contents contents;
  read_meta(database, contents);
  read_streams(database, contents.restored);
  StreamsBySerial by_serial;
  for (auto& stream : contents.restored.streams) by_serial[stream.row.serial] = &stream;
  read_what_streams_have(database, by_serial);
  read_accounts_and_keys(database, contents.restored);

  Ends ends(database);
  SQLite::Statement shard(
      database,
      "SELECT serial, stream_serial, shard_index, starting_hash_key, ending_hash_key, parent, "
      "adjacent_parent, created_s, closed_s, opened_ms, closed_ms, next_index FROM shards "
      "ORDER BY stream_serial, shard_index");
  while (shard.executeStep()) {
    const auto found = by_serial.find(shard.getColumn(1).getInt64());
    if (found == by_serial.end()) continue;
    const RestoredShard restored = ends.restore(shard_row(shard));
    contents.newest = std::max(contents.newest, restored.newest);
    if (found->second->shards.size() != restored.row.index.value &&
        found->second->row.transition != Transition::deleting)
      damaged("shard " + restored.row.index.shard_id());
    found->second->shards.push_back(restored);
  }
  return contents;
}

}  // namespace kinesisd::storage
