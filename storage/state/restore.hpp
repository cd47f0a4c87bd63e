// All streams of all accounts and regions: the aggregate every operation works on. Each change is one method
// that takes `now`; none does I/O. Not thread-safe: reached through Guarded<Streams>. Texts of errors are
// AWS's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/random.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/transitions.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

class Strict;  // storage/state/strict.hpp

struct StreamSettings {
  Transitions transitions;
  bool enforce_write_limits = true;                 // --limits writes and up
  bool enforce_read_limits = false;                 // --limits data and up
  bool observe_read_limits = true;                  // --limits writes: reads over the limits are counted
  bool enforce_control_limits = false;              // --limits all: 24-hour quotas, 5 CREATING or DELETING
  std::optional<std::int64_t> shard_limit = 20000;  // per account and region; nullopt: unlimited
  std::optional<std::int64_t> on_demand_limit = 50;
  std::size_t memory_bytes_max = 256U << 20;  // records held in memory; older ones are read from the disk
  bool records_on_disk = true;          // false (--db :memory:): nothing can be evicted, full means refused
  bool counted_numbers = false;         // whether new streams' sequence numbers count instead of telling time
  std::shared_ptr<Strict> strict = {};  // set (--strict): every nuisance that AWS is allowed
};

inline constexpr std::size_t key_states_max = 10'000;

struct Restored;      // storage/state/change.hpp
struct StreamsState;  // storage/state/state.hpp: what the methods work on

class Streams {
 public:
  // `journal` outlives the streams. `key` (32 bytes, kept with the data) seals iterators and tokens, `random`
  // makes each of them another.
  Streams(StreamSettings settings, Journal& journal, const std::string& key, Random random = Random());
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
  Result<Ticket> update_max_record_size(const StreamKey& stream, std::int32_t kib, Timestamp now);
  Result<Ticket> update_record_distribution(const StreamKey& stream, RecordDistributionStrategy strategy,
                                            Timestamp now);
  Result<MetricsChanged> enable_metrics(const StreamKey& stream, const std::set<ShardMetric>& metrics,
                                        Timestamp now);
  Result<MetricsChanged> disable_metrics(const StreamKey& stream, const std::set<ShardMetric>& metrics,
                                         Timestamp now);
  Result<Ticket> start_encryption(const StreamKey& stream, const std::string& key_id, Timestamp now);
  Result<Ticket> stop_encryption(const StreamKey& stream, const std::string& key_id, Timestamp now);
  Result<Ticket> update_mode(const StreamKey& stream, StreamMode mode, std::optional<std::int32_t> warm_mibps,
                             Timestamp now);
  Result<WarmThroughputChanged> update_warm_throughput(const StreamKey& stream, std::int32_t mibps,
                                                       Timestamp now);

  // Shard ids and hash keys as the client wrote them.
  Result<Ticket> split_shard(const StreamKey& stream, const std::string& shard_id,
                             const std::string& new_starting_hash_key, Timestamp now);
  Result<Ticket> merge_shards(const StreamKey& stream, const std::string& lower_id,
                              const std::string& upper_id, Timestamp now);
  Result<Rescaled> update_shard_count(const StreamKey& stream, std::int32_t target, Timestamp now);

  Result<Registered> register_consumer(const StreamKey& stream, const std::string& name, Tags tags,
                                       Timestamp now);
  Result<Ticket> deregister_consumer(const ConsumerName& consumer, Timestamp now);
  Result<ConsumerSummary> describe_consumer(const ConsumerName& consumer, Timestamp now);
  Result<ConsumerList> list_consumers(const StreamKey& stream, const ListConsumersQuery& query,
                                      Timestamp now);

  Result<Ticket> add_tags(const ResourceName& resource, const Tags& tags, Timestamp now);
  Result<Ticket> remove_tags(const ResourceName& resource, const std::vector<std::string>& keys,
                             Timestamp now);
  Result<Tags> tags_of(const ResourceName& resource, Timestamp now);

  // Whether any resource has a policy, or had one since the start. Costs nothing to ask.
  bool has_policies() const;
  // Whether the resource can be changed now: that it is there and in a state for it.
  Result<void> check_changeable(const ResourceName& resource, Timestamp now);
  // The text of a resource's policy, empty when it has none.
  Result<std::string> policy_of(const ResourceName& resource, Timestamp now);
  Result<Ticket> put_policy(const ResourceName& resource, std::string policy, Timestamp now);
  Result<Ticket> delete_policy(const ResourceName& resource, Timestamp now);

