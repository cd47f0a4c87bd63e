#include <fmt/core.h>

#include "server/cli/commands.hpp"
#include "server/cli/flags.hpp"

namespace kinesisd::server::commands {

int version(const Call& call) {
  Flags flags("version", "Prints the version.");
  if (const auto done = flags.parse(call.arguments)) return *done;
  fmt::print("kinesisd {}\n", KINESISD_VERSION);
  return 0;
}

}  // namespace kinesisd::server::commands
