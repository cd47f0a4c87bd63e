#include "server/admin/records.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/aggregated_record.hpp"
#include "protocol/json.hpp"
#include "protocol/wire.hpp"
#include "server/admin/control.hpp"
#include "server/document/value.hpp"
#include "server/support/instant.hpp"
#include "storage/snapshots/inspection.hpp"

namespace kinesisd::server::own {

namespace {

using protocol::json::Writer;
using storage::IteratorStart;
using storage::IteratorType;
using storage::StreamKey;

constexpr std::int64_t records_default = 100;
constexpr std::int64_t records_max = 10'000;
constexpr std::size_t data_bytes_max = 4U << 20;   // of the records of one page, unless the first is larger
constexpr std::size_t text_bytes_max = 32U << 20;  // of an answer, unless its first record takes more

enum class Format { base64, text, json };

struct Wanted {
  StreamKey stream;
  storage::ShardIndex shard;
  IteratorStart start;
  std::size_t limit;
  Format format;
  bool deaggregate;
  storage::Timestamp now;
};

protocol::Md5 md5(std::string_view text) {
  storage::HashKey number = storage::hash_of(text);
  protocol::Md5 digest;
  for (auto byte = digest.rbegin(); byte != digest.rend(); ++byte, number >>= 8U)
    *byte = static_cast<unsigned char>(number & 0xFFU);
  return digest;
}

void put(Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  writer.text(text);
}

// Keys are UTF-8 when AWS's checks let them in; those in an aggregate are whatever was packed.
void put_key(Writer& writer, std::string_view name, std::string_view text) {
  if (protocol::wire::is_utf8(text)) {
    put(writer, name, text);
  } else {
    writer.key(std::string(name) + "_base64");
    writer.bytes(text);
  }
}

// Always the last member of a record: a JSON value is put there as it is, behind the writer's back.
void put_data(Writer& writer, std::string& body, std::string_view data, Format format) {
  if (format == Format::base64) {
    writer.key("data");
    writer.bytes(data);
    return;
  }
  const bool readable = protocol::wire::is_utf8(data);
  if (format == Format::text && readable) return put(writer, "text", data);
  writer.key(format == Format::text ? "text" : "json");
  std::string parsed(data);
  const bool is_json = format == Format::json && readable && protocol::json::parse(parsed);
  body += is_json ? data : "null";
}

class Page {
 public:
  Page(const Wanted& wanted, std::string& body) : wanted_(wanted), body_(body), writer_(body) {}

  void write(const storage::Peeked& peeked) {
    writer_.begin_map(0);
    put(writer_, "stream", wanted_.stream.name);
    put(writer_, "shard", peeked.page.shard.shard_id());
    writer_.key("records");
    writer_.begin_list(0);
    storage::SequenceNumber next = peeked.next;
    for (const auto& record : peeked.page.records) {
      const auto number = peeked.page.sequence_number_of(*record);
      if (body_.size() > text_bytes_max) {
        next = number;
        break;
      }
      write(*record, number.to_string());
    }
    writer_.end_list();
    writer_.key("millis_behind_latest");
    writer_.integer(peeked.page.millis_behind_latest);
    put(writer_, "next", next.to_string());
    writer_.end_map();
  }

 private:
  void begin(const storage::Record& record, const std::string& number) {
    writer_.begin_map(0);
    put(writer_, "sequence_number", number);
    put_time(writer_, "arrived", record.arrived());
  }

  void write(const storage::Record& record, const std::string& number) {
    const auto user_records =
        wanted_.deaggregate ? protocol::read_aggregate(record.data(), md5) : std::nullopt;
    if (user_records) return write(record, number, *user_records);
    begin(record, number);
    put_key(writer_, "partition_key", record.partition_key());
    if (record.encrypted()) {
      writer_.key("encrypted");
      writer_.boolean(true);
    }
    put_data(writer_, body_, record.data(), wanted_.format);
    writer_.end_map();
  }

