// What shard iterators and NextTokens carry, and how it becomes opaque text. Knows no stream: whether the
// position still exists and whether the token is too old is the caller's question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/clock.hpp"
#include "storage/model/sealed_token.hpp"
#include "storage/model/sequence_number.hpp"

namespace kinesisd::storage {

// A place in a shard: the first record at or after `from_index` that arrived at or after `arrived_from`.
struct ShardIterator {
  std::string stream;
  std::string account;
  std::int64_t stream_serial = 0;
  ShardIndex shard;
  std::uint64_t from_index = 0;
  Timestamp arrived_from{};
  Timestamp issued{};
  bool fresh = false;        // nothing has been read on the way here
  std::int64_t history = 0;  // of the shard, as Shard::history
  std::string region = {};   // good in no other
  friend bool operator==(const ShardIterator&, const ShardIterator&) = default;
};

// As long as AWS's for a stream of this name.
std::string seal(const TokenSeal& seal, const ShardIterator& iterator);
// Double quotes around the text are allowed, as on AWS.
std::optional<ShardIterator> open_shard_iterator(const TokenSeal& seal, std::string_view text);

// Where ListShards goes on, and with which filter.
struct ListShardsToken {
  std::string stream;
  std::string account;
  std::int64_t stream_serial = 0;
  std::uint8_t filter = 0;  // the caller's numbering
  Timestamp filter_time{};
  std::uint32_t from_shard = 0;
  Timestamp issued{};
  std::string region = {};  // good in no other
  friend bool operator==(const ListShardsToken&, const ListShardsToken&) = default;
};

std::string seal(const TokenSeal& seal, const ListShardsToken& token);
std::optional<ListShardsToken> open_list_shards_token(const TokenSeal& seal, std::string_view text);

// Where ListStreams goes on.
struct ListStreamsToken {
  std::string after_name;
  Timestamp issued{};
  std::string account = {};  // whose streams are listed; good in no other account and region
  std::string region = {};
  friend bool operator==(const ListStreamsToken&, const ListStreamsToken&) = default;
};

std::string seal(const TokenSeal& seal, const ListStreamsToken& token);
std::optional<ListStreamsToken> open_list_streams_token(const TokenSeal& seal, std::string_view text);

// Where ListStreamConsumers goes on.
struct ListConsumersToken {
  std::int64_t stream_serial = 0;
  std::string after_name;
  Timestamp issued{};
  friend bool operator==(const ListConsumersToken&, const ListConsumersToken&) = default;
};

std::string seal(const TokenSeal& seal, const ListConsumersToken& token);
std::optional<ListConsumersToken> open_list_consumers_token(const TokenSeal& seal, std::string_view text);

}  // namespace kinesisd::storage
