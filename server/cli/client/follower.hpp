// Reads all shards of a stream, and those that come of them: parents to their end before their children.
// Blocks; for one thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/structures/shard_iterator_type.hpp"
#include "server/cli/client/client.hpp"
#include "server/document/answers.hpp"

namespace kinesisd::server::client {

class Follower {
 public:
  struct Start {
    protocol::ShardIteratorType type = protocol::ShardIteratorType::LATEST;  // or TRIM_HORIZON, AT_TIMESTAMP
    std::optional<protocol::Timestamp> timestamp;
  };
  // False: enough; nothing more is read.
  using Found = std::function<bool(const std::string& shard_id, const ReadRecord& record)>;

  Follower(Client& client, std::string stream, Start start)
      : client_(client), stream_(std::move(stream)), start_(start) {}

  // AWS's five reads a second and shard.
  static constexpr std::chrono::milliseconds between_reads{200};

  // Finds the shards to begin with; with LATEST, what is put from now on will be found. All of these throw as
  // Client::call.
  void begin();
  // Reads once what is due of every shard. False: `found` had enough.
  bool read_round(const Found& found);
  // Until the next round has something to do.
  void pause();

  std::size_t shards() const { return shards_.size(); }
  // All there was when it was last looked at has been read.
  bool is_at_tip() const;
  // All shards have ended, and none came of them.
  bool has_ended() const;

 private:
  struct Shard {
    std::vector<std::string> parents;
    bool from_the_start = false;  // it came of shards that were read
    std::optional<std::string> iterator = {};
    std::string last_sequence_number = {};
    bool at_tip = false;
    bool ended = false;
    Deadline due = {};
  };

  bool is_due(const Shard& shard, Deadline now) const;
  bool waits_for_parents(const Shard& shard) const;
  std::string iterator_of(const std::string& shard_id, const Shard& shard);
  bool read_page(const std::string& shard_id, Shard& shard, const Found& found);
  void add_children(const ReadPage& page);

  Client& client_;
  std::string stream_;
  Start start_;
  std::map<std::string, Shard> shards_;
};

}  // namespace kinesisd::server::client
