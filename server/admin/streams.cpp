#include "server/admin/streams.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/shapes.hpp"
#include "server/admin/control.hpp"
#include "server/admin/json_body.hpp"
#include "server/admin/query.hpp"
#include "server/admin/records.hpp"
#include "server/admin/reset.hpp"
#include "server/document/value.hpp"
#include "storage/snapshots/inspection.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server::own {

namespace {

using protocol::json::Writer;
using storage::StreamKey;

constexpr std::int64_t page_default = 100;
constexpr std::int64_t page_max = 1'000;
constexpr std::size_t streams_per_hold = 16;  // looked at under one hold of the streams' lock

void put(Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  writer.text(text);
}

void put(Writer& writer, std::string_view name, std::uint64_t number) {
  writer.key(name);
  writer.integer(static_cast<std::int64_t>(number));
}

void write(Writer& writer, const storage::Holding& holding) {
  put(writer, "records", holding.records);
  if (holding.bytes) put(writer, "bytes", *holding.bytes);
}

void write_members(Writer& writer, const storage::StreamOverview& stream) {
  const storage::StreamSummary& summary = stream.summary;
  put(writer, "name", summary.key.name);
  put(writer, "account", summary.key.world.account);
  put(writer, "region", summary.key.world.region);
  put(writer, "arn", storage::arn(summary.key));
  put(writer, "status", protocol::enum_name(summary.status));
  put(writer, "mode", protocol::enum_name(summary.mode));
  put_time(writer, "created", summary.created);
  put(writer, "retention_hours", static_cast<std::uint64_t>(summary.retention_hours));
  put(writer, "max_record_kib", static_cast<std::uint64_t>(summary.max_record_kib));
  if (summary.key_id) put(writer, "encrypted_with", *summary.key_id);
  put(writer, "open_shards", static_cast<std::uint64_t>(summary.open_shards));
  write(writer, stream.holding);
}

void write(Writer& writer, const storage::ShardDetails& shard) {
  const storage::ShardSummary& summary = shard.summary;
  writer.begin_map(0);
  put(writer, "id", summary.index.shard_id());
  writer.key("open");
  writer.boolean(!summary.ending);
  if (summary.parent) put(writer, "parent", summary.parent->shard_id());
  if (summary.adjacent_parent) put(writer, "adjacent_parent", summary.adjacent_parent->shard_id());
  put(writer, "starting_hash_key", storage::to_string(summary.range.starting));
  put(writer, "ending_hash_key", storage::to_string(summary.range.ending));
  put(writer, "starting_sequence_number", summary.starting.to_string());
  if (summary.ending) put(writer, "ending_sequence_number", summary.ending->to_string());
  write(writer, shard.holding);
  if (shard.newest) put_time(writer, "newest", *shard.newest);
  writer.end_map();
}

void write(Writer& writer, const storage::ConsumerDetails& consumer) {
  writer.begin_map(0);
  put(writer, "name", consumer.summary.key.name);
  put(writer, "arn", storage::arn(consumer.summary.key));
  put(writer, "status", protocol::enum_name(consumer.summary.status));
  writer.key("subscriptions");
  writer.begin_list(0);
  for (const auto& subscription : consumer.subscriptions) {
    writer.begin_map(0);
    put(writer, "shard", subscription.shard.shard_id());
    put(writer, "position", subscription.position.to_string());
    writer.end_map();
  }
  writer.end_list();
  writer.end_map();
}

// Where the next page begins: a stream's account, region and name.
std::optional<StreamKey> after(const Query& query) {
  const auto next = query.text("next");
  if (!next) return std::nullopt;
  const std::size_t account_end = next->find('/');
  const std::size_t region_end =
      account_end == std::string::npos ? account_end : next->find('/', account_end + 1);
  if (region_end == std::string::npos) {
    throw document::Problem(fmt::format("next={} is not what the page before it said.", *next));
  }
  return StreamKey{
      {next->substr(0, account_end), next->substr(account_end + 1, region_end - account_end - 1)},
      next->substr(region_end + 1)};
}

// Puts get the lock between any few of them. Each stream is as it was at one moment, the page need not be.
storage::StreamOverviews page_of(const Control& control, const storage::Scope& scope,
                                 std::optional<StreamKey> behind, std::size_t limit, storage::Timestamp now) {
  storage::StreamOverviews page;
  do {
    const std::size_t some = std::min(limit - page.streams.size(), streams_per_hold);
    auto part = control.streams.with(
        [&](storage::State& state) { return storage::overview(state, scope, behind, some, now); });
    if (!part.streams.empty()) behind = part.streams.back().summary.key;
    std::move(part.streams.begin(), part.streams.end(), std::back_inserter(page.streams));
    page.more = part.more;
  } while (page.more && page.streams.size() < limit);
  return page;
}

Response details(const Control& control, const StreamKey& key, const Query& query, storage::Timestamp now) {
  const auto from = storage::parse_shard_id(query.text("from").value_or("0"));
  if (!from)
    throw document::Problem(
        fmt::format("from={} is no shard; name one, such as shardId-000000000000.", *query.text("from")));
  const auto shards_max = static_cast<std::size_t>(query.number("limit", page_max, 1, page_max));
  const auto stream = control.streams.with(
      [&](storage::State& state) { return storage::details(state, key, *from, shards_max, now); });
  if (!stream) return no_such_stream(control, key, now);
  std::string body;
  Writer writer(body);
  writer.begin_map(0);
  write_members(writer, stream->overview);
  writer.key("shards");
  writer.begin_list(0);
  for (const auto& shard : stream->shards) write(writer, shard);
  writer.end_list();
  if (stream->more_shards) {
    put(writer, "next", storage::ShardIndex{stream->shards.back().summary.index.value + 1}.shard_id());
  }
  writer.key("consumers");
  writer.begin_list(0);
  for (const auto& consumer : stream->consumers) write(writer, consumer);
  writer.end_list();
  writer.end_map();
  return json(200, std::move(body));
}

}  // namespace

