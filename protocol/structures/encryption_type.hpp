// How records of a stream are encrypted at rest.
#pragma once

#include <boost/describe/enum.hpp>

namespace kinesisd::protocol {

enum class EncryptionType { NONE, KMS };
BOOST_DESCRIBE_ENUM(EncryptionType, NONE, KMS)

}  // namespace kinesisd::protocol
