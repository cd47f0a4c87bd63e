// Calls with DryRun: all checks are made, nothing is done, and the answer is always an error.
#pragma once

#include "server/api/operation.hpp"
#include "storage/records/puts.hpp"

namespace kinesisd::server {

template <class Request>
storage::Effect effect_of(const Request& request) {
  return request.dry_run.value_or(false) ? storage::Effect::none : storage::Effect::full;
}

// What is answered when all checks have passed.
inline protocol::Error end_dry_run(Context& context, const storage::StreamKey& stream) {
  return context.streams.with(
      [&](storage::State& state) { return storage::end_dry_run(state, stream, context.now); });
}

// The same for a put whose record has been checked, with the checks that only the stream can make. The
// streams' lock is held.
inline protocol::Error dry_put(storage::State& state, const storage::StreamKey& stream,
                               const std::optional<std::string>& sequence_number_for_ordering,
                               storage::Timestamp now) {
  const auto checked = storage::check_put(state, stream, sequence_number_for_ordering, now);
  if (!checked) return checked.error();
  return storage::end_dry_run(state, stream, now);
}

}  // namespace kinesisd::server
