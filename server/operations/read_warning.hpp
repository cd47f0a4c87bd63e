// The line of the log about a read that AWS would have throttled and that was served.
#pragma once

#include <string>
#include <string_view>

#include "storage/model/read_meters.hpp"

namespace kinesisd::server {

std::string read_warning(std::string_view operation, std::string_view shard_id, std::string_view stream,
                         const storage::ReadExcess& excess);

}  // namespace kinesisd::server
