// A shard as Describe and List operations show it, and as GetRecords announces children.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct HashKeyRange {
  std::string starting_hash_key{};
  std::string ending_hash_key{};

  static constexpr auto fields() {
    return std::tuple{
        field("StartingHashKey", &HashKeyRange::starting_hash_key, shapes::hash_key),
        field("EndingHashKey", &HashKeyRange::ending_hash_key, shapes::hash_key),
    };
  }
};

struct SequenceNumberRange {
  std::string starting_sequence_number{};
  std::optional<std::string> ending_sequence_number{};

  static constexpr auto fields() {
    return std::tuple{
        field("StartingSequenceNumber", &SequenceNumberRange::starting_sequence_number,
              shapes::sequence_number),
        field("EndingSequenceNumber", &SequenceNumberRange::ending_sequence_number, shapes::sequence_number),
    };
  }
};

struct Shard {
  std::string shard_id{};
  std::optional<std::string> parent_shard_id{};
  std::optional<std::string> adjacent_parent_shard_id{};
  HashKeyRange hash_key_range{};
  SequenceNumberRange sequence_number_range{};

  static constexpr auto fields() {
    return std::tuple{
        field("ShardId", &Shard::shard_id, shapes::shard_id),
        field("ParentShardId", &Shard::parent_shard_id, shapes::shard_id),
        field("AdjacentParentShardId", &Shard::adjacent_parent_shard_id, shapes::shard_id),
        field("HashKeyRange", &Shard::hash_key_range),
        field("SequenceNumberRange", &Shard::sequence_number_range),
    };
  }
};

struct ChildShard {
  std::string shard_id{};
  std::vector<std::string> parent_shards{};
  HashKeyRange hash_key_range{};

  static constexpr auto fields() {
    return std::tuple{
        field("ShardId", &ChildShard::shard_id, shapes::shard_id),
        field("ParentShards", &ChildShard::parent_shards, shapes::shard_ids),
        field("HashKeyRange", &ChildShard::hash_key_range),
    };
  }
};

}  // namespace kinesisd::protocol
