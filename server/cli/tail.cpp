#include <fmt/core.h>
#include <openssl/evp.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "protocol/aggregated_record.hpp"
#include "protocol/base64.hpp"
#include "protocol/json.hpp"
#include "server/cli/client/follower.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/remote.hpp"
#include "server/support/counted.hpp"
#include "server/support/instant.hpp"

namespace kinesisd::server::commands {

namespace {

using client::Follower;

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

// A record as it was put, or one of those that were packed into it.
struct Shown {
  const std::string& shard_id;
  const client::ReadRecord& record;
  std::optional<std::size_t> index;  // among those packed
  std::optional<std::string_view> partition_key;
  std::string_view data;
};

std::string as_text(const Shown& one) {
  const std::string at = one.record.arrival ? instant_text(*one.record.arrival) : "-";
  return fmt::format("{} {} {} {}\n", at, one.shard_id, shown(one.partition_key.value_or("-")),
                     shown(one.data));
}

std::string as_json(const Shown& one) {
  std::string out;
  protocol::json::Writer writer(out);
  writer.begin_map(0);
  const auto text = [&](std::string_view key, std::string_view value) {
    writer.key(key);
    writer.text(value);
  };
  if (one.record.arrival) text("time", instant_text(*one.record.arrival));
  text("shard", one.shard_id);
  text("sequenceNumber", one.record.sequence_number);
  if (one.index) {
    writer.key("subSequenceNumber");
    writer.integer(static_cast<std::int64_t>(*one.index));
  }
  if (one.partition_key && protocol::wire::is_utf8(*one.partition_key))
    text("partitionKey", *one.partition_key);
  writer.key("data");
  writer.bytes(one.data);
  if (protocol::wire::is_utf8(one.data)) text("text", one.data);
  writer.end_map();
  return out + "\n";
}

std::string line_of(Format format, const Shown& one) {
  switch (format) {
    case Format::json:
      return as_json(one);
    case Format::raw:
      return std::string(one.data) + "\n";
    default:
      return as_text(one);
  }
}

protocol::Md5 md5(std::string_view text) {
  protocol::Md5 digest;
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_md5(), nullptr);
  return digest;
}

// Calls `print` for the record, or for each that the Producer Library packed into it, until that has enough.
template <class Print>
bool each_record(const std::string& shard_id, const client::ReadRecord& record, bool apart, Print print) {
  const auto packed = apart ? protocol::read_aggregate(record.data.bytes, md5) : std::nullopt;
  if (!packed) return print(Shown{shard_id, record, std::nullopt, record.partition_key, record.data.bytes});
  for (std::size_t i = 0; i < packed->size(); ++i) {
    const protocol::UserRecord& one = (*packed)[i];
    if (!print(Shown{shard_id, record, i, one.partition_key, one.data})) return false;
  }
  return true;
}

// So long ago is reckoned on the service's clock, which may have been moved.
Follower::Start start_at(client::Client& client, const ReadingStart& start) {
  Follower::Start out{.type = start.type, .timestamp = start.at};
  if (start.ago) out.timestamp = client.service_time() - *start.ago;
  return out;
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
  bool apart = true;
};

int follow(client::Client& client, const Options& options, const ReadingStart& start, Format format) {
  Follower follower(client, options.stream, start_at(client, start));
  follower.begin();
  if (options.follow && !options.quiet)
    fmt::print(stderr, "Following {}: {}.\n", options.stream, counted(follower.shards(), "shard"));
  std::int64_t left = options.count.value_or(std::numeric_limits<std::int64_t>::max());
  const auto found = [&](const std::string& shard_id, const client::ReadRecord& record) {
    return each_record(shard_id, record, options.apart,
                       [&](const Shown& one) { return print_all(line_of(format, one)) && --left > 0; });
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
             "latest, trim (the oldest there is; also LATEST and TRIM_HORIZON), a time such as "
             "2026-01-31T09:30:00Z, or how long ago, such as 5m. [latest]",
             from);
  flags.text("format", "FORMAT",
             "text, json (one object a line, data in base64) or raw (the data alone). [text]", format_name);
  flags.on("no-follow", "Ends when all there is has been printed.", options.follow, false);
  flags.number("count", "N", "Ends after N records.", options.count);
  flags.on("quiet", "Does not say on stderr when it begins to follow.", options.quiet);
  flags.on("no-deaggregate", "Prints what the Producer Library packed into one record as one record.",
           options.apart, false);
  add_target(flags, options.target);
  if (const auto done = flags.parse(call.arguments)) return *done;
  const auto start = parse_reading_start(from.value_or("latest"));
  if (!start) {
    return flags.refuse(fmt::format(
        "--from {}: choose latest, trim, a time such as 2026-01-31T09:30:00Z or how long ago, such as 5m.",
        *from));
  }
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
