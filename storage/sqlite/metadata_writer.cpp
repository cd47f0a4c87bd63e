#include "storage/sqlite/metadata_writer.hpp"

#include <SQLiteCpp/Statement.h>

#include <array>

#include "storage/sqlite/metadata_text.hpp"

namespace kinesisd::storage {

namespace {

// A statement's values in the order of its question marks; run when all are bound.
class Run {
 public:
  explicit Run(SQLite::Statement& statement) : statement_(statement) {}

  Run& with(std::int64_t value) {
    statement_.bind(++place_, value);
    return *this;
  }
  Run& with(const std::string& value) {
    statement_.bind(++place_, value);
    return *this;
  }
  Run& with(Timestamp value) { return with(epoch_ms(value)); }
  Run& with(ShardIndex value) { return with(std::int64_t{value.value}); }
  template <class T>
  Run& with(const std::optional<T>& value) {
    if (value) return with(*value);
    statement_.bind(++place_);
    return *this;
  }
  void now() {
    statement_.exec();
    statement_.reset();
  }

 private:
  SQLite::Statement& statement_;
  int place_ = 0;
};

}  // namespace

struct MetadataWriter::Statements {
  explicit Statements(SQLite::Database& db)
      : put_stream(db,
                   "REPLACE INTO streams (serial, account, region, name, mode, created_ms, retention_hours, "
                   "max_record_kib, transition, transition_ends_ms, readable_from_ms, reshard, key_id, "
                   "metrics, warm_mibps, distribution, policy, deregistered_s) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        put_shard(db, "INSERT INTO shards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        close_shard(db, "UPDATE shards SET closed_s = ?, closed_ms = ? WHERE serial = ?"),
        put_tag(db, "INSERT INTO tags VALUES (?, ?, ?)"),
        put_consumer(db, "INSERT INTO consumers VALUES (?, ?, ?, ?, ?, ?, ?)"),
        put_consumer_tag(db, "INSERT INTO consumer_tags VALUES (?, ?, ?, ?)"),
        put_recent(db, "INSERT INTO recent_changes VALUES (?, ?, ?)"),
        put_account(db, "REPLACE INTO accounts VALUES (?, ?, ?, ?)"),
        put_key(db, "REPLACE INTO keys VALUES (?, ?)"),
        put_meta(db, "REPLACE INTO meta VALUES (?, ?)"),
        delete_tags(db, "DELETE FROM tags WHERE stream_serial = ?"),
        delete_consumers(db, "DELETE FROM consumers WHERE stream_serial = ?"),
        delete_consumer_tags(db, "DELETE FROM consumer_tags WHERE stream_serial = ?"),
        delete_recent(db, "DELETE FROM recent_changes WHERE stream_serial = ?"),
        delete_stream(db, "DELETE FROM streams WHERE serial = ?"),
        delete_key(db, "DELETE FROM keys WHERE key = ?") {}

  SQLite::Statement put_stream, put_shard, close_shard, put_tag, put_consumer, put_consumer_tag, put_recent,
      put_account, put_key, put_meta, delete_tags, delete_consumers, delete_consumer_tags, delete_recent,
      delete_stream, delete_key;
};

MetadataWriter::MetadataWriter(SQLite::Database& database)
    : statements_(std::make_unique<Statements>(database)) {}

MetadataWriter::~MetadataWriter() = default;

void MetadataWriter::write(const StreamCreated& created) {
  const StreamRow& row = created.stream;
  put_stream(row);
  for (const auto& shard : created.shards) put_shard(row.serial, shard);
  put_tags(row);
  // Serials are never given twice, not even when the last stream is long gone: tokens name streams by them.
  put_meta("next_stream_serial", row.serial + 1);
  if (!created.shards.empty()) put_meta("next_shard_serial", created.shards.back().serial + 1);
}

void MetadataWriter::write(const StreamChanged& changed) {
  const StreamRow& before = changed.before;
  const StreamRow& after = changed.after;
  put_stream(after);
  if (before.tags != after.tags) put_tags(after);
  if (before.consumers != after.consumers) put_consumers(after);
  if (before.recent != after.recent) put_recent(after);
  for (const auto& shard : changed.closed)
    Run(statements_->close_shard).with(shard.closed_s).with(shard.closed).with(shard.serial).now();
  for (const auto& shard : changed.opened) put_shard(after.serial, shard);
  if (!changed.opened.empty()) put_meta("next_shard_serial", changed.opened.back().serial + 1);
}

void MetadataWriter::write(const StreamDeleted& deleted) {
  put_stream(deleted.after);
}

void MetadataWriter::write(const StreamPutBack& back) {
  put_stream(back.stream);
  put_tags(back.stream);
  put_consumers(back.stream);
  put_recent(back.stream);
  for (const auto& shard : back.shards) put_shard(back.stream.serial, shard);
}

void MetadataWriter::write(const AccountChanged& changed) {
  Run(statements_->put_account)
      .with(changed.world.account)
      .with(changed.world.region)
      .with(changed.after.started)
      .with(changed.after.ends)
      .now();
}

void MetadataWriter::write(const KeyChanged& changed) {
  if (changed.after == KeyState::enabled)
    Run(statements_->delete_key).with(changed.key).now();
  else
    Run(statements_->put_key).with(changed.key).with(text_of(changed.after)).now();
}

void MetadataWriter::write(const ClockState& clock) {
  put_meta("clock_offset_ms", clock.offset.count());
  put_meta("clock_frozen_ms", clock.frozen ? std::optional{epoch_ms(*clock.frozen)} : std::nullopt);
}

void MetadataWriter::forget_stream(std::int64_t stream_serial) {
  const std::array all{&statements_->delete_tags, &statements_->delete_consumers,
                       &statements_->delete_consumer_tags, &statements_->delete_recent,
                       &statements_->delete_stream};
  for (auto* statement : all) Run(*statement).with(stream_serial).now();
}

void MetadataWriter::put_stream(const StreamRow& row) {
  Run(statements_->put_stream)
      .with(row.serial)
      .with(row.key.world.account)
      .with(row.key.world.region)
      .with(row.key.name)
      .with(text_of(row.mode))
      .with(row.created)
      .with(row.retention_hours)
      .with(row.max_record_kib)
      .with(text_of_transition(row.transition))
      .with(row.transition_ends)
      .with(row.readable_from)
      .with(text_of_reshard(row.reshard))
      .with(row.key_id)
      .with(text_of_metrics(row.metrics))
      .with(row.warm_mibps)
      .with(text_of(row.distribution))
      .with(row.policy)
      .with(row.deregistered_s)
      .now();
}

void MetadataWriter::put_shard(std::int64_t stream_serial, const ShardRow& row) {
  Run(statements_->put_shard)
      .with(row.serial)
      .with(stream_serial)
      .with(row.index)
      .with(to_string(row.range.starting))
      .with(to_string(row.range.ending))
      .with(row.parent)
      .with(row.adjacent_parent)
      .with(row.created_s)
      .with(row.closed_s)
      .with(row.opened)
      .with(row.closed)
      .with(static_cast<std::int64_t>(row.next_index))
      .now();
}

void MetadataWriter::put_tags(const StreamRow& row) {
  Run(statements_->delete_tags).with(row.serial).now();
  for (const auto& [tag, value] : row.tags)
    Run(statements_->put_tag).with(row.serial).with(tag).with(value).now();
}

void MetadataWriter::put_consumers(const StreamRow& row) {
  Run(statements_->delete_consumers).with(row.serial).now();
  Run(statements_->delete_consumer_tags).with(row.serial).now();
  std::int64_t place = 0;
  for (const auto& consumer : row.consumers) {
    Run(statements_->put_consumer)
        .with(row.serial)
        .with(place)
        .with(consumer.name)
        .with(consumer.created_s)
        .with(text_of_transition(consumer.transition))
        .with(consumer.transition_ends)
        .with(consumer.policy)
        .now();
    for (const auto& [tag, value] : consumer.tags)
      Run(statements_->put_consumer_tag).with(row.serial).with(place).with(tag).with(value).now();
    ++place;
  }
}

void MetadataWriter::put_recent(const StreamRow& row) {
  Run(statements_->delete_recent).with(row.serial).now();
  for (const auto& [what, times] : row.recent)
    for (const auto at : times)
      Run(statements_->put_recent).with(row.serial).with(text_of(what)).with(at).now();
}

void MetadataWriter::put_meta(const char* name, std::optional<std::int64_t> value) {
  Run(statements_->put_meta).with(std::string(name)).with(value).now();
}

}  // namespace kinesisd::storage
