// Whether a request may reach the stream or consumer it is about. Resource policies decide alone: identity
// policies are not kept, so that within an account everything is allowed that no policy denies.
#pragma once

#include <type_traits>

#include "server/api/operation.hpp"

namespace kinesisd::server {

// AccessDeniedException unless the caller may do the operation to it. For other accounts the operation has to
// be one that can be shared, and the policy has to allow it. What is not there is denied to other accounts,
// and for the operation to miss otherwise. A consumer without its time of creation is ruled by its stream's
// policy.
Result<void> check_access(const Context& context, storage::State& state, const storage::StreamKey& stream);
Result<void> check_access(const Context& context, storage::State& state,
                          const storage::ConsumerName& consumer);
Result<void> check_access(const Context& context, storage::State& state,
                          const storage::ResourceName& resource);

// Calls `fn(State&)`, which gives a Result, under the lock and with access to `resource` checked. Every
// operation about a stream or consumer reaches it this way.
template <class Resource, class F>
auto with_access(const Context& context, const Resource& resource, F&& fn) {
  return context.streams.with([&](storage::State& state) -> std::invoke_result_t<F, storage::State&> {
    BOOST_OUTCOME_TRYV(check_access(context, state, resource));
    return fn(state);
  });
}

}  // namespace kinesisd::server
