// All streams of all accounts and regions: the aggregate every operation works on. Each change is one method
// that takes `now`; none does I/O. Not thread-safe: reached through Guarded<Streams>. Texts of errors are
// AWS's.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "storage/clock.hpp"
#include "storage/journal.hpp"
#include "storage/model/hash_key.hpp"
#include "storage/model/record.hpp"
#include "storage/model/sequence_number.hpp"

namespace kinesisd::storage {

using protocol::Result;

// An account in a region. Streams of different worlds never meet.
struct World {
  std::string account;
  std::string region;
  friend auto operator<=>(const World&, const World&) = default;
};

struct StreamKey {
  World world;
  std::string name;
  friend auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

// arn:{partition}:kinesis:{region}:{account}:stream/{name}; the partition follows the region.
std::string arn(const StreamKey& stream);

// Enumerators are AWS's words; the server translates them to the protocol's by name.
enum class StreamMode { PROVISIONED, ON_DEMAND };
BOOST_DESCRIBE_ENUM(StreamMode, PROVISIONED, ON_DEMAND)
enum class StreamStatus { CREATING, ACTIVE, UPDATING, DELETING };
BOOST_DESCRIBE_ENUM(StreamStatus, CREATING, ACTIVE, UPDATING, DELETING)

// How long CREATING, UPDATING and DELETING last.
struct Transitions {
  // auto: ends when observed, or after `after_ms`; otherwise exactly `after_ms` for everyone.
  bool end_when_observed = true;
  std::int64_t after_ms = 500;
};

struct StreamSettings {
  Transitions transitions;
  bool enforce_write_limits = true;                 // --limits writes
  std::optional<std::int64_t> shard_limit = 20000;  // per account and region; nullopt: unlimited
  std::optional<std::int64_t> on_demand_limit = 50;
  std::size_t memory_bytes_max = 256U << 20;  // records held in memory; older ones are read from the disk
  bool records_on_disk = true;  // false (--db :memory:): nothing can be evicted, full means refused
};

struct NewStream {
  std::optional<std::int32_t> shard_count = {};
  std::optional<StreamMode> mode = {};
  std::optional<std::int32_t> max_record_kib = {};
  std::optional<std::int32_t> warm_throughput_mibps = {};
  std::map<std::string, std::string> tags = {};
};

struct StreamSummary {
  StreamKey key;
  StreamStatus status;
  StreamMode mode;
  Timestamp created;
  std::int32_t retention_hours;
  std::int32_t open_shards;
  std::int32_t consumers;
  std::int32_t max_record_kib;
};

struct ShardSummary {
  ShardIndex index;
  std::optional<ShardIndex> parent;
  std::optional<ShardIndex> adjacent_parent;
  HashKeyRange range;
  SequenceNumber starting;
  std::optional<SequenceNumber> ending;
};

struct StreamDescription {
  StreamSummary summary;
  std::vector<ShardSummary> shards;
  bool has_more_shards;
};

struct StreamList {
  std::vector<StreamSummary> streams;  // sorted by name, byte order
  bool has_more;
  std::optional<std::string> next_token;  // set when has_more
};

struct ListStreamsQuery {
  std::optional<std::string> exclusive_start_name = {};
  std::optional<std::string> next_token = {};
  std::optional<std::int32_t> limit = {};
};

enum class ShardFilterType {
  AFTER_SHARD_ID,
  AT_TRIM_HORIZON,
  FROM_TRIM_HORIZON,
  AT_LATEST,
  AT_TIMESTAMP,
  FROM_TIMESTAMP
};
BOOST_DESCRIBE_ENUM(ShardFilterType, AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST,
                    AT_TIMESTAMP, FROM_TIMESTAMP)

struct ShardFilter {
  ShardFilterType type;
  std::optional<std::string> shard_id = {};
  std::optional<Timestamp> timestamp = {};
};

// The caller has checked what needs no state: that a stream is named or a token given, and not both.
struct ListShardsQuery {
  std::optional<StreamKey> stream = {};
  std::optional<std::string> next_token = {};
  std::optional<std::string> exclusive_start_shard_id = {};
  std::optional<std::int32_t> max_results = {};
  std::optional<Timestamp> stream_created = {};
  std::optional<ShardFilter> filter = {};
};

struct ShardList {
  std::vector<ShardSummary> shards;
  std::optional<std::string> next_token;
};

// A record on its way in. The caller makes it outside the lock; the hash key is MD5 of the partition key or
// explicit.
struct NewRecord {
  HashKey hash_key;
  RecordPtr record;  // sequence index and arrival are still unset
};

struct Placed {
  ShardIndex shard;
  SequenceNumber sequence_number;
};

struct PutResult {
  Placed placed;
  Ticket ticket;
};

// One entry per record, in the request's order: where it went, or why it did not.
struct PutManyResult {
  std::vector<Result<Placed>> entries;
  Ticket ticket;  // no_ticket when every record failed
};

enum class IteratorType { AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP };
BOOST_DESCRIBE_ENUM(IteratorType, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST,
                    AT_TIMESTAMP)

struct IteratorStart {
  IteratorType type;
  std::optional<std::string> sequence_number = {};  // as the client wrote it
  std::optional<Timestamp> timestamp = {};
};

// A contiguous part of one shard that must come from the disk. Read by RecordReader, without the lock.
struct DiskRange {
  std::int64_t shard_serial;
  std::uint64_t from_index;
  std::uint64_t below_index;
  Timestamp arrived_from;  // records that arrived earlier are skipped
  std::size_t records_max;
  std::size_t bytes_max;  // of data; the first record is always read
};

struct ChildShard {
  ShardIndex index;
  std::vector<ShardIndex> parents;
  HashKeyRange range;
};

// GetRecords between its two steps: what was found in memory, or what has to be read first.
struct PendingRead {
  StreamKey stream;
  std::int64_t stream_serial = 0;
  ShardIndex shard{};
  std::int64_t shard_created_s = 0;
  std::vector<RecordPtr> records;
  std::optional<DiskRange> disk;  // set: fill `records` from here before Streams::finish_read
  std::uint64_t from_index = 0;
  std::uint64_t readable_index = 0;  // first index not yet readable when the call came
  Timestamp arrived_from{};
  std::vector<ChildShard> children;  // of a closed shard
};

struct RecordPage {
  std::vector<RecordPtr> records;
  ShardIndex shard{};
  std::int64_t shard_created_s = 0;  // for sequence_number_of(record)
  std::optional<std::string> next_iterator;
  std::int64_t millis_behind_latest = 0;
  std::vector<ChildShard> children;

