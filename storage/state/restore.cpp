#include "storage/state/restore.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
};

constexpr std::array partitions{
    Partition{"cn-", "aws-cn"},         Partition{"us-gov-", "aws-us-gov"},
    Partition{"us-isob-", "aws-iso-b"}, Partition{"us-isof-", "aws-iso-f"},
    Partition{"us-iso-", "aws-iso"},    Partition{"eu-isoe-", "aws-iso-e"},
    Partition{"eusc-", "aws-eusc"},
};

std::string_view partition_of(std::string_view region) {
  for (const auto& partition : partitions)
    if (region.starts_with(partition.region_prefix)) return partition.name;
  return "aws";
}

bool has_policy(const StreamRow& row) {
  return !row.policy.empty() || std::any_of(row.consumers.begin(), row.consumers.end(),
                                            [](const auto& consumer) { return !consumer.policy.empty(); });
}

// The change a stream or consumer is in the middle of, as far as its row tells.
Lasting under_way(const StreamRow& row) {
  if (row.transition == Transition::creating) return Lasting::create;
  if (row.transition == Transition::deleting) return Lasting::remove;
  if (std::holds_alternative<NoReshard>(row.reshard)) return Lasting::update;
  if (std::holds_alternative<SplitOne>(row.reshard)) return Lasting::split;
  return std::holds_alternative<MergeTwo>(row.reshard) ? Lasting::merge : Lasting::scale;
}

Lasting under_way(const ConsumerRow& row) {
  return row.transition == Transition::deleting ? Lasting::deregister_consumer : Lasting::register_consumer;
}

std::unique_ptr<Shard> restored_shard(const RestoredShard& from) {
  auto shard = std::make_unique<Shard>();
  shard->stored_from = from.oldest ? from.first_index : from.row.next_index;
  shard->memory_from = from.row.next_index;
  shard->oldest_stored = from.oldest;
  shard->last_arrival = from.newest;
  shard->row = from.row;
  return shard;
}

}  // namespace

std::string arn(const StreamKey& stream) {
  std::string text = "arn:";
  text += partition_of(stream.world.region);
  text += ":kinesis:" + stream.world.region + ":" + stream.world.account + ":stream/" + stream.name;
  return text;
}

std::string arn(const ConsumerKey& consumer) {
  return arn(consumer.stream) + "/consumer/" + consumer.name + ":" + std::to_string(consumer.created_s);
}

Streams::Streams(StreamSettings settings, Journal& journal, const std::string& key, Random random)
    : state_(std::make_unique<StreamsState>(settings, journal, key, std::move(random))) {}

Streams::~Streams() = default;
Streams::Streams(Streams&&) noexcept = default;

void Streams::restore(Restored restored, Timestamp now) {
  state_->next_stream_serial = restored.next_stream_serial;
  state_->next_shard_serial = restored.next_shard_serial;
  state_->accounts = std::move(restored.accounts);
  state_->keys = std::move(restored.keys);
  state_->time_frozen = restored.clock.frozen.has_value();
  std::sort(restored.streams.begin(), restored.streams.end(),
            [](const auto& a, const auto& b) { return a.row.serial < b.row.serial; });
  for (auto& from : restored.streams) {
    if (!status(from.row, now)) continue;
    auto stream = std::make_shared<Stream>();
    stream->row = std::move(from.row);
    const Transitions& transitions = state_->settings.transitions;
    stream->row.ends_when_observed = transitions.of(under_way(stream->row)).end_when_observed;
    for (auto& consumer : stream->row.consumers)
      consumer.ends_when_observed = transitions.of(under_way(consumer)).end_when_observed;
    state_->has_policies = state_->has_policies || has_policy(stream->row);
    if (stream->row.transition != Transition::deleting) {
      for (auto& shard : from.shards) stream->shards.push_back(restored_shard(shard));
      state_->enlist(*stream);
    }
    // A name that was free again and taken again: the later stream has it.
    state_->streams.insert_or_assign(stream->row.key, std::move(stream));
  }
}

std::vector<World> Streams::worlds_with(std::string_view stream_name, Timestamp now) const {
  std::vector<World> worlds;
  for (const auto& [key, stream] : state_->streams)
    if (key.name == stream_name && status(stream->row, now)) worlds.push_back(key.world);
  return worlds;
}

std::uint64_t Streams::reads_over_limit() const {
  return state_->reads_over_limit;
}

std::uint64_t Streams::refused_for_memory() const {
  return state_->refused_for_memory;
}

std::optional<Ticket> Streams::change_clock(const ClockChanged& change) {
  if (!state_->journal.has_room()) return std::nullopt;
  return state_->journal.submit({std::make_unique<ClockChanged>(change)});
}

}  // namespace kinesisd::storage
