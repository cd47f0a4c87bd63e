// Operations that have their tables but no handler yet. With its handler a name moves to Operations.
#pragma once

#include "protocol/operations.hpp"
#include "protocol/operations/describe_account_settings.hpp"
#include "protocol/operations/describe_limits.hpp"
#include "protocol/operations/disable_enhanced_monitoring.hpp"
#include "protocol/operations/enable_enhanced_monitoring.hpp"
#include "protocol/operations/start_stream_encryption.hpp"
#include "protocol/operations/stop_stream_encryption.hpp"
#include "protocol/operations/update_account_settings.hpp"
#include "protocol/operations/update_max_record_size.hpp"
#include "protocol/operations/update_stream_mode.hpp"
#include "protocol/operations/update_stream_record_distribution_strategy.hpp"
#include "protocol/operations/update_stream_warm_throughput.hpp"

namespace kinesisd::protocol {

using DeclaredOperations =
    type_list<DescribeAccountSettings, DescribeLimits, DisableEnhancedMonitoring, EnableEnhancedMonitoring,
              StartStreamEncryption, StopStreamEncryption, UpdateAccountSettings, UpdateMaxRecordSize,
              UpdateStreamMode, UpdateStreamRecordDistributionStrategy, UpdateStreamWarmThroughput>;

}  // namespace kinesisd::protocol
