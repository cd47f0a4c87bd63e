// All streams of all accounts and regions, in memory: what every operation works on and the journal settles.
// Reached through Guarded<State>; everything here is called with its lock held. Knows no thread and no
// database.
#pragma once

#include <algorithm>
#include <boost/container/deque.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/model/position_tokens.hpp"
#include "storage/model/read_meters.hpp"
#include "storage/model/shard_load.hpp"
#include "storage/model/token_bucket.hpp"
#include "storage/state/change.hpp"
#include "storage/state/counts.hpp"
#include "storage/state/journal.hpp"
#include "storage/state/snapshot.hpp"
#include "storage/state/stream_settings.hpp"
#include "storage/state/subscriptions.hpp"
#include "storage/state/trimming.hpp"

namespace kinesisd::storage {

inline constexpr std::int64_t shard_records_per_second = 1000;
inline constexpr std::int64_t shard_bytes_per_second = 1 << 20;
inline constexpr std::int64_t dry_runs_per_second = 1;  // per stream
inline constexpr std::int32_t shard_mibps = 1;
inline constexpr std::int64_t stream_shards_max = 100'000;  // even where --shard-limit is `unlimited`
inline constexpr std::int32_t page_records_max = 10'000;
inline constexpr std::size_t page_bytes_max = 10U << 20;

enum class WriteLimit { records, bytes };

// A limit of writes that was met for the first time.
struct WriteExcess {
  std::string stream;
  ShardIndex shard;
  WriteLimit limit;
};
inline constexpr std::size_t write_excesses_max = 1'000;  // that nobody has asked for yet

struct Shard {
  ShardRow row;
  Stream* stream = nullptr;
  TokenBucket records{shard_records_per_second};
  TokenBucket bytes{shard_bytes_per_second};
  ShardLoad load;                     // of on-demand streams
  std::unique_ptr<ReadMeters> reads;  // made by the first read; most shards are never read
  Timestamp last_arrival{};
  Ticket closed_by = no_ticket;  // it is not said to have ended before this is durable
  ShardCounts counts;
  bool told_of_records = false;  // that writes met this limit
  bool told_of_bytes = false;

  // The newest records, in sequence order; the first `readable` of them are committed. This deque allocates
  // nothing while it is empty.
  boost::container::deque<RecordPtr> log;
  std::size_t readable = 0;
  std::size_t memory_bytes = 0;

  std::uint64_t stored_from = 1;           // no record below can be read any more
  std::uint64_t memory_from = 1;           // records from stored_from up to here are on the disk alone
  std::optional<Timestamp> oldest_stored;  // arrival of the oldest record on the disk

  // Another one each time a snapshot put the shard back, and never the same again; 0: the first since the
  // start. Whoever got further in another history goes on where this one parted from it.
  std::int64_t history = 0;
  std::uint64_t parted_at = std::numeric_limits<std::uint64_t>::max();

  // The first index a reader must not see yet.
  std::uint64_t readable_end() const {
    return readable < log.size() ? log[readable]->index() : row.next_index;
  }
  SequenceNumber starting() const;
  std::optional<SequenceNumber> ending() const;
};

struct Stream {
  StreamRow row;
  std::vector<std::unique_ptr<Shard>> shards;  // by index; none once the stream is DELETING
  std::vector<Shard*> open;                    // by hash key range, ascending
  Ticket retention_changed = no_ticket;        // nothing is trimmed before this is settled
  std::size_t next_open = 0;                   // where an AUTO stream looks for a shard first
  TokenBucket dry_runs{dry_runs_per_second};
  StreamCounts counts;
  std::shared_ptr<StreamTimes> times = std::make_shared<StreamTimes>();
  // By name and time of creation.
  std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<ConsumerCounts>> consumer_counts;

  // Open shards, and as many as there will be when what is under way has ended.
  std::int32_t open_count() const { return static_cast<std::int32_t>(open.size()); }
  std::int32_t planned_open_count() const;
  // What arrived earlier is expired.
  Timestamp readable_from(Timestamp now) const;
  // Closed shards vanish, once and for all, when the last record they could hold has expired.
  bool lists(const Shard& shard, Timestamp now) const;
  Shard* shard(ShardIndex index, Timestamp now) const;
};

// Of its records that are in memory.
std::size_t bytes_in_memory(const Stream& stream);

// Up to which index a shard's records became readable in one step: the unit of eviction.
struct Run {
  std::int64_t shard_serial;
  std::uint64_t through_index;
};

// What one transaction brought a shard.
struct Landed {
  std::uint64_t put_record_records = 0;
  std::uint64_t put_record_bytes = 0;
  std::uint64_t put_records_records = 0;
  std::uint64_t put_records_bytes = 0;
};

// The records of one transaction, shard by shard.
struct Arrivals {
  std::vector<Run> runs;
  std::vector<Landed> landed;  // in the same order
};

// Records that fell out of memory; freed after the lock is released.
using Garbage = std::vector<RecordPtr>;

// What a stream needs its key for.
enum class KeyUse { describe, encrypt, decrypt };

struct State {
  // `journal` outlives the state. `key` (32 bytes, kept with the data) seals iterators and tokens, `random`
  // makes each of them another.
  State(const StreamSettings& streams_settings, Journal& streams_journal, const std::string& key,
        Random random = Random())
      : settings(streams_settings), journal(streams_journal), seal(key, std::move(random)) {}

