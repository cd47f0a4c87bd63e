// AWS's words for streams and what they have, as storage knows them; the server translates them to the
// protocol's by name. Values only.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace kinesisd::storage {

enum class StreamMode { PROVISIONED, ON_DEMAND };
BOOST_DESCRIBE_ENUM(StreamMode, PROVISIONED, ON_DEMAND)
enum class StreamStatus { CREATING, ACTIVE, UPDATING, DELETING };
BOOST_DESCRIBE_ENUM(StreamStatus, CREATING, ACTIVE, UPDATING, DELETING)
enum class ConsumerStatus { CREATING, ACTIVE, DELETING };
BOOST_DESCRIBE_ENUM(ConsumerStatus, CREATING, ACTIVE, DELETING)

// Who chooses a record's shard: the caller by its key, or the service.
enum class RecordDistributionStrategy { USER_PARTITION_KEY, AUTO };
BOOST_DESCRIBE_ENUM(RecordDistributionStrategy, USER_PARTITION_KEY, AUTO)

enum class ShardMetric {
  IncomingBytes,
  IncomingRecords,
  OutgoingBytes,
  OutgoingRecords,
  WriteProvisionedThroughputExceeded,
  ReadProvisionedThroughputExceeded,
  IteratorAgeMilliseconds
};
BOOST_DESCRIBE_ENUM(ShardMetric, IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords,
                    WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded,
                    IteratorAgeMilliseconds)

enum class ShardFilterType {
  AFTER_SHARD_ID,
  AT_TRIM_HORIZON,
  FROM_TRIM_HORIZON,
  AT_LATEST,
  AT_TIMESTAMP,
  FROM_TIMESTAMP
};
BOOST_DESCRIBE_ENUM(ShardFilterType, AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST,
                    AT_TIMESTAMP, FROM_TIMESTAMP)

enum class IteratorType { AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP };
BOOST_DESCRIBE_ENUM(IteratorType, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST,
                    AT_TIMESTAMP)

// What a key management service would say of a key.
enum class KeyState {
  enabled,
  disabled,
  pending_deletion,
  access_denied,
  not_found,
  opt_in_required,
  throttling
};
BOOST_DESCRIBE_ENUM(KeyState, enabled, disabled, pending_deletion, access_denied, not_found, opt_in_required,
                    throttling)

}  // namespace kinesisd::storage