  AccountUsage usage(const World& world, Timestamp now);
  Commitment commitment(const World& world, Timestamp now) const;
  Result<CommitmentChanged> change_commitment(const World& world, bool enabled, Timestamp now);

  // What becomes of puts and reads of streams encrypted with a key: as if a key management service said so.
  // A key is named by id, by alias or by the ARN of either.
  KeyState key_state(std::string_view key) const;
  // nullopt: too much waits for the disk, or key_states_max keys are not enabled already.
  std::optional<Ticket> set_key_state(std::string_view key, KeyState state);
  // Those that are not enabled, by id or alias.
  std::map<std::string, KeyState> key_states() const;

  // Hands a change of the service's clock to the journal; it holds once it is durable. nullopt: too much
  // waits for the disk. While time is frozen, transitions end when observed.
  std::optional<Ticket> change_clock(const ClockChanged& change);

  // Routes, numbers, appends as pending and hands to the journal, in one step.
  // `sequence_number_for_ordering` as the client wrote it. An AUTO stream ignores the hash key. An empty
  // `judge` has nothing against any record.
  Result<PutResult> put_record(const StreamKey& stream, NewRecord record,
                               const std::optional<std::string>& sequence_number_for_ordering, Timestamp now,
                               const PutJudge& judge = {});
  Result<PutManyResult> put_records(const StreamKey& stream, std::vector<NewRecord> records, Timestamp now,
                                    const PutJudge& judge = {});
  // Whether the stream finds shards for its records by itself (AUTO); false when it is not there.
  bool places_by_itself(const StreamKey& stream, Timestamp now);
  // Bytes of data plus key the largest record of this stream may have.
  Result<std::size_t> record_bytes_max(const StreamKey& stream, Timestamp now);

  // What is left of a call with DryRun that passed all checks: AWS's word that it would have succeeded, or
  // that there were too many such calls. For puts `check_put` stands for the put.
  protocol::Error end_dry_run(const StreamKey& stream, Timestamp now);
  Result<void> check_put(const StreamKey& stream,
                         const std::optional<std::string>& sequence_number_for_ordering, Timestamp now);

  Result<NewIterator> shard_iterator(const StreamKey& stream, const std::string& shard_id,
                                     const IteratorStart& start, Timestamp now, Effect effect = Effect::full);
  // `iterator` as the client wrote it. Records come from memory, or the result names a DiskRange.
  Result<PendingRead> begin_read(std::string_view iterator, std::optional<std::int32_t> limit, Timestamp now,
                                 Effect effect = Effect::full, const Restraint& restraint = {});
  // What an iterator reads; nullopt: begin_read has an error for it.
  std::optional<ShardKey> shard_of(std::string_view iterator, Timestamp now);
  // Drops what has expired, seals the next iterator, and charges the shard for the bytes.
  Result<RecordPage> finish_read(PendingRead read, Timestamp now);

  // SubscribeToShard. What begins here goes on until `unsubscribe`: `begin_event` whenever there may be news,
  // then, with the records of its DiskRange, `finish_event`. An error of begin_event is the last that is
  // told.
  Result<Subscribed> subscribe(const ConsumerName& consumer, const std::string& shard_id,
                               const IteratorStart& start, Timestamp now, Effect effect = Effect::full,
                               const Restraint& restraint = {});
  // From now on `subscriber` is woken when there is news. To be followed by a begin_event.
  void listen(Subscription& subscription, std::shared_ptr<Subscriber> subscriber);
  void unsubscribe(Subscription& subscription, Timestamp now);
  Result<NextEvent> begin_event(Subscription& subscription, Timestamp now);
  // Nothing to tell if it has neither records nor children.
  EventPage finish_event(Subscription& subscription, PendingRead read, Timestamp now);
  // What is told when there has been no news for a while.
  EventPage idle_event(const Subscription& subscription, Timestamp now) const;

  // Worlds in which a live stream of this name exists, for the log line of a failed look-up.
  std::vector<World> worlds_with(std::string_view stream_name, Timestamp now) const;

  // What was counted since the process began, of as many streams, shards and consumers as that.
  Counted counted(std::size_t resources_max, Timestamp now) const;
  // How many puts were refused because the memory was full and nothing could be evicted (--db :memory:).
  std::uint64_t refused_for_memory() const;
  // How many reads were served that AWS would have throttled.
  std::uint64_t reads_over_limit() const;

  // The journal's side; see storage/journal/group_commit.hpp.
  StreamsState& state() { return *state_; }

 private:
  std::unique_ptr<StreamsState> state_;
};

}  // namespace kinesisd::storage
