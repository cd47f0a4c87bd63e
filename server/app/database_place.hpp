// Where everything is kept, of all that may say so: --db, a folder that another emulator's variable or flag
// names, a folder that counts if something is mounted there. Looks at the file system, opens nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/settings/config.hpp"

namespace kinesisd::server {

struct DatabasePlace {
  std::optional<std::string> db;  // unset: nothing is kept
  std::vector<std::string> warnings;
};

// Makes the folder that another emulator's words ask for. Outside the image it throws storage::OpenError
// where that cannot be had; in the image such folders come with the file and may be nobody's wish.
DatabasePlace database_place(const Settings& settings);

// Whether something is mounted at this very folder.
bool is_mount_point(const std::string& folder);

}  // namespace kinesisd::server
