#include "server/metrics/stream_page.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>
#include <vector>

namespace kinesisd::server::metrics {

namespace {

using storage::ConsumerCounts;
using storage::CountedStream;
using storage::ShardCounts;
using storage::ShardMetric;

struct StreamCounter {
  std::string_view name;
  std::string_view help;
  std::uint64_t (*value)(const CountedStream& stream);
};

constexpr std::array stream_counters{
    StreamCounter{"kinesis_IncomingBytes_total", "Data and partition keys put to the stream.",
                  [](const CountedStream& s) { return s.all_shards.incoming_bytes; }},
    StreamCounter{"kinesis_IncomingRecords_total", "Records put to the stream.",
                  [](const CountedStream& s) { return s.all_shards.incoming_records; }},
    StreamCounter{"kinesis_PutRecord_Bytes_total", "Bytes put by PutRecord.",
                  [](const CountedStream& s) { return s.counts.put_record_bytes; }},
    StreamCounter{"kinesis_PutRecords_Bytes_total", "Bytes put by PutRecords.",
                  [](const CountedStream& s) { return s.counts.put_records_bytes; }},
    StreamCounter{"kinesis_PutRecords_Records_total", "The same as SuccessfulRecords, as on CloudWatch.",
                  [](const CountedStream& s) { return s.counts.put_records_committed; }},
    StreamCounter{"kinesis_PutRecords_TotalRecords_total", "Records in calls of PutRecords.",
                  [](const CountedStream& s) { return s.counts.put_records_total; }},
    StreamCounter{"kinesis_PutRecords_SuccessfulRecords_total", "Those that were stored.",
                  [](const CountedStream& s) { return s.counts.put_records_committed; }},
    StreamCounter{"kinesis_PutRecords_FailedRecords_total", "Those that failed inside the server.",
                  [](const CountedStream& s) { return s.counts.put_records_failed; }},
    StreamCounter{"kinesis_PutRecords_ThrottledRecords_total", "Those that a shard's limits refused.",
                  [](const CountedStream& s) { return s.counts.put_records_throttled; }},
    StreamCounter{"kinesis_GetRecords_Bytes_total", "Data that GetRecords returned.",
                  [](const CountedStream& s) { return s.counts.get_records_bytes; }},
    StreamCounter{"kinesis_GetRecords_Records_total", "Records that GetRecords returned.",
                  [](const CountedStream& s) { return s.counts.get_records_records; }},
    StreamCounter{"kinesis_ReadProvisionedThroughputExceeded_total", "Throttled calls of GetRecords.",
                  [](const CountedStream& s) { return s.all_shards.reads_exceeded; }},
    StreamCounter{"kinesis_WriteProvisionedThroughputExceeded_total",
                  "Records that were throttled, of PutRecord and PutRecords.",
                  [](const CountedStream& s) { return s.all_shards.writes_exceeded; }},
};

// An operation's calls: how many there were, how many succeeded, and how long those took.
struct StreamCalls {
  std::string_view success;
  std::string_view latency;
  std::string_view help;
  std::uint64_t (*calls)(const CountedStream& stream);
  const storage::CallTimes& (*times)(const CountedStream& stream);
};

constexpr std::array stream_calls{
    StreamCalls{"kinesis_PutRecord_Success", "kinesis_PutRecord_Latency", "PutRecord",
                [](const CountedStream& s) { return s.counts.put_record_calls; },
                [](const CountedStream& s) -> const storage::CallTimes& { return s.times->put_record; }},
    StreamCalls{"kinesis_PutRecords_Success", "kinesis_PutRecords_Latency", "PutRecords",
                [](const CountedStream& s) { return s.counts.put_records_calls; },
                [](const CountedStream& s) -> const storage::CallTimes& { return s.times->put_records; }},
    StreamCalls{"kinesis_GetRecords_Success", "kinesis_GetRecords_Latency", "GetRecords",
                [](const CountedStream& s) { return s.counts.get_records_calls; },
                [](const CountedStream& s) -> const storage::CallTimes& { return s.times->get_records; }},
};

struct ConsumerCounter {
  std::string_view name;
  std::string_view help;
  std::uint64_t ConsumerCounts::*value;
};

constexpr std::array consumer_counters{
    ConsumerCounter{"kinesis_SubscribeToShard_RateExceeded_total",
                    "Calls that came too often, or while the consumer was subscribed already.",
                    &ConsumerCounts::rate_exceeded},
    ConsumerCounter{"kinesis_SubscribeToShardEvent_Bytes_total", "Data in events.",
                    &ConsumerCounts::event_bytes},
    ConsumerCounter{"kinesis_SubscribeToShardEvent_Records_total", "Records in events.",
                    &ConsumerCounts::event_records},
    ConsumerCounter{"kinesis_SubscribeToShardEvent_Success_total", "Events, empty ones included.",
                    &ConsumerCounts::events},
};

struct ShardCounter {
  ShardMetric metric;
  std::string_view name;
  std::string_view help;
  std::uint64_t ShardCounts::*value;
};

constexpr std::array shard_counters{
    ShardCounter{ShardMetric::IncomingBytes, "kinesis_shard_IncomingBytes_total",
                 "Data and partition keys put to the shard.", &ShardCounts::incoming_bytes},
    ShardCounter{ShardMetric::IncomingRecords, "kinesis_shard_IncomingRecords_total",
                 "Records put to the shard.", &ShardCounts::incoming_records},
    ShardCounter{ShardMetric::OutgoingBytes, "kinesis_shard_OutgoingBytes_total",
                 "Data read from the shard by GetRecords and subscriptions.", &ShardCounts::outgoing_bytes},
    ShardCounter{ShardMetric::OutgoingRecords, "kinesis_shard_OutgoingRecords_total",
                 "Records read from the shard likewise.", &ShardCounts::outgoing_records},
    ShardCounter{ShardMetric::WriteProvisionedThroughputExceeded,
                 "kinesis_shard_WriteProvisionedThroughputExceeded_total", "Records that were throttled.",
                 &ShardCounts::writes_exceeded},
    ShardCounter{ShardMetric::ReadProvisionedThroughputExceeded,
                 "kinesis_shard_ReadProvisionedThroughputExceeded_total", "Throttled calls of GetRecords.",
                 &ShardCounts::reads_exceeded},
};

// A stream with the labels of its samples. The names of what a stream has need no escapes.
struct Labelled {
  const CountedStream& stream;
  std::string labels;

