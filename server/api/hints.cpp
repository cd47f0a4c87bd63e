#include "server/api/hints.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <utility>

#include "protocol/error.hpp"
#include "server/api/similar_names.hpp"
#include "storage/state/state.hpp"
#include "storage/streams/counts.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

namespace {

using protocol::ErrorType;
using storage::StreamStatus;

constexpr std::string_view time_is_frozen =
    R"( Time is frozen: PUT /_kinesisd/clock {"advance": "1s"} moves it on.)";

// As `--limits` has them in its help.
std::string limit_of(const storage::WriteExcess& excess) {
  if (excess.limit == storage::WriteLimit::bytes) {
    return fmt::format("{} MiB/s", storage::shard_bytes_per_second >> 20U);
  }
  return fmt::format("{},{:03} records/s", storage::shard_records_per_second / 1000,
                     storage::shard_records_per_second % 1000);
}

// Names created with other credentials or for another region are the commonest reason for "not found".
std::string elsewhere(const Context& context) {
  const auto worlds = context.streams.with([&](const storage::State& state) {
    return storage::worlds_with(state, context.stream_name, context.now);
  });
  std::string others;
  for (const storage::World& world : worlds) {
    if (world == context.caller) continue;
    others += fmt::format("{}account {} in {}", others.empty() ? "" : ", ", world.account, world.region);
  }
  if (others.empty()) return similar_stream(context);
  return fmt::format(" The caller is account {} in {}; a stream of this name exists for {}.",
                     context.caller.account, context.caller.region, others);
}

std::optional<StreamStatus> status_of(const Context& context) {
  return context.streams.with([&](storage::State& state) -> std::optional<StreamStatus> {
    const auto& all = state.streams;
    const auto found = all.find({context.caller, context.stream_name});
    if (found == all.end()) return std::nullopt;
    return storage::status(found->second->row, context.now);
  });
}

// A stream that is there and not yet, or no longer, of use: the first error nearly everybody meets.
std::string in_transition(const Context& context, StreamStatus status, bool frozen) {
  const bool leaves = status == StreamStatus::DELETING;
  return fmt::format(
      " {} is {}: wait until it is {} (aws kinesis wait {}), or start the server with --transition-ms 0.{}",
      context.stream_name, storage::name(status), leaves ? "gone" : "ACTIVE",
      leaves ? "stream-not-exists" : "stream-exists", frozen ? time_is_frozen : std::string_view());
}

std::string hint_at_stream(const Context& context, ErrorType type, ServiceClock& clock) {
  if (context.stream_name.empty()) return {};
  const auto status = status_of(context);
  if (status && *status != StreamStatus::ACTIVE) return in_transition(context, *status, clock.frozen());
  return type == ErrorType::ResourceNotFoundException ? elsewhere(context) : std::string();
}

// Only puts need room in memory, and with --db :memory: nothing but room can fail them.
std::string hint_at_memory(const Context& context) {
  if (!context.operation.starts_with("PutRecord")) return {};
  return context.streams.with([](storage::State& state) -> std::string {
    const storage::StreamSettings& settings = state.settings;
    if (settings.records_on_disk || storage::refused_for_memory(state) == 0) return {};
    return fmt::format(
        " Memory is full: with --db :memory: all records stay there, within --memory-mb {}; raise that, "
        "delete streams, or name a file with --db.",
        settings.memory_bytes_max >> 20U);
  });
}

}  // namespace

std::string hint(const Context& context, const Result<std::string>& body, ServiceClock& clock) {
  const auto frozen_note = [&] { return clock.frozen() ? std::string(time_is_frozen) : std::string(); };
  if (body) return context.throttled ? frozen_note() : std::string();
  switch (body.error().type) {
    case ErrorType::ResourceNotFoundException:
    case ErrorType::ResourceInUseException:
      return hint_at_stream(context, body.error().type, clock);
    case ErrorType::InternalFailure:
      return hint_at_memory(context);
    case ErrorType::ProvisionedThroughputExceededException:
      return frozen_note();
    default:
      return {};
  }
}

std::vector<std::string> write_warnings(GuardedState& streams) {
  const auto excesses =
      streams.with([](storage::State& state) { return std::exchange(state.write_excesses, {}); });
  std::vector<std::string> lines;
  lines.reserve(excesses.size());
  for (const storage::WriteExcess& excess : excesses) {
    lines.push_back(fmt::format(
        "Puts to {} of {} are throttled, as on AWS: the limit is {}; --limits off lets them through",
        excess.shard.shard_id(), excess.stream, limit_of(excess)));
  }
  return lines;
}

}  // namespace kinesisd::server
