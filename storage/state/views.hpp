// What the streams answer. Copies, good after the lock is released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/error.hpp"
#include "storage/model/clock.hpp"
#include "storage/model/hash_key.hpp"
#include "storage/model/read_meters.hpp"
#include "storage/model/record.hpp"
#include "storage/model/sequence_number.hpp"
#include "storage/state/counts.hpp"
#include "storage/state/journal.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/subscriber.hpp"
#include "storage/state/words.hpp"

namespace kinesisd::storage {

using protocol::Result;

struct WarmThroughput {
  std::int32_t target_mibps;
  std::int32_t current_mibps;
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
  std::optional<std::string> key_id;  // encrypted with it; unset: not encrypted
  std::set<ShardMetric> metrics;
  RecordDistributionStrategy distribution;
  // Of on-demand streams in accounts with the commitment.
  std::optional<WarmThroughput> warm_throughput;
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

struct ShardList {
  StreamKey stream;
  std::vector<ShardSummary> shards;
  std::optional<std::string> next_token;
};

struct Rescaled {
  std::int32_t current_shards;  // open before
  Ticket ticket;
};

struct ConsumerSummary {
  ConsumerKey key;
  ConsumerStatus status;
};

struct ConsumerList {
  std::vector<ConsumerSummary> consumers;  // sorted by name, byte order
  std::optional<std::string> next_token;
};

struct Registered {
  ConsumerSummary consumer;
  Ticket ticket;
};

struct MetricsChanged {
  std::set<ShardMetric> before;
  std::set<ShardMetric> after;
  Ticket ticket;
};

struct WarmThroughputChanged {
  WarmThroughput warm_throughput;
  Ticket ticket;
};

// nullopt: unlimited.
struct AccountUsage {
  std::int64_t open_shards;
  std::int64_t on_demand_streams;
  std::optional<std::int64_t> shard_limit;
  std::optional<std::int64_t> on_demand_limit;
};

enum class CommitmentStatus { ENABLED, DISABLED, ENABLED_UNTIL_EARLIEST_ALLOWED_END };
BOOST_DESCRIBE_ENUM(CommitmentStatus, ENABLED, DISABLED, ENABLED_UNTIL_EARLIEST_ALLOWED_END)

// The minimum throughput billing commitment of an account in a region.
struct Commitment {
  CommitmentStatus status;
  std::optional<Timestamp> started;
  std::optional<Timestamp> ended;
  std::optional<Timestamp> earliest_allowed_end;
};

struct CommitmentChanged {
  Commitment commitment;
  Ticket ticket;
};

struct Placed {
  ShardIndex shard;
  SequenceNumber sequence_number;
};

struct PutResult {
  Placed placed;
  Ticket ticket;
  bool encrypted;
  std::shared_ptr<CallTimes> times = {};  // to be told when the call has been answered
};

// One entry per record, in the request's order: where it went, or why it did not.
struct PutManyResult {
  std::vector<Result<Placed>> entries;
  Ticket ticket;  // no_ticket when every record failed
  bool encrypted;
  std::shared_ptr<CallTimes> times = {};  // of PutResult; unset when every record failed
};

// A place in a shard: the first record behind it is the first that has at least this index and has not
// arrived earlier.
struct Position {
  std::uint64_t from_index = 0;
  Timestamp arrived_from{};
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

// A shard by the names clients know.
struct ShardKey {
  StreamKey stream;
  ShardIndex shard;
};

struct ChildShard {
  ShardIndex index;
  std::vector<ShardIndex> parents;
  HashKeyRange range;
};

struct NewIterator {
  std::string text;
  ShardIndex shard{};
  // Set when AWS would have throttled the call, the first time for this shard.
  std::optional<ReadExcess> excess;
};

// GetRecords between its two steps: what was found in memory, or what has to be read first.
struct PendingRead {
  StreamKey stream;
  std::int64_t stream_serial = 0;
  ShardIndex shard{};
  std::int64_t shard_serial = 0;
  std::int64_t shard_created_s = 0;
  std::int64_t history = 0;          // of the shard, for the next iterator
  bool over_limit = false;           // AWS would have throttled the call: its bytes count for nothing
  std::optional<ReadExcess> excess;  // the first time for this shard and limit
  std::vector<RecordPtr> records;
  std::optional<DiskRange> disk;  // set: fill `records` from here before finish_read
  std::uint64_t from_index = 0;
  std::uint64_t readable_index = 0;  // first index not yet readable when the call came
  Timestamp arrived_from{};
  Timestamp visible_until = Timestamp::max();  // what arrived later is not to be seen yet
  bool withheld = false;  // the page is to be empty; what is read only tells where its reader stands
  std::vector<ChildShard> children;  // of a closed shard
  std::shared_ptr<CallTimes> times;  // as of PutResult
};

// Consecutive records of a shard, and where their reader then is.
struct ShardPage {
  std::vector<RecordPtr> records;
  ShardIndex shard{};
  std::int64_t shard_created_s = 0;  // for sequence_number_of(record)
  std::int64_t millis_behind_latest = 0;
  std::vector<ChildShard> children;  // set: the shard has ended, and there are no records

  SequenceNumber sequence_number_of(const Record& record) const;
};

// GetRecords
struct RecordPage : ShardPage {
  std::optional<std::string> next_iterator;
};

struct Subscription;  // storage/state/subscriptions.hpp

struct Subscribed {
  std::shared_ptr<Subscription> subscription;  // for as long as unsubscribe has not been called
  ConsumerKey consumer;
  Timestamp expires;
  std::shared_ptr<Subscriber>
      taken_over;  // of the subscription this one replaces: to be woken without the lock
};

// What a subscription has to do now.
struct NextEvent {
  std::optional<PendingRead> read;  // unset: there is no news
  // When there may be some without anyone being woken.
  std::optional<Timestamp> look_again;
};

// A SubscribeToShardEvent.
struct EventPage : ShardPage {
  // Where a new subscription would go on; unset: the shard has ended.
  std::optional<SequenceNumber> continuation;
};

}  // namespace kinesisd::storage
