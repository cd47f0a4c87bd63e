// Calls with DryRun: all checks are made, nothing is done, and the answer is always an error.
#pragma once

#include "server/api/operation.hpp"

namespace kinesisd::server {

template <class Request>
storage::Effect effect_of(const Request& request) {
  return request.dry_run.value_or(false) ? storage::Effect::none : storage::Effect::full;
}

// What is answered when all checks have passed.
inline protocol::Error end_dry_run(Context& context, const storage::StreamKey& stream) {
  return context.streams.with(
      [&](storage::Streams& streams) { return streams.end_dry_run(stream, context.now); });
}

// The same for a put whose record has been checked, with the checks that only the stream can make. The
// streams' lock is held.
inline protocol::Error dry_put(storage::Streams& streams, const storage::StreamKey& stream,
                               const std::optional<std::string>& sequence_number_for_ordering,
                               storage::Timestamp now) {
  const auto checked = streams.check_put(stream, sequence_number_for_ordering, now);
  if (!checked) return checked.error();
  return streams.end_dry_run(stream, now);
}

}  // namespace kinesisd::server
