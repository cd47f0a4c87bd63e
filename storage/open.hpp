// Opens or creates the data a server works on, and refuses what is not its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal/engine.hpp"
#include "storage/sqlite/open_error.hpp"
#include "storage/state/change.hpp"

namespace kinesisd::storage {

struct DatabaseOptions {
  std::string path;  // empty: a private temporary file, removed at exit; ":memory:": nothing is kept
  Durability durability = Durability::process;
  // Where the key of a new database comes from; unset: one that nobody can foretell.
  std::optional<std::uint64_t> seed = {};
};

struct Opened {
  std::unique_ptr<Engine> engine;  // for GroupCommit; outlives `reader`
  std::unique_ptr<RecordReader> reader;
  std::string key;              // for State
  Restored restored;            // for restore()
  Timestamp newest{};           // of everything stored; the clock starts no earlier
  bool records_on_disk = true;  // for StreamSettings
  bool temporary = false;
  std::string path;                   // of the database file; empty for ":memory:"
  std::vector<std::string> warnings;  // sentences for the log
};

// Throws OpenError. Blocks.
Opened open_database(const DatabaseOptions& options);

}  // namespace kinesisd::storage
