// A record on its way in, as PutRecord and PutRecords share it: placed by its key, checked against the
// stream.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "protocol/schema.hpp"
#include "storage/state/requests.hpp"

namespace kinesisd::server {

// Data plus partition key, what all size limits count.
inline std::size_t record_bytes(const protocol::Blob& data, const std::optional<std::string>& partition_key) {
  return data.bytes.size() + (partition_key ? partition_key->size() : 0);
}

// The record and the hash key it goes to: the explicit one, or the MD5 of its partition key. A record without
// a partition key gets the empty one, which no client can send.
protocol::Result<storage::NewRecord> new_record(const protocol::Blob& data,
                                                const std::optional<std::string>& partition_key,
                                                const std::optional<std::string>& explicit_hash_key);

}  // namespace kinesisd::server
