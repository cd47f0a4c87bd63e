#include "server/operations/new_record.hpp"

#include "protocol/errors.hpp"

namespace kinesisd::server {

protocol::Result<storage::NewRecord> new_record(const protocol::Blob& data,
                                                const std::optional<std::string>& partition_key,
                                                const std::optional<std::string>& explicit_hash_key) {
  const std::string_view key_text = partition_key ? std::string_view(*partition_key) : "";
  storage::NewRecord record{.hash_key = {}, .record = storage::make_record(key_text, data.bytes)};
  if (!explicit_hash_key) {
    record.hash_key = storage::hash_of(key_text);
    return record;
  }
  const std::optional<storage::HashKey> key = storage::parse_hash_key(*explicit_hash_key);
  // 39 digits pass the model's pattern but may exceed 2^128-1.
  if (!key) return protocol::errors::explicit_hash_key_out_of_range(*explicit_hash_key);
  record.hash_key = *key;
  return record;
}

}  // namespace kinesisd::server
