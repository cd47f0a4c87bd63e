#include "protocol/operations/list_shards.hpp"

#include <utility>

#include "protocol/errors.hpp"
#include "server/api/run_operation.hpp"
#include "server/operations/stream_shapes.hpp"
#include "storage/shards/shards.hpp"

namespace kinesisd::server {

namespace {

using Request = protocol::ListShards::Request;
namespace errors = protocol::errors;

// A token carries stream, filter and position, so nothing that says them again may stand beside it.
template <auto... members>
Result<void> alone(const Request& request) {
  Result<void> result = boost::outcome_v2::success();
  ((result && (request.*members).has_value()
        ? void(result = errors::next_token_with(protocol::name_of<members>()))
        : void()),
   ...);
  return result;
}

Result<void> check_members(const Request& request) {
  if (request.next_token) {
    return alone<&Request::stream_name, &Request::stream_arn, &Request::shard_filter,
                 &Request::exclusive_start_shard_id, &Request::stream_creation_timestamp>(request);
  }
  if (!request.stream_name && !request.stream_arn) return errors::list_shards_without_stream();
  return boost::outcome_v2::success();
}

// A token names a stream as well.
Result<storage::ShardList> list_shards(const Context& context, const storage::ListShardsQuery& query) {
  const auto list = [&](storage::State& state) {
    return storage::list_shards(state, context.caller, query, context.now);
  };
  if (query.stream) return with_access(context, *query.stream, list);
  return context.streams.with([&](storage::State& state) -> Result<storage::ShardList> {
    BOOST_OUTCOME_TRY(auto shards, list(state));
    BOOST_OUTCOME_TRYV(check_access(context, state, shards.stream));
    return shards;
  });
}

}  // namespace

Result<protocol::ListShards::Response> handle(Context& context, protocol::ListShards::Request& request) {
  BOOST_OUTCOME_TRYV(check_members(request));
  storage::ListShardsQuery query{.stream = {},
                                 .next_token = std::move(request.next_token),
                                 .exclusive_start_shard_id = std::move(request.exclusive_start_shard_id),
                                 .max_results = request.max_results,
                                 .stream_created = request.stream_creation_timestamp,
                                 .filter = {}};
  if (!query.next_token) {
    BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
    query.stream = std::move(key);
  }
  if (request.shard_filter) {
    query.filter =
        storage::ShardFilter{.type = same_word<storage::ShardFilterType>(request.shard_filter->type),
                             .shard_id = std::move(request.shard_filter->shard_id),
                             .timestamp = request.shard_filter->timestamp};
  }
  BOOST_OUTCOME_TRY(auto list, list_shards(context, query));
  protocol::ListShards::Response response;
  response.next_token = std::move(list.next_token);
  auto& shards = response.shards.emplace();
  shards.reserve(list.shards.size());
  for (const storage::ShardSummary& shard : list.shards) shards.push_back(to_wire(shard));
  return response;
}

template Outcome run<protocol::ListShards>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
