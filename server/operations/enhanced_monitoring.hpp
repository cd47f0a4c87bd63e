// What EnableEnhancedMonitoring and DisableEnhancedMonitoring share: the metrics a request names, and the
// answer. Knows neither of the two.
#pragma once

#include <set>

#include "protocol/structures/enhanced_monitoring.hpp"
#include "server/api/operation.hpp"

namespace kinesisd::server {

// ALL stands for every metric and is never stored.
std::set<storage::ShardMetric> metrics_in(const protocol::EnhancedMonitoringRequest& request);

Committed<protocol::EnhancedMonitoringOutput> answer_to(const storage::StreamKey& stream,
                                                        const storage::MetricsChanged& changed);

}  // namespace kinesisd::server
