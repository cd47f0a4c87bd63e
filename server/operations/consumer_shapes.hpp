// Storage's words for consumers turned into AWS's structures. Used by several operations.
#pragma once

#include <chrono>

#include "protocol/structures/consumer.hpp"
#include "server/operations/same_word.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::server {

// What all operations say of a consumer alike; both structures have these members.
template <class Wire>
Wire to_wire(const storage::ConsumerSummary& consumer) {
  Wire wire;
  wire.consumer_name = consumer.key.name;
  wire.consumer_arn = storage::arn(consumer.key);
  wire.consumer_status = same_word<protocol::ConsumerStatus>(consumer.status);
  wire.consumer_creation_timestamp = storage::Timestamp{std::chrono::seconds{consumer.key.created_s}};
  return wire;
}

}  // namespace kinesisd::server
