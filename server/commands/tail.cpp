#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "protocol/base64.hpp"
#include "protocol/json.hpp"
#include "server/client/follower.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/instant.hpp"
#include "server/commands/remote.hpp"

namespace kinesisd::server::commands {

namespace {

using client::Follower;
using protocol::ShardIteratorType;

enum class Format { text, json, raw };

// One line whatever stands in it; what is no text is shown in base64.
std::string shown(std::string_view data) {
  std::string out;
  if (!protocol::wire::is_utf8(data)) {
    out = "base64:";
    protocol::base64::encode(data, out);
    return out;
  }
  for (const char c : data) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c == '\t' ? "\t" : fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    }
  }
  return out;
}

std::string as_text(const std::string& shard_id, const client::ReadRecord& record) {
  const std::string at = record.arrival ? instant_text(*record.arrival) : "-";
  return fmt::format("{} {} {} {}\n", at, shard_id, shown(record.partition_key.value_or("-")),
                     shown(record.data.bytes));
}

std::string as_json(const std::string& shard_id, const client::ReadRecord& record) {
  std::string out;
  protocol::json::Writer writer(out);
  writer.begin_map(0);
  const auto text = [&](std::string_view key, std::string_view value) {
    writer.key(key);
    writer.text(value);
  };
  if (record.arrival) text("time", instant_text(*record.arrival));
  text("shard", shard_id);
  text("sequenceNumber", record.sequence_number);
  if (record.partition_key) text("partitionKey", *record.partition_key);
  writer.key("data");
  writer.bytes(record.data.bytes);
  if (protocol::wire::is_utf8(record.data.bytes)) text("text", record.data.bytes);
  writer.end_map();
  return out + "\n";
}

std::string line_of(Format format, const std::string& shard_id, const client::ReadRecord& record) {
  switch (format) {
    case Format::json:
      return as_json(shard_id, record);
    case Format::raw:
      return record.data.bytes + "\n";
    default:
      return as_text(shard_id, record);
  }
}

std::optional<Follower::Start> start_of(const std::string& text) {
  if (text == "latest") return Follower::Start{.type = ShardIteratorType::LATEST, .timestamp = {}};
  if (text == "trim") return Follower::Start{.type = ShardIteratorType::TRIM_HORIZON, .timestamp = {}};
  const auto at = parse_instant(text);
  if (!at) return std::nullopt;
  return Follower::Start{.type = ShardIteratorType::AT_TIMESTAMP, .timestamp = at};
}

std::optional<Format> format_of(const std::string& text) {
  if (text == "text") return Format::text;
  if (text == "json") return Format::json;
  if (text == "raw") return Format::raw;
  return std::nullopt;
}

bool reader_has_gone() {
  pollfd file{STDOUT_FILENO, 0, 0};
  return poll(&file, 1, 0) > 0 && (file.revents & POLLERR) != 0;
}

struct Options {
  std::string stream;
  client::TargetOptions target;
  std::optional<std::int64_t> count;
  bool follow = true;
  bool quiet = false;
};

int follow(client::Client& client, const Options& options, Follower::Start start, Format format) {
  Follower follower(client, options.stream, start);
  follower.begin();
  if (options.follow && !options.quiet)
    fmt::print(stderr, "Following {}: {} shards.\n", options.stream, follower.shards());
  std::int64_t left = options.count.value_or(std::numeric_limits<std::int64_t>::max());
  const auto found = [&](const std::string& shard_id, const client::ReadRecord& record) {
    return print_all(line_of(format, shard_id, record)) && --left > 0;
  };
  while (true) {
    const bool wants_more = follower.read_round(found);
    const bool written = std::fflush(stdout) == 0;
    if (!wants_more || !written || reader_has_gone() || follower.has_ended()) return 0;
    if (!options.follow && follower.is_at_tip()) return 0;
    follower.pause();
  }
}

}  // namespace

int tail(const Call& call) {
  Options options;
  std::optional<std::string> from;
  std::optional<std::string> format_name;
  Flags flags("tail",
              "Prints a stream's records as they come, from all its shards and those that come of them.",
              "STREAM");
  flags.word("STREAM", options.stream);
  flags.text("from", "WHERE",
             "latest, trim (the oldest there is) or a time such as 2026-01-31T09:30:00Z. [latest]", from);
  flags.text("format", "FORMAT",
             "text, json (one object a line, data in base64) or raw (the data alone). [text]", format_name);
  flags.on("no-follow", "Ends when all there is has been printed.", options.follow, false);
  flags.number("count", "N", "Ends after N records.", options.count);
  flags.on("quiet", "Does not say on stderr when it begins to follow.", options.quiet);
  add_target(flags, options.target);
  if (const auto done = flags.parse(call.arguments)) return *done;
  const auto start = start_of(from.value_or("latest"));
  if (!start) return flags.refuse("--from: choose latest, trim or a time such as 2026-01-31T09:30:00Z.");
  const auto format = format_of(format_name.value_or("text"));
  if (!format) return flags.refuse("--format: choose text, json or raw.");
  return with_client(
      call, options.target, [&](client::Client& client) { return follow(client, options, *start, *format); },
      [] {
        std::fflush(stdout);
        return 0;
      });
}

}  // namespace kinesisd::server::commands
