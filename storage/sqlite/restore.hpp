// Reads back what a database holds when a server starts.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

#include "storage/state/change.hpp"

namespace kinesisd::storage {

struct Contents {
  std::string seal_key;
  Restored restored;
  Timestamp newest{};
};

// Throws SQLite::Exception.
Contents read_contents(SQLite::Database& database);

}  // namespace kinesisd::storage
