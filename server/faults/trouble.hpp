// The trouble one request is in: what the rules have decided about it, and what is left to be done. Knows no
// connection.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/faults/rule.hpp"
#include "storage/model/clock.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::faults {

// What a request is about, as far as it says. Views: for the call only.
struct Subject {
  std::string_view operation;
  const storage::World& caller;
  std::string_view stream;
  std::string_view consumer;
  std::span<const storage::ShardIndex> shards;  // of a put: one for each record
  storage::Timestamp now;
};

// What the client gets in place of the operation's answer.
struct Verdict {
  Moment moment = Moment::before;
  bool reset = false;        // the connection breaks, and there is no answer
  std::string type = {};     // empty: the answer has no body
  std::string message = {};  // empty: the answer has none
  int status = 400;
};

// All that the rules want of one request.
struct Decision {
  std::optional<Verdict> verdict = {};
  std::optional<milliseconds> latency = {};  // before the answer
  storage::Restraint restraint = {};
  std::optional<Drop> drop = {};
  std::vector<std::optional<protocol::Error>> records = {};  // of a PutRecords, if any fail
  std::string note = {};                                     // for the log: the rules that hit
};

class RuleBook;

// Of one request, from when it is decoded until it is answered.
class Trouble {
 public:
  explicit Trouble(RuleBook& rules) : rules_(rules) {}

  // Asks the rules; once for each request, and for puts through `judge`. An error: the operation is not to be
  // carried out, and what the client gets is `verdict`.
  protocol::Result<void> meet(const Subject& subject);
  // The same for a put, under the streams' lock: what becomes of each record.
  protocol::Result<std::vector<std::optional<protocol::Error>>> judge(const Subject& subject);

  const Decision& decision() const { return decision_; }

 private:
  RuleBook& rules_;
  Decision decision_;
};

}  // namespace kinesisd::server::faults
