#include "server/operations/record_shapes.hpp"

#include "server/operations/stream_shapes.hpp"

namespace kinesisd::server {

std::vector<protocol::Record> to_wire(const storage::ShardPage& page) {
  std::vector<protocol::Record> records;
  records.reserve(page.records.size());
  for (const storage::RecordPtr& record : page.records) {
    protocol::Record& wire = records.emplace_back();
    wire.sequence_number = page.sequence_number_of(*record).to_string();
    wire.approximate_arrival_timestamp = record->arrived();
    wire.data = {record->data()};
    if (record->encrypted()) wire.encryption_type = protocol::EncryptionType::KMS;
    // No key has no characters: an empty one was never sent.
    if (!record->partition_key().empty()) wire.partition_key = record->partition_key();
  }
  return records;
}

std::vector<protocol::ChildShard> to_wire(const std::vector<storage::ChildShard>& children) {
  std::vector<protocol::ChildShard> out;
  for (const storage::ChildShard& child : children) {
    protocol::ChildShard& wire = out.emplace_back();
    wire.shard_id = child.index.shard_id();
    for (const storage::ShardIndex parent : child.parents) wire.parent_shards.push_back(parent.shard_id());
    wire.hash_key_range = to_wire(child.range);
  }
  return out;
}

}  // namespace kinesisd::server
