// Tells whether a file is a sound database of ours, in SQLite's words after it has recovered the file.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <cstdint>
#include <string>

#include "storage/sqlite/owned_file.hpp"

namespace kinesisd::storage {

// The number of the database's layout; 0: the file is empty, to be laid out. What a killed process left
// behind is first recovered, as far as the file is ours. Throws OpenError; then everything is as it was, but
// for what SQLite puts beside a database that it reads.
std::int32_t examine_database(const OwnedFile& file);

// Both throw OpenError. Only what SQLite itself found in a recovered file is damage; a full disk is not.
[[noreturn]] void refuse_damaged(const std::string& path, const std::string& detail);
[[noreturn]] void refuse(const std::string& path, const SQLite::Exception& error);

}  // namespace kinesisd::storage
