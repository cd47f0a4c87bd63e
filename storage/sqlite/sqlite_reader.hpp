// Reads records that are no longer in memory, over a connection of its own.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <memory>
#include <mutex>
#include <string>

#include "storage/journal/engine.hpp"

namespace kinesisd::storage {

class SqliteReader final : public RecordReader {
 public:
  // Opens nothing before the first read.
  explicit SqliteReader(std::string path) : path_(std::move(path)) {}

  std::vector<RecordPtr> read(const DiskRange& range) override;

 private:
  struct Connection;

  std::vector<RecordPtr> read_locked(const DiskRange& range);

  const std::string path_;
  std::mutex mutex_;
  std::shared_ptr<Connection> connection_;  // guarded by mutex_
};

}  // namespace kinesisd::storage
