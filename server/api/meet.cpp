#include "server/api/meet.hpp"

#include <vector>

#include "server/faults/trouble.hpp"
#include "storage/records/reads.hpp"

namespace kinesisd::server::faults {

namespace {

// The name in a consumer's ARN, empty when it is none.
std::string_view consumer_of_arn(std::string_view arn) {
  constexpr std::string_view before = "/consumer/";
  const std::size_t at = arn.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = arn.substr(at + before.size());
  return rest.substr(0, rest.find(':'));
}

}  // namespace

Result<void> meet(const Context& context, const Named& named) {
  std::string stream = context.stream_name;
  std::vector<storage::ShardIndex> shards;
  for (const std::string_view id : named.shards) {
    const auto index = id.empty() ? std::nullopt : storage::parse_shard_id(id);
    if (index) shards.push_back(*index);
  }
  if (!named.iterator.empty()) {
    const auto read = context.streams.with(
        [&](storage::State& state) { return storage::shard_of(state, named.iterator, context.now); });
    if (read) {
      stream = read->stream.name;
      shards.push_back(read->shard);
    }
  }
  const std::string_view consumer =
      named.consumer.empty() ? consumer_of_arn(named.consumer_arn) : named.consumer;
  return context.trouble->meet({.operation = context.operation,
                                .caller = context.caller,
                                .stream = stream,
                                .consumer = consumer,
                                .shards = shards,
                                .now = context.now});
}

storage::PutJudge judge_of(const Context& context) {
  if (context.trouble == nullptr) return {};
  return [&context](std::span<const storage::ShardIndex> shards) {
    return context.trouble->judge({.operation = context.operation,
                                   .caller = context.caller,
                                   .stream = context.stream_name,
                                   .consumer = {},
                                   .shards = shards,
                                   .now = context.now});
  };
}

storage::Restraint restraint_of(const Context& context) {
  return context.trouble == nullptr ? storage::Restraint() : context.trouble->decision().restraint;
}

}  // namespace kinesisd::server::faults
