// What was counted, read out.
#include "storage/streams/counts.hpp"

#include <algorithm>
#include <utility>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

void add(ShardCounts& sum, const ShardCounts& one) {
  sum.incoming_records += one.incoming_records;
  sum.incoming_bytes += one.incoming_bytes;
  sum.outgoing_records += one.outgoing_records;
  sum.outgoing_bytes += one.outgoing_bytes;
  sum.writes_exceeded += one.writes_exceeded;
  sum.reads_exceeded += one.reads_exceeded;
}

// Takes from what may still be told, or notes that something is left out.
class Room {
 public:
  Room(std::size_t left, Counted& counted) : left_(left), counted_(counted) {}
  bool take() {
    if (left_ == 0) {
      ++counted_.left_out;
      return false;
    }
    --left_;
    return true;
  }

 private:
  std::size_t left_;
  Counted& counted_;
};

CountedStream counted_of(const Stream& stream, Timestamp now, Room& room) {
  CountedStream out{.key = stream.row.key,
                    .counts = stream.counts,
                    .all_shards = {},
                    .times = stream.times,
                    .metrics = stream.row.metrics,
                    .shards = {},
                    .consumers = {}};
  for (const auto& shard : stream.shards) {
    add(out.all_shards, shard->counts);
    if (out.metrics.empty() || !stream.lists(*shard, now)) continue;
    if (room.take()) out.shards.emplace_back(shard->row.index, shard->counts);
  }
  for (const ConsumerRow& consumer : stream.row.consumers) {
    const auto counts = stream.consumer_counts.find({consumer.name, consumer.created_s});
    if (counts == stream.consumer_counts.end() || !status(consumer, now)) continue;
    if (room.take()) out.consumers.emplace_back(consumer.name, *counts->second);
  }
  return out;
}

}  // namespace

Counted counted(const State& state, std::size_t resources_max, Timestamp now) {
  Counted counted;
  Room room(resources_max, counted);
  for (const auto& [key, stream] : state.streams) {
    const auto is = status(stream->row, now);
    if (!is || is == StreamStatus::DELETING) continue;
    ++counted.stream_count;
    counted.open_shards += stream->open.size();
    if (room.take()) counted.streams.push_back(counted_of(*stream, now, room));
  }
  counted.subscriptions = state.subscriptions.live();
  counted.records_in_memory = state.records_in_memory;
  counted.memory_bytes = state.memory_bytes;
  counted.refused_for_memory = state.refused_for_memory;
  counted.reads_over_limit = state.reads_over_limit;
  return counted;
}

std::uint64_t reads_over_limit(const State& state) {
  return state.reads_over_limit;
}

std::uint64_t refused_for_memory(const State& state) {
  return state.refused_for_memory;
}

}  // namespace kinesisd::storage
