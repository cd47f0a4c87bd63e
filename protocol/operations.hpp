// The operations this server answers. Adding one: its header, a name here, and its handler.
#pragma once

#include "protocol/operations/add_tags_to_stream.hpp"
#include "protocol/operations/create_stream.hpp"
#include "protocol/operations/decrease_stream_retention_period.hpp"
#include "protocol/operations/delete_resource_policy.hpp"
#include "protocol/operations/delete_stream.hpp"
#include "protocol/operations/deregister_stream_consumer.hpp"
#include "protocol/operations/describe_account_settings.hpp"
#include "protocol/operations/describe_limits.hpp"
#include "protocol/operations/describe_stream.hpp"
#include "protocol/operations/describe_stream_consumer.hpp"
#include "protocol/operations/describe_stream_summary.hpp"
#include "protocol/operations/disable_enhanced_monitoring.hpp"
#include "protocol/operations/enable_enhanced_monitoring.hpp"
#include "protocol/operations/get_records.hpp"
#include "protocol/operations/get_resource_policy.hpp"
#include "protocol/operations/get_shard_iterator.hpp"
#include "protocol/operations/increase_stream_retention_period.hpp"
#include "protocol/operations/list_shards.hpp"
#include "protocol/operations/list_stream_consumers.hpp"
#include "protocol/operations/list_streams.hpp"
#include "protocol/operations/list_tags_for_resource.hpp"
#include "protocol/operations/list_tags_for_stream.hpp"
#include "protocol/operations/merge_shards.hpp"
#include "protocol/operations/put_record.hpp"
#include "protocol/operations/put_records.hpp"
#include "protocol/operations/put_resource_policy.hpp"
#include "protocol/operations/register_stream_consumer.hpp"
#include "protocol/operations/remove_tags_from_stream.hpp"
#include "protocol/operations/split_shard.hpp"
#include "protocol/operations/start_stream_encryption.hpp"
#include "protocol/operations/stop_stream_encryption.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"
#include "protocol/operations/tag_resource.hpp"
#include "protocol/operations/untag_resource.hpp"
#include "protocol/operations/update_account_settings.hpp"
#include "protocol/operations/update_max_record_size.hpp"
#include "protocol/operations/update_shard_count.hpp"
#include "protocol/operations/update_stream_mode.hpp"
#include "protocol/operations/update_stream_record_distribution_strategy.hpp"
#include "protocol/operations/update_stream_warm_throughput.hpp"
#include "protocol/schema.hpp"

namespace kinesisd::protocol {

using Operations = type_list<
    AddTagsToStream, CreateStream, DecreaseStreamRetentionPeriod, DeleteResourcePolicy, DeleteStream,
    DeregisterStreamConsumer, DescribeAccountSettings, DescribeLimits, DescribeStream, DescribeStreamConsumer,
    DescribeStreamSummary, DisableEnhancedMonitoring, EnableEnhancedMonitoring, GetRecords, GetResourcePolicy,
    GetShardIterator, IncreaseStreamRetentionPeriod, ListShards, ListStreamConsumers, ListStreams,
    ListTagsForResource, ListTagsForStream, MergeShards, PutRecord, PutRecords, PutResourcePolicy,
    RegisterStreamConsumer, RemoveTagsFromStream, SplitShard, StartStreamEncryption, StopStreamEncryption,
    SubscribeToShard, TagResource, UntagResource, UpdateAccountSettings, UpdateMaxRecordSize,
    UpdateShardCount, UpdateStreamMode, UpdateStreamRecordDistributionStrategy, UpdateStreamWarmThroughput>;

}  // namespace kinesisd::protocol
