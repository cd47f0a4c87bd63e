#include "server/api/lifting.hpp"

#include "protocol/structures/stream_reference.hpp"
#include "storage/records/puts.hpp"

namespace kinesisd::server {

bool names_auto_stream(const Context& context, const protocol::wire::Tree& body) {
  const auto reference = protocol::decode<protocol::StreamReference>(body);
  if (!reference) return false;
  const auto key = stream_key(context, reference.value());
  if (!key) return false;
  return context.streams.with(
      [&](storage::State& state) { return storage::places_by_itself(state, key.value(), context.now); });
}

}  // namespace kinesisd::server
