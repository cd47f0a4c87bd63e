// The commands themselves; each gives its exit code: 0, 1 when it failed, 2 when its arguments are wrong.
#pragma once

#include "server/cli/command.hpp"

namespace kinesisd::server::commands {

int serve(const Call& call);
int health(const Call& call);
int put(const Call& call);
int replay(const Call& call);
int tail(const Call& call);
int version(const Call& call);
// As AWS's command line, with its exit codes.
int aws_cli(const Call& call);

}  // namespace kinesisd::server::commands
