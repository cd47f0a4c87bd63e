// What GET /metrics answers. Only reads.
#pragma once

#include <string>

#include "server/metrics/metrics.hpp"
#include "storage/journal/group_commit.hpp"

namespace kinesisd::server::metrics {

struct Sources {
  const Metrics& metrics;
  storage::Guarded<storage::State>& streams;
  const storage::GroupCommit& journal;
  storage::Timestamp now;  // of the service
};

std::string page(const Sources& sources);

}  // namespace kinesisd::server::metrics
