// How UpdateShardCount reaches the number of shards.
#pragma once

#include <boost/describe/enum.hpp>

namespace kinesisd::protocol {

enum class ScalingType { UNIFORM_SCALING };
BOOST_DESCRIBE_ENUM(ScalingType, UNIFORM_SCALING)

}  // namespace kinesisd::protocol