Response no_such_stream(const Control& control, const StreamKey& key, storage::Timestamp now) {
  const auto worlds =
      control.streams.with([&](storage::State& state) { return storage::worlds_with(state, key.name, now); });
  std::string elsewhere;
  for (const storage::World& world : worlds)
    elsewhere +=
        fmt::format("{}account {} in {}", elsewhere.empty() ? "" : ", ", world.account, world.region);
  if (!elsewhere.empty()) elsewhere = fmt::format("; one of this name exists for {}", elsewhere);
  return error(404, fmt::format("There is no stream {} for account {} in {}{}.", key.name, key.world.account,
                                key.world.region, elsewhere));
}

Answer list_streams(Call& call) {
  const Query query(call.request.query, {"account", "region", "limit", "next"});
  const storage::Scope scope{.account = query.text("account"), .region = query.text("region")};
  const auto limit = static_cast<std::size_t>(query.number("limit", page_default, 1, page_max));
  const auto page = page_of(call.control, scope, after(query), limit, call.now);
  std::string body;
  Writer writer(body);
  writer.begin_map(0);
  writer.key("streams");
  writer.begin_list(0);
  for (const auto& stream : page.streams) {
    writer.begin_map(0);
    write_members(writer, stream);
    put(writer, "consumers", static_cast<std::uint64_t>(stream.summary.consumers));
    writer.end_map();
  }
  writer.end_list();
  if (page.more) {
    const StreamKey& last = page.streams.back().summary.key;
    put(writer, "next", fmt::format("{}/{}/{}", last.world.account, last.world.region, last.name));
  }
  writer.end_map();
  return {json(200, std::move(body))};
}

Answer answer_stream(Call& call) {
  constexpr std::string_view records = "/records";
  const bool empties = call.request.method == "DELETE";
  std::string_view argument = call.argument;
  const bool of_records = argument.ends_with(records);
  if (of_records) argument.remove_suffix(records.size());
  const auto name = percent_decoded(argument);
  if (!name || name->empty() || name->find('/') != std::string::npos) {
    return {error(400, fmt::format("\"{}\" is no name of a stream.", argument))};
  }
  if (empties && !of_records) {
    return {
        error(405, fmt::format("To empty the stream, DELETE /_kinesisd/streams/{}/records; to take it away "
                               "at once, POST {{\"stream\": \"{}\"}} to /_kinesisd/reset.",
                               argument, *name))};
  }
  const Query query = empties      ? Query(call.request.query, {"account", "region"})
                      : of_records ? Query(call.request.query, {"account", "region", "shard", "from", "limit",
                                                                "format", "deaggregate"})
                                   : Query(call.request.query, {"account", "region", "from", "limit"});
  const storage::World& fallback = call.control.fallback;
  const StreamKey key{
      {query.text("account").value_or(fallback.account), query.text("region").value_or(fallback.region)},
      *name};
  if (empties) return empty_stream(call, key);
  if (!of_records) return {details(call.control, key, query, call.now)};
  const bool there = call.control.streams.with(
      [&](storage::State& state) { return storage::listed_shards(state, key, call.now).has_value(); });
  if (!there) return {no_such_stream(call.control, key, call.now)};
  return answer_records(call, key, query);
}

}  // namespace kinesisd::server::own
