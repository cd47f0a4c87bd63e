// Operations that have their tables but no handler yet. With its handler a name moves to Operations.
#pragma once

#include "protocol/operations.hpp"
#include "protocol/operations/add_tags_to_stream.hpp"
#include "protocol/operations/delete_resource_policy.hpp"
#include "protocol/operations/deregister_stream_consumer.hpp"
#include "protocol/operations/describe_account_settings.hpp"
#include "protocol/operations/describe_limits.hpp"
#include "protocol/operations/describe_stream_consumer.hpp"
#include "protocol/operations/disable_enhanced_monitoring.hpp"
#include "protocol/operations/enable_enhanced_monitoring.hpp"
#include "protocol/operations/get_resource_policy.hpp"
#include "protocol/operations/list_stream_consumers.hpp"
#include "protocol/operations/list_tags_for_resource.hpp"
#include "protocol/operations/list_tags_for_stream.hpp"
#include "protocol/operations/put_resource_policy.hpp"
#include "protocol/operations/register_stream_consumer.hpp"
#include "protocol/operations/remove_tags_from_stream.hpp"
#include "protocol/operations/start_stream_encryption.hpp"
#include "protocol/operations/stop_stream_encryption.hpp"
#include "protocol/operations/tag_resource.hpp"
#include "protocol/operations/untag_resource.hpp"
#include "protocol/operations/update_account_settings.hpp"
#include "protocol/operations/update_max_record_size.hpp"
#include "protocol/operations/update_stream_mode.hpp"
#include "protocol/operations/update_stream_record_distribution_strategy.hpp"
#include "protocol/operations/update_stream_warm_throughput.hpp"

namespace kinesisd::protocol {

using DeclaredOperations =
    type_list<AddTagsToStream, DeleteResourcePolicy, DeregisterStreamConsumer, DescribeAccountSettings,
              DescribeLimits, DescribeStreamConsumer, DisableEnhancedMonitoring, EnableEnhancedMonitoring,
              GetResourcePolicy, ListStreamConsumers, ListTagsForResource, ListTagsForStream,
              PutResourcePolicy, RegisterStreamConsumer, RemoveTagsFromStream, StartStreamEncryption,
              StopStreamEncryption, TagResource, UntagResource, UpdateAccountSettings, UpdateMaxRecordSize,
              UpdateStreamMode, UpdateStreamRecordDistributionStrategy, UpdateStreamWarmThroughput>;

}  // namespace kinesisd::protocol
