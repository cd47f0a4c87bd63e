#include "server/metrics/page.hpp"

#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include "server/metrics/exposition.hpp"
#include "server/metrics/process.hpp"
#include "server/metrics/stream_page.hpp"
#include "server/support/limits.hpp"
#include "storage/streams/counts.hpp"

namespace kinesisd::server::metrics {

namespace {

constexpr double micros_per_second = 1e6;

constexpr auto duration_bounds_s = [] {
  std::array<double, duration_bounds_us.size()> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    bounds[i] = static_cast<double>(duration_bounds_us[i]) / micros_per_second;
  }
  return bounds;
}();

constexpr auto change_bounds = [] {
  std::array<double, size_bounds.size()> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = static_cast<double>(size_bounds[i]);
  return bounds;
}();

// Of all threads.
struct OperationTotal {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::array<std::uint64_t, error_types + 1> answered{};
  Durations::Total micros;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

OperationTotal total_of(const Metrics& metrics, std::size_t operation) {
  OperationTotal total;
  for (const auto& thread : metrics.requests()) {
    const OperationCounts& counts = thread->operations[operation];
    for (std::size_t code = 0; code < total.answered.size(); ++code) {
      total.answered[code] += counts.answered[code].value();
      total.ended += counts.answered[code].value();
    }
    // After what has ended, so that what is in flight is never less than nothing.
    total.started += counts.started.value();
    counts.micros.add_to(total.micros);
    total.bytes_in += counts.bytes_in.value();
    total.bytes_out += counts.bytes_out.value();
  }
  return total;
}

std::string_view code_name(std::size_t code) {
  return code == succeeded ? "ok" : protocol::name(static_cast<protocol::ErrorType>(code));
}

void write_operations(Exposition& out, const Metrics& metrics) {
  std::vector<OperationTotal> totals;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < operation_count(); ++i) {
    totals.push_back(total_of(metrics, i));
    names.push_back(labels({{"operation", operation_name(i)}}));
  }
  const auto for_each = [&](auto write) {
    for (std::size_t i = 0; i < totals.size(); ++i) write(names[i], totals[i]);
  };
  out.family("kinesisd_requests_total", Kind::counter,
             "Answered requests by operation and type of error; ok: success.");
  for (std::size_t i = 0; i < totals.size(); ++i) {
    for (std::size_t code = 0; code <= error_types; ++code) {
      if (totals[i].answered[code] == 0 && code != succeeded) continue;
      out.sample(labels({{"operation", operation_name(i)}, {"code", code_name(code)}}),
                 totals[i].answered[code]);
    }
  }
  out.family("kinesisd_requests_in_flight", Kind::gauge, "Requests that are being worked on.");
  for_each([&](const std::string& name, const OperationTotal& t) { out.sample(name, t.started - t.ended); });
  out.family("kinesisd_request_bytes_total", Kind::counter, "Bytes of the bodies of answered requests.");
  for_each([&](const std::string& name, const OperationTotal& t) { out.sample(name, t.bytes_in); });
  out.family("kinesisd_response_bytes_total", Kind::counter,
             "Bytes of the bodies of answers; events of subscriptions are counted by themselves.");
  for_each([&](const std::string& name, const OperationTotal& t) { out.sample(name, t.bytes_out); });
  out.family("kinesisd_request_duration_seconds", Kind::histogram,
             "From a request's last byte to its answer; of operations that have been called.");
  for_each([&](const std::string& name, const OperationTotal& t) {
    if (t.ended == 0) return;
    out.histogram(name, duration_bounds_s, t.micros.counts,
                  static_cast<double>(t.micros.sum) / micros_per_second);
  });
}

void write_http(Exposition& out, const Metrics& metrics) {
  constexpr std::array<std::string_view, http_versions> versions = {"1.0", "1.1", "2"};
  std::array<std::array<std::uint64_t, http_versions>, 2> requests{};
  std::uint64_t event_bytes = 0;
  for (const auto& thread : metrics.requests()) {
    for (std::size_t i = 0; i < http_versions; ++i) {
      requests[0][i] += thread->plain[i].value();
      requests[1][i] += thread->encrypted[i].value();
    }
    event_bytes += thread->event_bytes.value();
  }
  out.family("kinesisd_http_requests_total", Kind::counter,
             "Requests by version of HTTP, those for the server's own paths included.");
  for (std::size_t i = 0; i < http_versions; ++i) {
    out.sample(labels({{"version", versions[i]}, {"tls", "no"}}), requests[0][i]);
    out.sample(labels({{"version", versions[i]}, {"tls", "yes"}}), requests[1][i]);
  }
  out.family("kinesisd_requests_refused_total", Kind::counter,
             "Requests that were refused before they were read to the end.");
  out.sample(labels({{"reason", "body_too_large"}}), metrics.bodies_too_large.value());
  out.sample(labels({{"reason", "overloaded"}}), metrics.overloads.value());
  out.family("kinesisd_event_bytes_total", Kind::counter, "Bytes of events sent to subscribers.");
  out.sample("", event_bytes);
}

void write_connections(Exposition& out, const Metrics& metrics) {
  const auto count = [&](ConnectionEvent event) {
    return metrics.connections[static_cast<std::size_t>(event)].value();
  };
  const std::uint64_t closed = count(ConnectionEvent::closed);
  const std::uint64_t opened = count(ConnectionEvent::opened);
  out.family("kinesisd_connections", Kind::gauge, "Open connections.");
  out.sample("", opened - closed);
  out.family("kinesisd_connections_opened_total", Kind::counter, "Connections that were accepted.");
  out.sample("", opened);
  out.family("kinesisd_connections_refused_total", Kind::counter,
             "Connections that were closed at once because there were too many.");
  out.sample("", count(ConnectionEvent::refused));
  out.family("kinesisd_tls_handshakes_total", Kind::counter, "TLS handshakes by how they ended.");
  out.sample(labels({{"result", "ok"}}), count(ConnectionEvent::handshake));
  out.sample(labels({{"result", "failed"}}), count(ConnectionEvent::handshake_failed));
}

void write_journal(Exposition& out, const Sources& sources) {
  const CommitCounts& commits = sources.metrics.commits;
  Durations::Total micros;
  commits.micros.add_to(micros);
  out.family("kinesisd_commit_duration_seconds", Kind::histogram,
             "How long transactions took that wrote changes to the database.");
  out.histogram("", duration_bounds_s, micros.counts, static_cast<double>(micros.sum) / micros_per_second);
  Sizes::Total changes;
  commits.changes.add_to(changes);
  out.family("kinesisd_commit_changes", Kind::histogram,
             "How many changes shared a transaction; each put is one.");
  out.histogram("", change_bounds, changes.counts, static_cast<double>(changes.sum));
  out.family("kinesisd_commit_bytes_total", Kind::counter, "Bytes of records that were committed.");
  out.sample("", commits.bytes.value());
  out.family("kinesisd_commit_failures_total", Kind::counter,
             "Transactions that failed; what was in them was answered InternalFailure.");
  out.sample("", commits.failed.value());
  out.family("kinesisd_journal_waiting_bytes", Kind::gauge, "Bytes of records that wait for their commit.");
  out.sample("", std::uint64_t{sources.journal.waiting_bytes()});
  out.family("kinesisd_journal_waiting_changes", Kind::gauge, "Changes that wait for their commit.");
  out.sample("", std::uint64_t{sources.journal.waiting_changes()});
  out.family("kinesisd_disk_reads_total", Kind::counter, "Reads of records that were not in memory.");
  out.sample("", sources.metrics.disk_reads.reads.value());
  out.family("kinesisd_disk_read_records_total", Kind::counter, "Records that were read from the disk.");
  out.sample("", sources.metrics.disk_reads.records.value());
  out.family("kinesisd_disk_read_bytes_total", Kind::counter, "Bytes of records read from the disk.");
  out.sample("", sources.metrics.disk_reads.bytes.value());
}

void write_streams(Exposition& out, const storage::Counted& counted) {
  out.family("kinesisd_streams", Kind::gauge, "Streams of all accounts and regions.");
  out.sample("", std::uint64_t{counted.stream_count});
  out.family("kinesisd_open_shards", Kind::gauge, "Open shards of all streams.");
  out.sample("", std::uint64_t{counted.open_shards});
  out.family("kinesisd_subscriptions", Kind::gauge, "Subscriptions that are being served.");
  out.sample("", std::uint64_t{counted.subscriptions});
  out.family("kinesisd_memory_records", Kind::gauge, "Records that are in memory.");
  out.sample("", std::uint64_t{counted.records_in_memory});
  out.family("kinesisd_memory_record_bytes", Kind::gauge, "What these take, within --memory-mb.");
  out.sample("", std::uint64_t{counted.memory_bytes});
  out.family("kinesisd_puts_refused_for_memory_total", Kind::counter,
             "Puts that were refused because the memory was full (--db :memory:).");
  out.sample("", counted.refused_for_memory);
  out.family("kinesisd_reads_over_limit_total", Kind::counter,
             "Reads that were served though AWS would have throttled them.");
  out.sample("", counted.reads_over_limit);
  out.family("kinesisd_metrics_left_out", Kind::gauge,
             "Streams, shards and consumers beyond the bound, of which nothing is told below.");
  out.sample("", std::uint64_t{counted.left_out});
}

void write_start(Exposition& out, const Metrics& metrics) {
  using Seconds = std::chrono::duration<double>;
  const auto started = metrics.started();
  out.family("kinesisd_build_info", Kind::gauge, "Always 1; the label says which version runs.");
  out.sample(labels({{"version", KINESISD_VERSION}}), std::uint64_t{1});
  out.family("process_start_time_seconds", Kind::gauge, "When the process started, since 1970.");
  out.sample("", Seconds(started.time_since_epoch()).count());
  out.family("kinesisd_uptime_seconds", Kind::gauge, "How long the process has been running.");
  out.sample("", Seconds(std::chrono::system_clock::now() - started).count());
}

}  // namespace

std::string page(const Sources& sources) {
  Exposition out;
  write_start(out, sources.metrics);
  write_process(out);
  write_operations(out, sources.metrics);
  write_http(out, sources.metrics);
  write_connections(out, sources.metrics);
  write_journal(out, sources);
  const storage::Counted counted = sources.streams.with([&](const storage::State& state) {
    return storage::counted(state, limits.metric_resources, sources.now);
  });
  write_streams(out, counted);
  write_stream_metrics(out, counted);
  return out.take();
}

}  // namespace kinesisd::server::metrics