  StreamSettings settings;
  Journal& journal;
  TokenSeal seal;

  std::map<StreamKey, std::shared_ptr<Stream>> streams;
  std::map<World, AccountRow> accounts;
  std::map<std::string, KeyState> keys;                 // those that are not enabled
  std::unordered_map<std::int64_t, Stream*> by_serial;  // those with shards
  std::map<std::int64_t, Shard*> shards;                // of all streams, by serial
  std::int64_t next_stream_serial = 1;
  std::int64_t next_shard_serial = 1;
  bool has_policies = false;  // once true it stays so
  bool time_frozen = false;
  std::map<std::string, Snapshot> snapshots;
  // What they pin; nullptr: they have changed since that was gathered.
  std::shared_ptr<const std::set<std::int64_t>> pins = {};

  Ticket durable_through = no_ticket;
  std::size_t memory_bytes = 0;
  std::size_t records_in_memory = 0;
  std::uint64_t refused_for_memory = 0;
  std::uint64_t reads_over_limit = 0;
  std::vector<WriteExcess> write_excesses;  // to be told of; whoever does empties it
  Subscriptions subscriptions;
  std::deque<Run> eviction_order;  // oldest commit first
  std::int64_t trim_cursor = 0;    // the shard the next slice of trimming begins with

  // nullptr: no such stream (any more). What is due at `now` has been done to the stream.
  Stream* find(const StreamKey& key, Timestamp now);
  // The same for one with shards, by serial.
  Stream* find(std::int64_t serial, Timestamp now);
  // The stream, or AWS's error for one that is not there.
  Result<Stream*> require(const StreamKey& key, Timestamp now);
  // The stream for a change: one that is there; one that also is ACTIVE.
  Result<Stream*> require_for_change(const StreamKey& key, Timestamp now);
  Result<Stream*> require_active(const StreamKey& key, Timestamp now);

  // Changes a stream's row by `change(StreamRow&)` and hands it to the journal.
  template <class Change_>
  Ticket edit(Stream& stream, Change_&& change) {
    auto changed = std::make_unique<StreamChanged>();
    changed->before = stream.row;
    change(stream.row);
    changed->after = stream.row;
    return journal.submit({std::move(changed)});
  }
  // The same with UPDATING after it.
  template <class Change_>
  Ticket update(Stream& stream, Lasting what, Timestamp now, Change_&& change) {
    return edit(stream, [&](StreamRow& row) {
      change(row);
      begin_transition(row, Transition::updating, what, now);
    });
  }

  // Ends what is under way, if observing ends it; false: the stream is gone.
  bool observe(const StreamKey& key, Stream& stream, Timestamp now);
  // Row: of a stream or of a consumer.
  template <class Row>
  void begin_transition(Row& row, Transition transition, Lasting what, Timestamp now) const {
    const TransitionTime time = settings.transitions.of(what);
    row.transition = transition;
    row.transition_ends = now + std::chrono::milliseconds{time.after_ms};
    row.ends_when_observed = time.end_when_observed;
  }
  // Whether something is under way that a call which would report it ends. While time stands still, nothing
  // else would end it.
  template <class Row>
  bool ends_by_observing(const Row& row, Timestamp now) const {
    const bool by_observing = row.ends_when_observed || time_frozen;
    return by_observing && row.transition != Transition::none && row.transition_ends > now;
  }
  // Does to a stream what its row says is to happen by now: a reshard whose UPDATING is over.
  void advance(Stream& stream, Timestamp now);

  // Whether the key may be used, or what it answers.
  Result<void> check_key(const std::string& key_id, const World& world, KeyUse use) const;
  // Whether the account has a minimum throughput billing commitment.
  bool committed(const World& world, Timestamp now) const;
  // Splits the shards of an on-demand stream that have been busy for long enough.
  void scale(Stream& stream, Timestamp now);

