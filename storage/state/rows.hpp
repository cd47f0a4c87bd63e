// What is kept of accounts, streams, shards and consumers, besides records: as it stands in memory and as an
// engine writes it down. Values only; what they mean at an instant is computed elsewhere.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "storage/model/clock.hpp"
#include "storage/model/hash_key.hpp"
#include "storage/model/sequence_number.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/words.hpp"

namespace kinesisd::storage {

// What a stream or consumer is becoming. `none` once and for all after CREATING or UPDATING has ended.
enum class Transition { none, creating, updating, deleting };
BOOST_DESCRIBE_ENUM(Transition, none, creating, updating, deleting)

// What becomes of the shards when UPDATING ends. Until then records go to the shards there are.
struct NoReshard {
  friend bool operator==(const NoReshard&, const NoReshard&) = default;
};
struct SplitOne {
  ShardIndex shard;
  HashKey at;  // where the upper child starts
  friend bool operator==(const SplitOne&, const SplitOne&) = default;
};
struct MergeTwo {
  ShardIndex lower;
  ShardIndex upper;
  friend bool operator==(const MergeTwo&, const MergeTwo&) = default;
};
struct Rescale {
  std::int32_t shards;  // open ones afterwards, of even width
  friend bool operator==(const Rescale&, const Rescale&) = default;
};
// Of an on-demand stream: each of these is split in the middle.
struct SplitBusy {
  std::vector<ShardIndex> shards;
  friend bool operator==(const SplitBusy&, const SplitBusy&) = default;
};
using Reshard = std::variant<NoReshard, SplitOne, MergeTwo, Rescale, SplitBusy>;

// Changes of which AWS allows a number in 24 hours.
enum class Rationed { scaling, mode_switch, encryption_start, encryption_stop };
BOOST_DESCRIBE_ENUM(Rationed, scaling, mode_switch, encryption_start, encryption_stop)

struct ConsumerRow {
  std::string name;
  std::int64_t created_s = 0;  // as its ARN carries it
  Transition transition = Transition::none;
  Timestamp transition_ends{};
  bool ends_when_observed = false;  // not written down: after a restart the settings say it
  Tags tags;
  std::string policy;  // empty: none
  friend bool operator==(const ConsumerRow&, const ConsumerRow&) = default;
};

struct StreamRow {
  std::int64_t serial = 0;  // never given twice
  StreamKey key;
  StreamMode mode = StreamMode::PROVISIONED;
  Timestamp created{};
  std::int32_t retention_hours = 24;
  std::int32_t max_record_kib = 1024;
  Transition transition = Transition::none;
  Timestamp transition_ends{};
  bool ends_when_observed = false;  // not written down: after a restart the settings say it
  Timestamp readable_from{};        // what arrived earlier stays unreadable whatever the retention becomes
  Reshard reshard = NoReshard{};
  std::optional<std::string> key_id =
      {};  // of the key it is encrypted with, as it was given; unset: it is not
  std::set<ShardMetric> metrics = {};
  std::optional<std::int32_t> warm_mibps = {};
  RecordDistributionStrategy distribution = RecordDistributionStrategy::USER_PARTITION_KEY;
  std::string policy = {};  // empty: none
  Tags tags = {};
  std::vector<ConsumerRow> consumers = {};                 // in order of registration
  std::int64_t deregistered_s = 0;                         // no new consumer has a created_s as low as this
  std::map<Rationed, std::vector<Timestamp>> recent = {};  // those of the last 24 hours, ascending

  friend bool operator==(const StreamRow&, const StreamRow&) = default;
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

  friend bool operator==(const ShardRow&, const ShardRow&) = default;
};

// The minimum throughput billing commitment of an account in a region.
struct AccountRow {
  std::optional<Timestamp> started = {};
  std::optional<Timestamp> ends = {};  // in the future when ended early: AWS keeps it for 24 hours at least
  friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

}  // namespace kinesisd::storage
