// Builds the whole server in order of dependence, serves until told to stop, and takes everything down again.
#pragma once

#include "server/config.hpp"

namespace kinesisd::server {

// Blocks until SIGTERM or SIGINT, which must be blocked in every thread. Returns the process's exit code: 0,
// or 2 with one sentence on stderr when it can't start.
int serve(const Settings& settings);

}  // namespace kinesisd::server