  // Whether the provisioned streams of the account may have `additional` more open shards.
  Result<void> check_shard_quota(const World& world, std::int64_t additional, Timestamp now);
  // Whether the account may have one more on-demand stream.
  Result<void> check_on_demand_quota(const World& world, Timestamp now);
  // Whether one more stream of the account may be CREATING or DELETING.
  Result<void> check_transition_quota(const World& world, Timestamp now);
  // Whether a stream of this mode may be given so much warm throughput.
  Result<void> check_warm_throughput(const StreamKey& key, StreamMode mode, std::int32_t mibps,
                                     Timestamp now) const;
  // Whether the stream may be changed that way once more within 24 hours.
  Result<void> check_ration(const Stream& stream, Rationed what, Timestamp now) const;

  bool meters_reads() const { return settings.enforce_read_limits || settings.observe_read_limits; }
  // Counts a read that AWS would not serve. What there is to say of it, once per shard and limit.
  std::optional<ReadExcess> let_through(Shard& shard, const ReadExcess& excess);

  // Make a stream's shards reachable, or unreachable, from here.
  void enlist(Stream& stream);
  void delist(Stream& stream);

  // The journal's side.
  void settle(const Arrivals& arrivals, Ticket through, Garbage& garbage);
  // Adds the subscribers for whom what was settled is news. Key states are not: nobody waits for those.
  void wake(std::span<const Run> readable, std::span<const Change> changes, Wakes& wakes) const;
  void undo(Change& change, Garbage& garbage);
  void evict(Garbage& garbage);
  // Drops expired records from memory, shard by shard, until a slice is full or a shard has expired records
  // on the disk, which it names. `more`: shards are left for the next slice.
  // A stream whose retention was changed after ticket `settled` is left alone: the change may yet be undone.
  std::optional<Expired> trim(Timestamp now, Ticket settled, std::size_t records_max, Garbage& garbage,
                              bool& more);
  void trimmed(const Expired& expired, const Trimmed& result);
  // The shards and parked records that snapshots name: not to be swept. Gathered only after they changed,
  // because trimming asks between any two transactions. The set itself never changes, so it may be read
  // without the lock.
  std::shared_ptr<const std::set<std::int64_t>> pinned_shards();
  // What arrived earlier is expired for everyone, also after a snapshot is restored.
  Timestamp kept_from(const Stream& stream, Timestamp now) const;
};

// Takes up what an opened database holds; before anything else is called.
void restore(State& state, Restored restored, Timestamp now);
// Hands a change of the service's clock to the journal; it holds once it is durable. nullopt: too much waits
// for the disk. While time is frozen, transitions end when observed.
std::optional<Ticket> change_clock(State& state, const ClockChanged& change);

// What arrived earlier is expired.
Timestamp readable_from(const StreamRow& row, Timestamp now);

// nullopt: deleted, and nothing is left.
std::optional<StreamStatus> status(const StreamRow& row, Timestamp now);
std::optional<ConsumerStatus> status(const ConsumerRow& row, Timestamp now);
std::string_view name(StreamStatus status);  // AWS's word

// One run per shard.
Arrivals arrivals_of(std::span<const Change> changes);

// Rebuilds Stream::open.
void index_open_shards(Stream& stream);

// Remembers a rationed change for 24 hours.
void count(StreamRow& row, Rationed what, Timestamp now);

// A Result<void> that says yes.
inline Result<void> fine() {
  return Result<void>{BOOST_OUTCOME_V2_NAMESPACE::in_place_type<void>};
}

// The first index whose id comes after this text.
std::uint32_t after_shard_id(const Stream& stream, const std::string& id);

// How many items a page has at most.
inline std::size_t page_size(std::optional<std::int32_t> wanted, std::int32_t max) {
  return static_cast<std::size_t>(std::clamp(wanted.value_or(max), 1, max));
}

// Whether a NextToken made then is still good.
Result<void> check_token_age(Timestamp issued, Timestamp now);

// Whether these tags may be added to those a stream, or a consumer of it, has.
Result<void> check_added_tags(const StreamKey& stream, const Tags& present, const Tags& added);

// Whether shards can be seen and used in this state.
bool shows_shards(StreamStatus status);
StreamSummary summarize(const State& state, const Stream& stream, Timestamp now);
ShardSummary summarize(const Shard& shard);
// Shards created below this have sequence numbers that count instead of telling time, and so do their
// children, until they have counted this far: the service's time is never as early. Each number follows from
// those before it alone, so that the same puts and reshards give the same numbers.
inline constexpr std::int64_t counted_s_end = 900'000'000;
// What a sequence number has for the seconds of the record with this index, or of what happened after it.
std::int64_t logical_s(std::int64_t shard_created_s, std::uint64_t index, Timestamp at);
SequenceNumber sequence_number(const ShardRow& shard, std::uint64_t index, Timestamp arrived);

}  // namespace kinesisd::storage
