// What the streams are asked for. Values only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "storage/model/clock.hpp"
#include "storage/model/hash_key.hpp"
#include "storage/model/record.hpp"
#include "storage/model/sequence_number.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/words.hpp"

namespace kinesisd::storage {

using Tags = std::map<std::string, std::string>;

struct NewStream {
  std::optional<std::int32_t> shard_count = {};
  std::optional<StreamMode> mode = {};
  std::optional<std::int32_t> max_record_kib = {};
  std::optional<std::int32_t> warm_throughput_mibps = {};
  std::optional<RecordDistributionStrategy> distribution = {};
  Tags tags = {};
};

struct ListStreamsQuery {
  std::optional<std::string> exclusive_start_name = {};
  std::optional<std::string> next_token = {};
  std::optional<std::int32_t> limit = {};
};

struct ShardFilter {
  ShardFilterType type;
  std::optional<std::string> shard_id = {};
  std::optional<Timestamp> timestamp = {};
};

// The caller has checked what needs no state: that a stream is named or a token given, and not both.
struct ListShardsQuery {
  std::optional<StreamKey> stream = {};
  std::optional<std::string> next_token = {};
  std::optional<std::string> exclusive_start_shard_id = {};
  std::optional<std::int32_t> max_results = {};
  std::optional<Timestamp> stream_created = {};
  std::optional<ShardFilter> filter = {};
};

struct ListConsumersQuery {
  std::optional<std::string> next_token = {};
  std::optional<std::int32_t> max_results = {};
  std::optional<Timestamp> stream_created = {};
};

// A consumer as a caller names it: its ARN knows when it was created, its name does not.
struct ConsumerName {
  StreamKey stream;
  std::string name;
  std::optional<std::int64_t> created_s = {};
};

// What has tags and a policy of its own.
using ResourceName = std::variant<StreamKey, ConsumerName>;

// A record on its way in. The caller makes it outside the lock; the hash key is MD5 of the partition key or
// explicit.
struct NewRecord {
  HashKey hash_key;
  RecordPtr record;  // sequence index and arrival are still unset
};

// Whether a call does what it is for, or, with DryRun, nothing but its checks. Keys are not checked then.
enum class Effect { full, none };

// Whom a put asks before it stores anything, with the shard of each record in the request's order: the answer
// has the same order, and an error for each record that is not to be stored. An error instead of the answer
// is the put's. Called with the streams' lock held.
using PutJudge = std::function<protocol::Result<std::vector<std::optional<protocol::Error>>>(
    std::span<const ShardIndex> shards)>;

// What a reader does not get although it is there. Nothing is ever lost or passed over by it.
struct Restraint {
  std::optional<std::size_t> records_max = {};  // of a page; 0: none, and the reader stays where it is
  std::chrono::milliseconds visible_after{0};   // how long after its arrival a record comes to be seen
};

struct IteratorStart {
  IteratorType type;
  std::optional<std::string> sequence_number = {};  // as the client wrote it
  std::optional<Timestamp> timestamp = {};
};

}  // namespace kinesisd::storage
