// Writes a Rewrite. Works within the transaction of whoever calls.
#pragma once

#include <SQLiteCpp/Database.h>

#include "storage/journal/rewrite.hpp"
#include "storage/sqlite/metadata_writer.hpp"

namespace kinesisd::storage {

// Throws SQLite::Exception.
void rewrite_streams(SQLite::Database& database, MetadataWriter& metadata, const Rewrite& rewrite);

}  // namespace kinesisd::storage
