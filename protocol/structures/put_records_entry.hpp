// One record of PutRecords on its way in, and what became of it.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct PutRecordsRequestEntry {
  std::optional<std::string> partition_key{};
  std::optional<std::string> explicit_hash_key{};
  Blob data{};

  static constexpr auto fields() {
    return std::tuple{
        field("PartitionKey", &PutRecordsRequestEntry::partition_key, shapes::put_partition_key),
        field("ExplicitHashKey", &PutRecordsRequestEntry::explicit_hash_key, shapes::hash_key),
        field("Data", &PutRecordsRequestEntry::data, shapes::data),
    };
  }
};

// Either the first two members or the last two.
struct PutRecordsResultEntry {
  std::optional<std::string> sequence_number{};
  std::optional<std::string> shard_id{};
  std::optional<std::string> error_code{};
  std::optional<std::string> error_message{};

  static constexpr auto fields() {
    return std::tuple{
        field("SequenceNumber", &PutRecordsResultEntry::sequence_number, shapes::sequence_number),
        field("ShardId", &PutRecordsResultEntry::shard_id, shapes::shard_id),
        field("ErrorCode", &PutRecordsResultEntry::error_code),
        field("ErrorMessage", &PutRecordsResultEntry::error_message),
    };
  }
};

}  // namespace kinesisd::protocol
