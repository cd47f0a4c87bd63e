#include "protocol/operations/describe_limits.hpp"

#include <algorithm>

#include "server/api/run_operation.hpp"
#include "storage/streams/accounts.hpp"

namespace kinesisd::server {

using Op = protocol::DescribeLimits;

namespace {

// What is unlimited here is shown as the largest number AWS's own answer could hold.
std::int32_t shown(std::optional<std::int64_t> count) {
  constexpr std::int64_t shown_max = *protocol::shapes::shard_count.max_value;
  return static_cast<std::int32_t>(std::min(count.value_or(shown_max), shown_max));
}

}  // namespace

Result<Op::Response> handle(Context& context, Op::Request& /*request*/) {
  const auto usage = context.streams.with(
      [&](storage::State& state) { return storage::account_usage(state, context.caller, context.now); });
  Op::Response response;
  response.shard_limit = shown(usage.shard_limit);
  response.open_shard_count = shown(usage.open_shards);
  response.on_demand_stream_count = shown(usage.on_demand_streams);
  response.on_demand_stream_count_limit = shown(usage.on_demand_limit);
  response.channel_count = 0;
  return response;
}

template Outcome run<Op>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