  void write(const storage::Record& record, const std::string& number,
             const std::vector<protocol::UserRecord>& user_records) {
    std::int64_t place = 0;
    for (const auto& user_record : user_records) {
      begin(record, number);
      writer_.key("sub_sequence_number");
      writer_.integer(place++);
      put_key(writer_, "partition_key", user_record.partition_key);
      if (user_record.explicit_hash_key)
        put_key(writer_, "explicit_hash_key", *user_record.explicit_hash_key);
      if (!user_record.tags.empty()) write_tags(user_record.tags);
      put_data(writer_, body_, user_record.data, wanted_.format);
      writer_.end_map();
    }
  }

  void write_tags(const std::vector<protocol::AggregatedTag>& tags) {
    writer_.key("tags");
    writer_.begin_list(0);
    for (const auto& tag : tags) {
      writer_.begin_map(0);
      put_key(writer_, "key", tag.key);
      if (tag.value) put_key(writer_, "value", *tag.value);
      writer_.end_map();
    }
    writer_.end_list();
  }

  const Wanted& wanted_;
  std::string& body_;
  Writer writer_;
};

// The shard that is named, or the only one there is.
storage::ShardIndex shard_of(const Query& query, const std::vector<storage::ShardIndex>& shards) {
  const auto named = query.text("shard");
  if (!named) {
    if (shards.size() == 1) return shards.front();
    throw document::Problem(
        fmt::format("The stream has {} shards; name one, as in ?shard=shardId-000000000000.", shards.size()));
  }
  const auto index = storage::parse_shard_id(*named);
  if (index && std::find(shards.begin(), shards.end(), *index) != shards.end()) return *index;
  throw document::Problem(fmt::format("The stream has no shard {}{}.", *named,
                                      shards.empty() ? "" : "; its first is " + shards.front().shard_id()));
}

IteratorStart start_of(const Query& query, storage::Timestamp now) {
  constexpr std::size_t number_digits_min = 20;  // what is shorter is a time
  const std::string from = query.text("from").value_or("trim");
  const bool digits = std::all_of(from.begin(), from.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && from.size() >= number_digits_min) return {IteratorType::AT_SEQUENCE_NUMBER, from, {}};
  const auto start = commands::parse_reading_start(from);
  if (!start) {
    throw document::Problem(
        fmt::format("from={} has no sense; choose trim, latest, a sequence number, a time such as "
                    "2026-01-31T09:30:00Z or how long ago, such as 5m.",
                    from));
  }
  if (start->type == protocol::ShardIteratorType::LATEST) return {IteratorType::LATEST, {}, {}};
  if (start->type == protocol::ShardIteratorType::TRIM_HORIZON) return {IteratorType::TRIM_HORIZON, {}, {}};
  return {IteratorType::AT_TIMESTAMP, {}, start->ago ? now - *start->ago : std::min(*start->at, now)};
}

Response page_of(const Wanted& wanted, storage::PendingRead read) {
  std::string body;
  Page(wanted, body).write(storage::finish_peek(std::move(read), wanted.now));
  return json(200, std::move(body));
}

}  // namespace

Answer answer_records(Call& call, const StreamKey& stream, const Query& query) {
  const auto shards = call.control.streams.with(
      [&](storage::State& state) { return storage::listed_shards(state, stream, call.now); });
  const Wanted wanted{
      .stream = stream,
      .shard = shard_of(query, shards.value_or(std::vector<storage::ShardIndex>())),
      .start = start_of(query, call.now),
      .limit = static_cast<std::size_t>(query.number("limit", records_default, 1, records_max)),
      .format = std::array{Format::base64, Format::text,
                           Format::json}[query.choice("format", {"base64", "text", "json"})],
      .deaggregate = query.boolean("deaggregate", true),
      .now = call.now};
  auto read = call.control.streams.with([&](storage::State& state) {
    return storage::peek(state, stream, wanted.shard, wanted.start, wanted.limit, data_bytes_max, call.now);
  });
  if (!read) return {error(400, read.error().message)};
  // Also without a disk: writing a large page is no work for an I/O thread.
  return {.response = {}, .blocking = [&control = call.control, wanted, pending = std::move(read.value())] {
            storage::PendingRead filled = pending;
            if (filled.disk) filled.records = control.read_records(*filled.disk);
            return page_of(wanted, std::move(filled));
          }};
}

}  // namespace kinesisd::server::own
