// Where a request meets the rules: what it names, and what is made of the answer. Included by the frame
// around operations and by the operations the rules reach into.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/api/operation.hpp"

namespace kinesisd::server::faults {

// What a request names beside its stream, as it was sent; empty: nothing of the kind.
struct Named {
  std::string_view consumer = {};
  std::string_view consumer_arn = {};
  std::array<std::string_view, 2> shards = {};
  std::string_view iterator = {};
};

inline std::string_view view(const std::string& text) {
  return text;
}
inline std::string_view view(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

template <class Request>
Named named_in(const Request& request) {
  Named named;
  if constexpr (requires { view(request.consumer_name); }) named.consumer = view(request.consumer_name);
  if constexpr (requires { view(request.consumer_arn); }) named.consumer_arn = view(request.consumer_arn);
  if constexpr (requires { view(request.shard_id); }) named.shards = {view(request.shard_id)};
  if constexpr (requires { view(request.shard_to_split); }) named.shards = {view(request.shard_to_split)};
  if constexpr (requires { view(request.adjacent_shard_to_merge); })
    named.shards = {view(request.shard_to_merge), view(request.adjacent_shard_to_merge)};
  if constexpr (requires { view(request.shard_iterator); }) named.iterator = view(request.shard_iterator);
  return named;
}

// Asks the rules about a request that is no put; there is a context.trouble. An error: it is not carried out.
Result<void> meet(const Context& context, const Named& named);

// Asks them about a put once it is known where its records go; empty while there are no rules.
storage::PutJudge judge_of(const Context& context);

// What a reader is not to get.
storage::Restraint restraint_of(const Context& context);

}  // namespace kinesisd::server::faults
