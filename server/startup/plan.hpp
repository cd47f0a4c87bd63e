// What is to be there when the server is ready: streams with all that belongs to them, keys and accounts.
// Values only: filled from start-up files and variables, carried out by carry_out.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/state/requests.hpp"
#include "storage/state/stream_key.hpp"
#include "storage/state/words.hpp"

namespace kinesisd::server::startup {

// A wish, and where it was made: what a sentence about it begins with, such as
// `streams.toml, line 3: streams[0].shards`.
template <class T>
struct Planned {
  T value;
  std::string where;
};

struct PlannedRecord {
  storage::NewRecord record;
  std::string where;
};

struct PlannedConsumer {
  std::string name;
  std::string where;
  std::optional<Planned<storage::Tags>> tags = {};
  std::optional<Planned<std::string>> policy = {};  // JSON text
};

struct PlannedStream {
  storage::StreamKey key;
  std::string where;
  // A stream of this name that is there already stays as it is.
  bool keep_existing = false;
  std::optional<Planned<std::int32_t>> shards = {};  // unset, without a mode: as CreateStream, ON_DEMAND
  std::optional<Planned<storage::StreamMode>> mode = {};
  std::optional<Planned<std::int32_t>> warm_throughput_mibps = {};
  std::optional<Planned<storage::RecordDistributionStrategy>> distribution = {};
  std::optional<Planned<std::int32_t>> retention_hours = {};
  std::optional<Planned<std::int32_t>> max_record_kib = {};
  std::optional<Planned<std::string>> encryption_key = {};
  std::optional<Planned<std::set<storage::ShardMetric>>> metrics = {};
  std::optional<Planned<storage::Tags>> tags = {};
  std::optional<Planned<std::string>> policy = {};  // JSON text
  std::vector<PlannedConsumer> consumers = {};
  std::vector<PlannedRecord> records = {};  // put if the stream was not there before
};

struct PlannedCommitment {
  storage::World world;
  bool enabled;
  std::string where;
};

struct PlannedKey {
  std::string key;
  storage::KeyState state;
  std::string where;
};

struct Plan {
  std::vector<PlannedCommitment> commitments = {};
  std::vector<PlannedStream> streams = {};
  std::vector<PlannedKey> keys = {};

  bool empty() const { return commitments.empty() && streams.empty() && keys.empty(); }
};

}  // namespace kinesisd::server::startup
