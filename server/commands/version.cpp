#include <fmt/core.h>

#include "server/commands/commands.hpp"
#include "server/commands/flags.hpp"

namespace kinesisd::server::commands {

int version(const Call& call) {
  Flags flags("version", "Prints the version.");
  if (const auto done = flags.parse(call.arguments)) return *done;
  fmt::print("kinesisd {}\n", KINESISD_VERSION);
  return 0;
}

}  // namespace kinesisd::server::commands