  std::string of(const std::pair<storage::ShardIndex, ShardCounts>& shard) const {
    return fmt::format(R"({},ShardId="{}")", labels, shard.first.shard_id());
  }
  std::string of(const std::pair<std::string, ConsumerCounts>& consumer) const {
    return fmt::format(R"({},ConsumerName="{}")", labels, consumer.first);
  }
};

Labelled labelled(const CountedStream& stream) {
  const storage::World& world = stream.key.world;
  return {stream,
          fmt::format(R"({},StreamName="{}")", labels({{"account", world.account}, {"region", world.region}}),
                      stream.key.name)};
}

void write_gauge(Exposition& out, const std::string& labels, const std::optional<std::int64_t>& value) {
  if (value) out.sample(labels, static_cast<std::uint64_t>(*value));
}

void write_streams(Exposition& out, const std::vector<Labelled>& all) {
  for (const StreamCounter& counter : stream_counters) {
    out.family(counter.name, Kind::counter, counter.help);
    for (const Labelled& one : all) out.sample(one.labels, counter.value(one.stream));
  }
  for (const StreamCalls& calls : stream_calls) {
    out.family(calls.success, Kind::summary,
               fmt::format("Calls of {} (count) and those that succeeded (sum).", calls.help));
    for (const Labelled& one : all) {
      out.summary(one.labels, calls.calls(one.stream), static_cast<double>(calls.times(one.stream).calls()));
    }
    out.family(calls.latency, Kind::summary,
               fmt::format("Milliseconds that successful calls of {} took.", calls.help));
    for (const Labelled& one : all) {
      constexpr double micros_per_millisecond = 1000;
      const storage::CallTimes& times = calls.times(one.stream);
      out.summary(one.labels, times.calls(), static_cast<double>(times.micros()) / micros_per_millisecond);
    }
  }
  out.family("kinesis_GetRecords_IteratorAgeMilliseconds", Kind::gauge,
             "How far the last GetRecords was behind the newest record.");
  for (const Labelled& one : all) write_gauge(out, one.labels, one.stream.counts.iterator_age_ms);
}

void write_consumers(Exposition& out, const std::vector<Labelled>& all) {
  for (const ConsumerCounter& counter : consumer_counters) {
    out.family(counter.name, Kind::counter, counter.help);
    for (const Labelled& one : all) {
      for (const auto& consumer : one.stream.consumers) {
        out.sample(one.of(consumer), consumer.second.*counter.value);
      }
    }
  }
  out.family("kinesis_SubscribeToShard_Success", Kind::summary,
             "Calls of SubscribeToShard (count) and those that succeeded (sum).");
  for (const Labelled& one : all) {
    for (const auto& consumer : one.stream.consumers) {
      const ConsumerCounts& counts = consumer.second;
      out.summary(one.of(consumer), counts.calls, static_cast<double>(counts.subscriptions));
    }
  }
  out.family("kinesis_SubscribeToShardEvent_MillisBehindLatest", Kind::gauge,
             "How far the last event was behind the newest record.");
  for (const Labelled& one : all) {
    for (const auto& consumer : one.stream.consumers) {
      write_gauge(out, one.of(consumer), consumer.second.millis_behind);
    }
  }
}

void write_shards(Exposition& out, const std::vector<Labelled>& all) {
  const auto for_each = [&](ShardMetric metric, auto write) {
    for (const Labelled& one : all) {
      if (!one.stream.metrics.contains(metric)) continue;
      for (const auto& shard : one.stream.shards) write(one.of(shard), shard.second);
    }
  };
  for (const ShardCounter& counter : shard_counters) {
    out.family(counter.name, Kind::counter, counter.help);
    for_each(counter.metric, [&](const std::string& labels, const ShardCounts& counts) {
      out.sample(labels, counts.*counter.value);
    });
  }
  out.family("kinesis_shard_IteratorAgeMilliseconds", Kind::gauge,
             "How far the last GetRecords was behind the shard's newest record.");
  for_each(ShardMetric::IteratorAgeMilliseconds, [&](const std::string& labels, const ShardCounts& counts) {
    write_gauge(out, labels, counts.iterator_age_ms);
  });
}

}  // namespace

void write_stream_metrics(Exposition& out, const storage::Counted& counted) {
  std::vector<Labelled> all;
  all.reserve(counted.streams.size());
  for (const CountedStream& stream : counted.streams) all.push_back(labelled(stream));
  write_streams(out, all);
  write_consumers(out, all);
  write_shards(out, all);
}

}  // namespace kinesisd::server::metrics
