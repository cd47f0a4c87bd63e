// Which world a caller lives in: what the credentials say, as the setting --worlds reads them. Pure.
#pragma once

#include <string_view>

#include "server/settings/config.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server {

// `fallback`: the world of callers whose credentials name none. Both texts may be empty: the caller gave
// none.
storage::World world_of(std::string_view access_key_id, std::string_view region, Worlds worlds,
                        const storage::World& fallback);

}  // namespace kinesisd::server
