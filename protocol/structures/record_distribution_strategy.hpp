// Who decides which shard a record goes to: the service or the partition key.
#pragma once

#include <boost/describe/enum.hpp>

namespace kinesisd::protocol {

enum class RecordDistributionStrategy { AUTO, USER_PARTITION_KEY };
BOOST_DESCRIBE_ENUM(RecordDistributionStrategy, AUTO, USER_PARTITION_KEY)

}  // namespace kinesisd::protocol
