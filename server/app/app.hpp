// Builds the whole server in order of dependence, serves until told to stop, and takes everything down again.
#pragma once

#include "server/settings/config.hpp"

namespace kinesisd::server {

// The exit code when the database could not be brought into one file at the end, as on a full disk. It is
// whole with its WAL beside it.
inline constexpr int exit_unfinished = 3;

// Blocks until SIGTERM or SIGINT, which must be blocked in every thread. Returns the process's exit code: 0,
// 2 with one sentence on stderr when it can't start, or `exit_unfinished` with one in the log.
int serve(const Settings& settings);

}  // namespace kinesisd::server
