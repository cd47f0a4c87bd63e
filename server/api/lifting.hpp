// Requests that are only complete if their stream finds shards for its records by itself.
#pragma once

#include "server/api/operation.hpp"
#include "server/api/resource_names.hpp"

namespace kinesisd::server {

// Whether the request names a stream whose RecordDistributionStrategy is AUTO, whatever else is in its body.
bool names_auto_stream(const Context& context, const protocol::wire::Tree& body);

// The request a body holds, or its SerializationException or ValidationException. What an AUTO stream does
// not require is missing only in requests to others; the stream is looked up only when something is missing.
template <class Request>
Result<Request> decode_for_stream(const Context& context, const protocol::wire::Tree& body) {
  auto request = protocol::decode<Request>(body);
  if constexpr (protocol::Liftable<Request>) {
    const bool may_be_lifted = !request && request.error().type == protocol::ErrorType::ValidationException;
    if (may_be_lifted && names_auto_stream(context, body))
      return protocol::decode<Request>(body, protocol::Lifting::auto_stream);
  }
  return request;
}

}  // namespace kinesisd::server