  SequenceNumber sequence_number_of(const Record& record) const;
};

struct Restored;      // storage/change.hpp
struct StreamsState;  // storage/streams_state.hpp: what the methods work on

class Streams {
 public:
  // `journal` outlives the streams. `key` (32 bytes, kept with the data) seals iterators and tokens.
  Streams(StreamSettings settings, Journal& journal, const std::string& key);
  ~Streams();
  Streams(Streams&&) noexcept;

  // Takes up what an opened database holds; before anything else is called.
  void restore(Restored restored, Timestamp now);

  Result<Ticket> create_stream(const StreamKey& stream, NewStream request, Timestamp now);
  Result<Ticket> delete_stream(const StreamKey& stream, bool enforce_consumer_deletion, Timestamp now);
  Result<StreamSummary> describe_summary(const StreamKey& stream, Timestamp now);
  Result<StreamDescription> describe(const StreamKey& stream,
                                     const std::optional<std::string>& exclusive_start_shard_id,
                                     std::optional<std::int32_t> limit, Timestamp now);
  Result<StreamList> list_streams(const World& world, const ListStreamsQuery& query, Timestamp now);
  Result<ShardList> list_shards(const World& caller, const ListShardsQuery& query, Timestamp now);
  Result<Ticket> increase_retention(const StreamKey& stream, std::int32_t hours, Timestamp now);
  Result<Ticket> decrease_retention(const StreamKey& stream, std::int32_t hours, Timestamp now);

  // Routes, numbers, appends as pending and hands to the journal, in one step.
  // `sequence_number_for_ordering` as the client wrote it.
  Result<PutResult> put_record(const StreamKey& stream, NewRecord record,
                               const std::optional<std::string>& sequence_number_for_ordering, Timestamp now);
  Result<PutManyResult> put_records(const StreamKey& stream, std::vector<NewRecord> records, Timestamp now);
  // Bytes of data plus key the largest record of this stream may have.
  Result<std::size_t> record_bytes_max(const StreamKey& stream, Timestamp now);

  Result<std::string> shard_iterator(const StreamKey& stream, const std::string& shard_id,
                                     const IteratorStart& start, Timestamp now);
  // `iterator` as the client wrote it. Records come from memory, or the result names a DiskRange.
  Result<PendingRead> begin_read(std::string_view iterator, std::optional<std::int32_t> limit, Timestamp now);
  // Drops what has expired and seals the next iterator. Touches no stream.
  Result<RecordPage> finish_read(PendingRead read, Timestamp now) const;

  // Worlds in which a live stream of this name exists, for the log line of a failed look-up.
  std::vector<World> worlds_with(std::string_view stream_name, Timestamp now) const;

  // How many puts were refused because the memory was full and nothing could be evicted (--db :memory:).
  std::uint64_t refused_for_memory() const;

  // The journal's side; see storage/group_commit.hpp.
  StreamsState& state() { return *state_; }

 private:
  std::unique_ptr<StreamsState> state_;
};

}  // namespace kinesisd::storage
