// What the server's own endpoints may reach. A part of the server that can be administered has a member here;
// knows no endpoint.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "server/admin/guard.hpp"
#include "server/admin/readiness.hpp"
#include "server/admin/transport.hpp"
#include "server/api/operation.hpp"
#include "server/auth/credentials.hpp"
#include "server/support/log.hpp"
#include "server/support/service_clock.hpp"
#include "storage/journal/group_commit.hpp"

namespace kinesisd::server::faults {
class RuleBook;
}
namespace kinesisd::server::metrics {
class Metrics;
}

namespace kinesisd::server::dropin {
class InitScripts;
}

namespace kinesisd::server::own {

// All that is referred to outlives the endpoints.
struct Control {
  GuardedState& streams;
  storage::GroupCommit& journal;
  ServiceClock& clock;
  Log& log;
  // Reads records from the disk; blocks, for Answer::blocking.
  std::function<std::vector<storage::RecordPtr>(const storage::DiskRange&)> read_records = {};
  storage::World fallback = {};  // of callers that name none
  Transport transport = {};
  Admin admin = {};
  const Credentials* credentials = nullptr;  // nullptr: callers need none
  const metrics::Metrics* metrics = nullptr;
  const Readiness* readiness = nullptr;  // nullptr: nothing is waited for at start
  faults::RuleBook* faults = nullptr;
  dropin::InitScripts* scripts = nullptr;  // nullptr: nobody tells of any
  std::chrono::steady_clock::time_point started_at = std::chrono::steady_clock::now();
};

}  // namespace kinesisd::server::own
