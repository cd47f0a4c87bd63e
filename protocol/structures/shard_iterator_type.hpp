// Where reading of a shard starts.
#pragma once

#include <boost/describe/enum.hpp>

namespace kinesisd::protocol {

enum class ShardIteratorType {
  AT_SEQUENCE_NUMBER,
  AFTER_SEQUENCE_NUMBER,
  TRIM_HORIZON,
  LATEST,
  AT_TIMESTAMP,
};
// In the order of the recorded messages.
BOOST_DESCRIBE_ENUM(ShardIteratorType, AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER,
                    TRIM_HORIZON)

}  // namespace kinesisd::protocol
