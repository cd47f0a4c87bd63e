// Puts one record.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"

namespace kinesisd::protocol {

struct PutRecord {
  static constexpr std::string_view name = "PutRecord";
  static constexpr bool cross_account = true;

  struct Request {
    std::optional<std::string> sequence_number_for_ordering{};
    std::optional<std::string> partition_key{};
    std::optional<std::string> explicit_hash_key{};
    Blob data{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};
    std::optional<bool> dry_run{};

    static constexpr auto fields() {
      return std::tuple{
          field("SequenceNumberForOrdering", &Request::sequence_number_for_ordering, shapes::sequence_number),
          field("PartitionKey", &Request::partition_key, shapes::put_partition_key),
          field("ExplicitHashKey", &Request::explicit_hash_key, shapes::hash_key),
          field("Data", &Request::data, shapes::data),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("DryRun", &Request::dry_run),
      };
    }
  };

  struct Response {
    std::string shard_id{};
    std::string sequence_number{};
    std::optional<EncryptionType> encryption_type{};

    static constexpr auto fields() {
      return std::tuple{
          field("ShardId", &Response::shard_id, shapes::shard_id),
          field("SequenceNumber", &Response::sequence_number, shapes::sequence_number),
          field("EncryptionType", &Response::encryption_type),
      };
    }
  };
};

}  // namespace kinesisd::protocol
