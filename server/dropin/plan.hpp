// Streams that another emulator's variable asks for, as a part of what is to be there at start.
#pragma once

#include "server/config.hpp"
#include "server/startup/plan.hpp"

namespace kinesisd::server::dropin {

// Those that are there already stay as they are.
void plan_streams(const Settings& settings, startup::Plan& plan);

}  // namespace kinesisd::server::dropin
