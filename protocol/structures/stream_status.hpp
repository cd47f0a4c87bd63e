// Where a stream is in its life, as Describe and List operations report it.
#pragma once

#include <boost/describe/enum.hpp>

namespace kinesisd::protocol {

enum class StreamStatus { CREATING, DELETING, ACTIVE, UPDATING };
BOOST_DESCRIBE_ENUM(StreamStatus, CREATING, DELETING, ACTIVE, UPDATING)

}  // namespace kinesisd::protocol
